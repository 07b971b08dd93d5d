package io.ramet.simulator;

import java.time.Duration;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** DescribeInstanceDealDetail. A deal is listed at once, even if its instances are not listed yet. */
final class DealListing {

    private static final JsonSchema SCHEMA = JsonSchema.object()
            .optional(JsonSchema.arrayOf(JsonSchema.STRING), "DealIds")
            .optional(JsonSchema.STRING, "DealName");

    private final Inventory inventory;

    DealListing(Inventory inventory) {
        this.inventory = inventory;
    }

    ObjectNode respond(JsonNode parameters) {
        SCHEMA.check("", parameters);
        Set<String> ids = Parameters.strings(parameters, "DealIds");
        if (ids.size() > 10) {
            throw new ApiError("InvalidParameterValue", "DealIds has more than 10 elements: " + ids.size());
        }
        String name = parameters.path("DealName").asString("");
        if (ids.isEmpty() && name.isEmpty()) {
            throw new ApiError("MissingParameter", "The request is missing the parameter `DealIds`.");
        }
        ObjectNode response = JsonNodeFactory.instance.objectNode();
        ArrayNode details = response.putArray("DealDetails");
        inventory.deals().stream()
                .filter(deal -> ids.contains(deal.id()) || deal.name().equals(name))
                .forEach(deal -> write(deal, details.addObject()));
        return response;
    }

    private static void write(Inventory.Deal deal, ObjectNode node) {
        node.put("DealId", deal.id())
                .put("DealName", deal.name())
                .put("ZoneId", deal.order().zoneId())
                .put("GoodsNum", deal.order().goodsNum())
                .put("Creater", "100000000001")
                .put("CreatTime", Envelope.time(deal.at()))
                .put("OverdueTime", Envelope.time(deal.at().plus(Duration.ofDays(15))))
                .put("EndTime", Envelope.time(deal.at()))
                .put("Status", 4)
                .put("Description", "delivered")
                .put("Price", 0);
        ArrayNode ids = node.putArray("InstanceIds");
        deal.instanceIds().forEach(ids::add);
    }
}
