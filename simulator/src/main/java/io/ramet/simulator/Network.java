package io.ramet.simulator;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The subnets and their free addresses: DescribeSubnets of the VPC API. If none is configured, every subnet that a
 * request names exists, in the VPC that the request names.
 */
final class Network {

    private static final String USUAL_VPC = "vpc-pxyzim13";
    private static final int USUAL_SIZE = 4093;
    private static final int USUAL_ZONE = 3;

    private static final JsonSchema SCHEMA = JsonSchema.object()
            .optional(JsonSchema.arrayOf(JsonSchema.STRING), "SubnetIds")
            .optional(
                    JsonSchema.arrayOf(JsonSchema.object()
                            .required(JsonSchema.STRING, "Name")
                            .required(JsonSchema.arrayOf(JsonSchema.STRING), "Values")),
                    "Filters")
            .optional(JsonSchema.STRING, "Offset", "Limit", "NextToken")
            .optional(JsonSchema.UNSIGNED, "MaxResults");

    private final Map<String, Subnet> known;
    private final Map<String, Integer> used = new HashMap<>();

    Network(SimulatorBuilder options) {
        this.known = Map.copyOf(options.subnets);
    }

    /**
     * A subnet.
     *
     * @param size the number of its addresses, of which each instance takes one
     */
    record Subnet(String vpcId, String id, long zoneId, int size) {}

    /** Refuses an order whose network is not configured, or has too few addresses left. */
    synchronized void check(CloneOrder order) {
        if (known.isEmpty() || order.subnetId().isEmpty()) {
            return;
        }
        if (known.values().stream().noneMatch(subnet -> subnet.vpcId().equals(order.vpcId()))) {
            throw new ApiError("InvalidParameterValue.UnVpcIdNotExists", "No VPC has the id " + order.vpcId());
        }
        Subnet subnet = known.get(order.subnetId());
        if (subnet == null || !subnet.vpcId().equals(order.vpcId())) {
            throw new ApiError("InvalidParameterValue.InvalidSubnetId", "No such subnet: " + order.subnetId());
        }
        if (free(subnet) < order.goodsNum()) {
            throw new ApiError("ResourceUnavailable.NoEnoughVipInVPC", "The subnet has too few addresses left.");
        }
    }

    synchronized void take(String subnetId, int addresses) {
        used.merge(subnetId, addresses, Integer::sum);
    }

    private int free(Subnet subnet) {
        return subnet.size() - used.getOrDefault(subnet.id(), 0);
    }

    synchronized ObjectNode subnets(Exchange exchange) {
        JsonNode parameters = exchange.parameters(SCHEMA);
        if (parameters.has("SubnetIds") && parameters.has("Filters")) {
            throw new ApiError("InvalidParameter.Coexist", "SubnetIds and Filters exclude each other.");
        }
        long offset = number(parameters, "Offset", 0, Integer.MAX_VALUE, 0);
        long limit = number(parameters, "Limit", 1, 100, 20);
        List<Subnet> found = (parameters.has("SubnetIds")
                        ? named(Parameters.strings(parameters, "SubnetIds"))
                        : filtered(filters(parameters), exchange.region()))
                .toList();
        ObjectNode response = JsonNodeFactory.instance.objectNode().put("TotalCount", found.size());
        ArrayNode set = response.putArray("SubnetSet");
        found.stream().skip(offset).limit(limit).forEach(subnet -> write(subnet, exchange.region(), set.addObject()));
        return response;
    }

    /** These numbers are texts in this API. */
    private static long number(JsonNode parameters, String name, long least, long greatest, long otherwise) {
        String text = parameters.path(name).asString("");
        if (!text.matches("\\d{0,9}")) {
            throw new ApiError("InvalidParameterValue.Malformed", name + " is not a number: " + text);
        }
        long value = text.isEmpty() ? otherwise : Long.parseLong(text);
        if (value < least || value > greatest) {
            throw new ApiError("InvalidParameterValue.Range", name + " is out of its range: " + text);
        }
        return value;
    }

    private Stream<Subnet> named(Set<String> ids) {
        return ids.stream().sorted().map(id -> {
            Subnet subnet = known.isEmpty() ? new Subnet(USUAL_VPC, id, USUAL_ZONE, USUAL_SIZE) : known.get(id);
            if (subnet == null) {
                throw new ApiError("ResourceNotFound", "No subnet has the id " + id);
            }
            return subnet;
        });
    }

    private static Map<String, Set<String>> filters(JsonNode parameters) {
        Map<String, Set<String>> filters = new HashMap<>();
        parameters.path("Filters").valueStream().forEach(filter -> {
            String name = filter.get("Name").stringValue();
            if (!Set.of("subnet-id", "vpc-id", "zone").contains(name)) {
                throw new ApiError("InvalidParameter.FilterInvalidKey", "No filter has the name " + name);
            }
            filters.computeIfAbsent(name, any -> new HashSet<>()).addAll(Parameters.strings(filter, "Values"));
        });
        return filters;
    }

    private Stream<Subnet> filtered(Map<String, Set<String>> filters, String region) {
        Set<String> ids = filters.getOrDefault("subnet-id", Set.of());
        Set<String> vpcs = filters.getOrDefault("vpc-id", Set.of());
        Set<String> zones = filters.getOrDefault("zone", Set.of());
        if (known.isEmpty()) {
            String vpc = vpcs.stream().sorted().findFirst().orElse(USUAL_VPC);
            return ids.stream().sorted().map(id -> new Subnet(vpc, id, USUAL_ZONE, USUAL_SIZE));
        }
        return known.values().stream()
                .filter(subnet -> ids.isEmpty() || ids.contains(subnet.id()))
                .filter(subnet -> vpcs.isEmpty() || vpcs.contains(subnet.vpcId()))
                .filter(subnet -> zones.isEmpty() || zones.contains(Zones.name(region, subnet.zoneId())));
    }

    private void write(Subnet subnet, String region, ObjectNode node) {
        node.put("VpcId", subnet.vpcId())
                .put("SubnetId", subnet.id())
                .put("SubnetName", subnet.id())
                .put("CidrBlock", "10.0.0.0/16")
                .put("IsDefault", false)
                .put("Zone", Zones.name(region, subnet.zoneId()))
                .put("AvailableIpAddressCount", Math.max(0, free(subnet)))
                .put("TotalIpAddressCount", subnet.size());
    }
}
