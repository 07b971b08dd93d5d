package io.ramet.simulator;

import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** CloneInstances, the only action that buys. */
final class Purchase implements Handler {

    private final Inventory inventory;
    private final Books books;

    Purchase(Inventory inventory, Books books) {
        this.inventory = inventory;
        this.books = books;
    }

    @Override
    public ObjectNode respond(Exchange exchange) {
        CloneOrder order = CloneOrder.of(exchange.parameters());
        Fault fault = exchange.admission().fault();
        Inventory.Deal deal = inventory.buy(order, exchange.region(), fault, exchange.now());
        Arrival arrival = exchange.admission().arrival();
        books.executed(new Execution(
                arrival.sequence(),
                arrival.requestId(),
                order.instanceName(),
                order.goodsNum(),
                SignatureCheck.sha256(exchange.request().body()),
                deal.id(),
                deal.name(),
                deal.instanceIds(),
                order.billingMode(),
                exchange.now()));
        return response(deal, fault);
    }

    private static ObjectNode response(Inventory.Deal deal, Fault fault) {
        ObjectNode response = JsonNodeFactory.instance.objectNode();
        if (fault.dealId()) {
            response.put("DealId", deal.id());
        }
        if (fault.dealName()) {
            response.put("DealName", deal.name());
        }
        ArrayNode ids = response.putArray("InstanceIds");
        deal.instanceIds().stream().limit(fault.ids()).forEach(ids::add);
        return response;
    }
}
