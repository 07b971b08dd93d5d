package io.ramet.simulator;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The products, the zones that sell them, and their prices: InquiryPriceCreateInstance and DescribeProductInfo. */
final class Shop {

    private static final JsonSchema PRICE = JsonSchema.object()
            .required(JsonSchema.UNSIGNED, "TypeId", "MemSize", "GoodsNum", "Period")
            .required(JsonSchema.INTEGER, "BillingMode")
            .optional(JsonSchema.UNSIGNED, "ZoneId", "RedisShardNum", "RedisReplicasNum")
            .optional(JsonSchema.STRING, "ZoneName", "ProductVersion")
            .optional(JsonSchema.BOOLEAN, "ReplicasReadonly");

    private static final Set<Long> PERIODS = Set.of(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L, 10L, 11L, 12L, 24L, 36L);
    private static final List<Integer> GIGABYTES = List.of(1, 2, 4, 8, 12, 16, 20, 24, 32, 40, 48, 64);
    private static final List<Integer> SHARDS = List.of(1, 3, 5, 8, 12, 16, 24, 32, 40, 48, 64, 80, 96, 128);
    private static final int SMALLEST = 256;
    private static final int MOST_REPLICAS = 5;
    private static final int OLDEST_LISTED = 6;

    private final Map<Long, Integer> stock;
    private final int mostPerPurchase;

    Shop(SimulatorBuilder options) {
        this.stock = new HashMap<>(options.stock);
        this.mostPerPurchase = options.mostPerPurchase;
    }

    synchronized void check(CloneOrder order) {
        if (order.goodsNum() > mostPerPurchase) {
            throw new ApiError(
                    "LimitExceeded.InvalidParameterGoodsNumNotInRange",
                    "GoodsNum is more than " + mostPerPurchase + ": " + order.goodsNum());
        }
        if (left(order.zoneId()) < order.goodsNum()) {
            throw new ApiError("ResourceUnavailable.SaleOut", "The zone has no " + order.goodsNum() + " instances.");
        }
    }

    synchronized void take(long zoneId, int instances) {
        stock.computeIfPresent(zoneId, (zone, left) -> left - instances);
    }

    private int left(long zoneId) {
        return stock.getOrDefault(zoneId, Integer.MAX_VALUE);
    }

    ObjectNode price(Exchange exchange) {
        JsonNode parameters = exchange.parameters(PRICE);
        long goodsNum = Parameters.paging(parameters, "GoodsNum", 1, 100, 1);
        int billingMode = (int) Parameters.paging(parameters, "BillingMode", 0, 1, 0);
        long months = parameters.get("Period").longValue();
        checkZone(parameters);
        if (!PERIODS.contains(months)) {
            throw new ApiError("InvalidParameterValue", "Period is not sold: " + months);
        }
        double price = Prices.of(specification(parameters), billingMode, months, goodsNum);
        return JsonNodeFactory.instance
                .objectNode()
                .put("Price", (double) Math.round(price))
                .put("HighPrecisionPrice", price)
                .put("OriginalPrice", (double) Math.round(price))
                .put("HighPrecisionOriginalPrice", price)
                .put("Currency", "CNY")
                .put("AmountUnit", "pent");
    }

    private static void checkZone(JsonNode parameters) {
        if (!parameters.has("ZoneId") && !parameters.has("ZoneName")) {
            throw new ApiError("MissingParameter", "The request is missing the parameter `ZoneId`.");
        }
        boolean exists = parameters.has("ZoneId")
                ? Zones.exists(parameters.get("ZoneId").longValue())
                : Zones.exists(parameters.get("ZoneName").stringValue());
        if (!exists) {
            throw noSuchSpecification("the zone");
        }
    }

    private static Source specification(JsonNode parameters) {
        ProductType type = ProductType.of((int) parameters.get("TypeId").longValue());
        long memory = parameters.get("MemSize").longValue();
        long shards = parameters.path("RedisShardNum").asLong(1);
        long replicas = parameters.path("RedisReplicasNum").asLong(1);
        if (!type.sold()) {
            throw noSuchSpecification("TypeId " + type.id());
        }
        boolean fits = memory % 1024 == 0 && GIGABYTES.contains((int) (memory / 1024));
        if (!fits && !(memory == SMALLEST && !type.cluster())) {
            throw noSuchSpecification("MemSize " + memory);
        }
        if (type.cluster() ? !SHARDS.contains((int) shards) : shards != 1) {
            throw noSuchSpecification("RedisShardNum " + shards);
        }
        if (replicas > MOST_REPLICAS) {
            throw noSuchSpecification("RedisReplicasNum " + replicas);
        }
        return Source.of("crs-priced").specification(type.id(), (int) memory, (int) shards, (int) replicas);
    }

    private static ApiError noSuchSpecification(String what) {
        return new ApiError("InvalidParameterValue.SpecNotExist", "Not sold: " + what);
    }

    ObjectNode products(Exchange exchange) {
        JsonSchema.object().check("", exchange.parameters());
        ObjectNode response = JsonNodeFactory.instance.objectNode();
        ArrayNode regions = response.putArray("RegionSet");
        Zones.ALL.forEach((region, zoneIds) -> {
            ArrayNode zones = regions.addObject()
                    .put("RegionId", region)
                    .put("RegionName", region)
                    .put("RegionShortName", region)
                    .put("Area", "simulated")
                    .putArray("ZoneSet");
            zoneIds.forEach(zoneId -> writeZone(region, zoneId, zones.addObject()));
        });
        return response;
    }

    private synchronized void writeZone(String region, long zoneId, ObjectNode node) {
        boolean soldOut = left(zoneId) < 1;
        node.put("ZoneId", Zones.name(region, zoneId))
                .put("ZoneName", Zones.name(region, zoneId))
                .put("OldZoneId", zoneId)
                .put("IsSaleout", soldOut)
                .put("IsDefault", false)
                .putArray("NetWorkType")
                .add("vpcnet");
        ArrayNode products = node.putArray("ProductSet");
        ProductType.ALL.values().stream()
                .filter(type -> type.id() >= OLDEST_LISTED)
                .sorted(Comparator.comparing(ProductType::id))
                .forEach(type -> IntStream.rangeClosed(0, 1)
                        .forEach(payMode -> writeProduct(type, payMode, soldOut, products.addObject())));
    }

    private void writeProduct(ProductType type, int payMode, boolean soldOut, ObjectNode node) {
        node.put("Type", type.id())
                .put("TypeName", type.engineName() + (type.cluster() ? " cluster" : " standard"))
                .put("MinBuyNum", 1)
                .put("MaxBuyNum", Math.min(mostPerPurchase, payMode == CloneOrder.PREPAID ? 100 : 30))
                .put("Saleout", soldOut)
                .put("Engine", type.engine())
                .put("Version", type.engineName())
                .put("PayMode", Integer.toString(payMode))
                .put("EnableReplicaReadOnly", true)
                .put("EnableRepicaReadOnly", true);
        write(node.putArray("TotalSize"), GIGABYTES);
        write(node.putArray("ShardSize"), type.cluster() ? GIGABYTES : List.of());
        write(node.putArray("ShardNum"), type.cluster() ? SHARDS : List.of(1));
        write(node.putArray("ReplicaNum"), List.of(1, 2, 3, 4, 5));
    }

    /** The API has texts for these numbers. */
    private static void write(ArrayNode texts, List<Integer> numbers) {
        numbers.forEach(number -> texts.add(number.toString()));
    }
}
