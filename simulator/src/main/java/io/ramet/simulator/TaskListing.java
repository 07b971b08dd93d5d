package io.ramet.simulator;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** DescribeTaskInfo and DescribeTaskList. */
final class TaskListing {

    private static final JsonSchema INFO = JsonSchema.object().required(JsonSchema.UNSIGNED, "TaskId");

    private static final JsonSchema LIST = JsonSchema.object()
            .optional(JsonSchema.UNSIGNED, "Limit", "Offset")
            .optional(JsonSchema.STRING, "InstanceId", "InstanceName", "BeginTime", "EndTime")
            .optional(JsonSchema.arrayOf(JsonSchema.STRING), "TaskTypes", "OperatorUin", "OperateUin")
            .optional(JsonSchema.arrayOf(JsonSchema.INTEGER), "ProjectIds", "TaskStatus", "Result");

    private final Inventory inventory;

    TaskListing(Inventory inventory) {
        this.inventory = inventory;
    }

    ObjectNode info(Exchange exchange) {
        long id = exchange.parameters(INFO).get("TaskId").longValue();
        Task task = inventory.tasks().stream()
                .filter(each -> each.id() == id)
                .findFirst()
                .orElseThrow(() -> Parameters.invalid("TaskId", "is no task: " + id));
        String status = task.status(exchange.now());
        return JsonNodeFactory.instance
                .objectNode()
                .put("Status", status)
                .put("StartTime", Envelope.time(task.startedAt()))
                .put("TaskType", text(task))
                .put("InstanceId", task.instance().id())
                .put("TaskMessage", status.equals("failed") ? "the resources could not be allocated" : "");
    }

    /** The type as a text; the real texts are Chinese and not documented. */
    private static String text(Task task) {
        return switch (task.type()) {
            case "026" -> "克隆实例";
            case "003" -> "隔离实例";
            case "005" -> "解隔离实例";
            default -> "删除实例";
        };
    }

    ObjectNode list(Exchange exchange) {
        JsonNode parameters = exchange.parameters(LIST);
        long limit = Parameters.paging(parameters, "Limit", 1, 100, 20);
        long offset = Parameters.paging(parameters, "Offset", 0, Integer.MAX_VALUE, 0);
        List<Task> found = inventory.tasks().stream()
                .filter(filter(parameters, exchange.now()))
                .sorted(Comparator.comparing(Task::startedAt)
                        .thenComparing(Task::id)
                        .reversed())
                .toList();
        ObjectNode response = JsonNodeFactory.instance.objectNode().put("TotalCount", found.size());
        ArrayNode tasks = response.putArray("Tasks");
        found.stream().skip(offset).limit(limit).forEach(task -> write(task, tasks.addObject(), exchange.now()));
        return response;
    }

    private static Predicate<Task> filter(JsonNode parameters, Instant now) {
        String id = parameters.path("InstanceId").asString("");
        String name = parameters.path("InstanceName").asString("");
        Set<String> types = Parameters.strings(parameters, "TaskTypes");
        Set<Long> results = Parameters.integers(parameters, "Result", 0, 1, 2, 4);
        Predicate<Instant> span = TimeSpan.of(parameters);
        return task -> (id.isEmpty() || task.instance().id().equals(id))
                && task.instance().name().contains(name)
                && (types.isEmpty() || types.contains(task.type()))
                && (results.isEmpty() || results.contains((long) task.result(now)))
                && span.test(task.startedAt());
    }

    private static void write(Task task, ObjectNode node, Instant now) {
        node.put("TaskId", task.id())
                .put("StartTime", Envelope.time(task.startedAt()))
                .put("EndTime", Envelope.time(now.isBefore(task.endsAt()) ? Instant.MAX : task.endsAt()))
                .put("TaskType", task.type())
                .put("InstanceName", task.instance().name())
                .put("InstanceId", task.instance().id())
                .put("ProjectId", task.instance().order().projectId())
                .put("Progress", task.progress(now))
                .put("Result", task.result(now));
    }
}
