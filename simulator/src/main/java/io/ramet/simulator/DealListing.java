package io.ramet.simulator;

import java.time.Duration;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** DescribeInstanceDealDetail. Deals are known at once, whenever their instances are listed. */
final class DealListing {

    private static final Shape SHAPE =
            Shape.object().optional(Shape.arrayOf(Shape.STRING), "DealIds").optional(Shape.STRING, "DealName");

    private final Estate estate;

    DealListing(Estate estate) {
        this.estate = estate;
    }

    ObjectNode answer(JsonNode parameters) {
        SHAPE.check("", parameters);
        Set<String> ids = Parameters.strings(parameters, "DealIds");
        if (ids.size() > 10) {
            throw new Refusal("InvalidParameterValue", "DealIds has more than 10 elements: " + ids.size());
        }
        String name = parameters.path("DealName").asString("");
        if (ids.isEmpty() && name.isEmpty()) {
            throw new Refusal("MissingParameter", "The request is missing the parameter `DealIds`.");
        }
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        ArrayNode details = answer.putArray("DealDetails");
        estate.deals().stream()
                .filter(deal -> ids.contains(deal.id()) || deal.name().equals(name))
                .forEach(deal -> write(deal, details.addObject()));
        return answer;
    }

    private static void write(BoughtDeal deal, ObjectNode node) {
        node.put("DealId", deal.id())
                .put("DealName", deal.name())
                .put("ZoneId", deal.order().zoneId())
                .put("GoodsNum", deal.order().goodsNum())
                .put("Creater", "100000000001")
                .put("CreatTime", WireTime.text(deal.at()))
                .put("OverdueTime", WireTime.text(deal.at().plus(Duration.ofDays(15))))
                .put("EndTime", WireTime.text(deal.at()))
                .put("Status", 4)
                .put("Description", "delivered")
                .put("Price", 0);
        ArrayNode ids = node.putArray("InstanceIds");
        deal.instanceIds().forEach(ids::add);
    }
}
