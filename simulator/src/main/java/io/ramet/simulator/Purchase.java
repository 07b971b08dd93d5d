package io.ramet.simulator;

import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** CloneInstances, the only action that buys. */
final class Purchase implements Handler {

    private final Inventory inventory;
    private final Shop shop;
    private final Network network;
    private final SecurityGroups groups;
    private final Templates templates;
    private final Account account;
    private final Books books;

    Purchase(
            Inventory inventory,
            Shop shop,
            Network network,
            SecurityGroups groups,
            Templates templates,
            Account account,
            Books books) {
        this.inventory = inventory;
        this.shop = shop;
        this.network = network;
        this.groups = groups;
        this.templates = templates;
        this.account = account;
        this.books = books;
    }

    @Override
    public ObjectNode respond(Exchange exchange) {
        CloneOrder order = CloneOrder.of(exchange.parameters());
        Inventory.Deal deal = buy(order, exchange);
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
        return response(deal, exchange.admission().fault());
    }

    /** Handles one purchase at a time, so that nothing else is taken between the checks and the purchase. */
    private synchronized Inventory.Deal buy(CloneOrder order, Exchange exchange) {
        Source specification = inventory.specification(order);
        groups.check(order);
        templates.check(order);
        inventory.checkQuota(order, exchange.region(), exchange.now());
        shop.check(order);
        network.check(order);
        account.check(Prices.of(specification, order.billingMode(), order.period(), order.goodsNum()));
        Inventory.Deal deal =
                inventory.buy(order, exchange.region(), exchange.admission().fault(), exchange.now());
        int bought = deal.instances().size();
        shop.take(order.zoneId(), bought);
        network.take(order.subnetId(), bought);
        account.pay(deal.price(), order.billingMode());
        return deal;
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
