package io.ramet.simulator;

import io.ramet.simulator.Inventory.Deal;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** DescribeInstanceDealDetail. A deal is listed at once, even if its instances are not listed yet. */
final class DealListing implements Handler {

    private static final JsonSchema SCHEMA = JsonSchema.object()
            .optional(JsonSchema.arrayOf(JsonSchema.STRING), "DealIds")
            .optional(JsonSchema.STRING, "DealName");

    private final Inventory inventory;
    private final String account;

    DealListing(Inventory inventory, String account) {
        this.inventory = inventory;
        this.account = account;
    }

    /** The progress of a deal, with the API's number for it. */
    private enum Progress {
        PAID(2, "paid, not delivered"),
        DELIVERING(3, "delivering"),
        DELIVERED(4, "delivered"),
        FAILED(5, "delivery failed");

        private final int status;
        private final String description;

        Progress(int status, String description) {
            this.status = status;
            this.description = description;
        }

        /** A deal does not follow the changes of its instances after their creation. */
        static Progress of(Deal deal, Instant now) {
            List<Instance> instances = deal.instances();
            if (!instances.stream().allMatch(instance -> instance.isSettled(now))) {
                boolean begun = instances.stream().anyMatch(instance -> instance.status(now) != Instance.QUEUED);
                return begun ? DELIVERING : PAID;
            }
            return instances.stream().allMatch(instance -> instance.wasCreated(now)) ? DELIVERED : FAILED;
        }
    }

    @Override
    public ObjectNode respond(Exchange exchange) {
        JsonNode parameters = exchange.parameters(SCHEMA);
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
                .forEach(deal -> write(deal, details.addObject(), exchange.now()));
        return response;
    }

    private void write(Deal deal, ObjectNode node, Instant now) {
        Progress progress = Progress.of(deal, now);
        boolean ended = progress == Progress.DELIVERED || progress == Progress.FAILED;
        node.put("DealId", deal.id())
                .put("DealName", deal.name())
                .put("ZoneId", deal.order().zoneId())
                .put("GoodsNum", deal.order().goodsNum())
                .put("Creater", account)
                .put("CreatTime", Envelope.time(deal.at()))
                .put("OverdueTime", Envelope.time(deal.at().plus(Duration.ofDays(15))))
                .put("EndTime", Envelope.time(ended ? end(deal) : Instant.MAX))
                .put("Status", progress.status)
                .put("Description", progress.description)
                .put("Price", Math.round(deal.price()));
        ArrayNode ids = node.putArray("InstanceIds");
        deal.instanceIds().forEach(ids::add);
    }

    private static Instant end(Deal deal) {
        return deal.instances().stream()
                .map(instance -> instance.change().doneAt())
                .max(Comparator.naturalOrder())
                .orElse(deal.at());
    }
}
