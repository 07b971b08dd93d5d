package io.ramet.simulator;

import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The actions that return, restore and delete one instance. */
final class Undo {

    private static final JsonSchema SCHEMA = JsonSchema.object().required(JsonSchema.STRING, "InstanceId");

    private final Inventory inventory;
    private final Books books;
    private final boolean taskIdAsText;

    Undo(Inventory inventory, Books books, boolean taskIdAsText) {
        this.inventory = inventory;
        this.books = books;
        this.taskIdAsText = taskIdAsText;
    }

    ObjectNode destroyPostpaid(Exchange exchange) {
        return withTask(change(exchange, id -> inventory.isolate(id, CloneOrder.PAY_AS_YOU_GO, exchange)));
    }

    /** The deal of a return is not among those that DescribeInstanceDealDetail shows. */
    ObjectNode destroyPrepaid(Exchange exchange) {
        Task task = change(exchange, id -> inventory.isolate(id, CloneOrder.PREPAID, exchange));
        return JsonNodeFactory.instance
                .objectNode()
                .put("DealId", Long.toString(task.id()))
                .put("DealName", "20261125" + task.id());
    }

    ObjectNode startup(Exchange exchange) {
        return withTask(change(exchange, id -> inventory.startUp(id, exchange)));
    }

    ObjectNode cleanUp(Exchange exchange) {
        return withTask(change(exchange, id -> inventory.delete(id, exchange)));
    }

    /** A change that the inventory makes or refuses. */
    @FunctionalInterface
    private interface Change {
        Task of(String instanceId);
    }

    private Task change(Exchange exchange, Change change) {
        Task task = change.of(Parameters.notBlank(exchange.parameters(SCHEMA), "InstanceId"));
        Arrival arrival = exchange.admission().arrival();
        books.changed(new InstanceChange(
                arrival.sequence(),
                arrival.requestId(),
                arrival.action(),
                task.instance().id(),
                exchange.request().secretId(),
                exchange.now()));
        return task;
    }

    private ObjectNode withTask(Task task) {
        ObjectNode response = JsonNodeFactory.instance.objectNode();
        return taskIdAsText ? response.put("TaskId", Long.toString(task.id())) : response.put("TaskId", task.id());
    }
}
