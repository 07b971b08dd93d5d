package io.ramet.reactor.lookup;

import io.ramet.error.LostResponse;
import io.ramet.error.LostResponse.Phase;
import io.ramet.error.NotSent;
import io.ramet.json.JsonFields;
import io.ramet.json.RequestJson;
import io.ramet.json.ResponseJson;
import io.ramet.model.Backup;
import io.ramet.model.Backup.Kind;
import io.ramet.model.Deal;
import io.ramet.model.DealState;
import io.ramet.model.PointInTime;
import io.ramet.reactor.call.Lookups;
import io.ramet.reactor.transport.ApiResponse;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.ResolverStyle;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/**
 * The API's actions that only read, with their parameters and responses.
 *
 * @param lookups sends the requests, each action within its own limit
 */
record ReadActions(Lookups lookups) {

    /** The number of ids in one DescribeInstances request; the API documents no maximum. */
    static final int MAX_IDS = 100;

    private static final int MAX_AGAIN = 5;
    private static final int BACKUP_PAGE = 100;
    private static final int MAX_BACKUP_PAGES = 100;
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss").withResolverStyle(ResolverStyle.STRICT);

    private static final int TASK_PAGE = 100;
    private static final int MAX_TASK_PAGES = 10;
    private static final int TASK_FAILED = 4;
    /** Creation and cloning: it is not documented which of them a clone is listed as. */
    private static final List<String> CREATING = List.of("001", "026");

    /**
     * Sends a request, again if it was certainly not sent, for example because its connection became too old in the
     * queue.
     */
    private <T> Mono<T> read(String action, byte[] body, Function<ApiResponse, T> reader) {
        return lookups.send(action, body, reader)
                .retryWhen(Retry.max(MAX_AGAIN)
                        .filter(failure ->
                                failure instanceof NotSent notSent && notSent.reason() != NotSent.Reason.NO_CREDENTIALS)
                        .onRetryExhaustedThrow((rule, last) -> last.failure()));
    }

    Mono<JsonFields> send(String action, Map<String, ?> parameters) {
        return read(
                action,
                JsonFields.write(parameters),
                response -> ResponseJson.readFields(response.status(), response.body()));
    }

    /** {@return the listed ones of at most {@link #MAX_IDS} instances, by id} */
    Mono<Map<String, ListedInstance>> instances(List<String> ids) {
        return send("DescribeInstances", Map.of("InstanceIds", ids, "Limit", ids.size()))
                .map(page -> page(page, "InstanceSet", 0, ids.size()).stream()
                        .map(ListedInstance::new)
                        .filter(instance -> ids.contains(instance.id()))
                        .collect(Collectors.toMap(ListedInstance::id, Function.identity(), (one, same) -> one)));
    }

    /** {@return the source instance of a plan; empty if it is not listed} */
    Mono<ListedInstance> source(String id) {
        return send("DescribeInstances", Map.of("InstanceId", id))
                .flatMapIterable(page -> page(page, "InstanceSet", 0, 1))
                .map(ListedInstance::new)
                .filter(instance -> instance.id().equals(id))
                .next();
    }

    /** {@return the server's time; empty if it does not send it} */
    Mono<Instant> date(String instanceId) {
        return read(
                        "DescribeInstances",
                        RequestJson.shared().describeById(instanceId),
                        response -> Optional.ofNullable(response.date()))
                .flatMap(Mono::justOrEmpty);
    }

    Mono<JsonFields> price(Map<String, Object> inquiry) {
        return send("InquiryPriceCreateInstance", inquiry);
    }

    /**
     * {@return the objects of a page; fails if it is neither full nor the last one, because that would look like
     * absence}
     */
    static List<JsonFields> page(JsonFields response, String set, int offset, int limit) {
        List<JsonFields> objects = response.objects(set);
        long total = response.number("TotalCount").orElse(-1);
        if (total < 0 || !response.has(set) || objects.size() < Math.min(total - offset, limit)) {
            throw incomplete(
                    "a listing with TotalCount " + total + " whose " + set + " holds only " + objects.size(), response);
        }
        return objects;
    }

    /** {@return the ids of an instance's security groups, each once} */
    Flux<String> securityGroups(String instanceId) {
        return send("DescribeInstanceSecurityGroup", Map.of("InstanceIds", List.of(instanceId)))
                .flatMapIterable(response -> response.objects("InstanceSecurityGroupsDetail"))
                .filter(instance ->
                        instance.text("InstanceId").filter(instanceId::equals).isPresent())
                .concatMapIterable(instance -> instance.objects("SecurityGroupDetails"))
                .concatMap(group -> Mono.justOrEmpty(group.text("SecurityGroupId")))
                .distinct();
    }

    /** {@return why a deal has failed; empty if it has not, or is not listed} */
    Mono<String> failure(Deal deal) {
        return listed(deal)
                .filter(DealState::hasFailed)
                .next()
                .map(state -> "its deal has status " + state.status()
                        + (state.description().isEmpty() ? "" : ": " + state.description()));
    }

    /** {@return the state of a deal that has a name; empty if it is not listed} */
    Mono<DealState> deal(Deal deal) {
        return listed(deal).next();
    }

    private Flux<DealState> listed(Deal deal) {
        return read(
                        "DescribeInstanceDealDetail",
                        RequestJson.shared().describeDeal(deal),
                        response -> ResponseJson.readFields(response.status(), response.body()))
                .flatMapIterable(response -> response.objects("DealDetails"))
                .filter(detail -> isOf(deal, detail))
                .map(detail -> new DealState(
                        deal.name().orElse(""),
                        (int) detail.number("Status").orElse(0),
                        detail.text("Description").orElse("")));
    }

    /** Compares both names, because one action's DealId may be another action's DealName. */
    private static boolean isOf(Deal deal, JsonFields detail) {
        return Stream.of(detail.id("DealId"), detail.id("DealName"))
                .flatMap(Optional::stream)
                .anyMatch(name -> name.equals(deal.dealId()) || name.equals(deal.dealName()));
    }

    /** {@return why instances could not be created, by id, from the newest thousand failed tasks} */
    Mono<Map<String, String>> failedTasks() {
        return Flux.range(0, MAX_TASK_PAGES)
                .concatMap(
                        page -> send(
                                        "DescribeTaskList",
                                        Map.of(
                                                "TaskTypes",
                                                CREATING,
                                                "Result",
                                                List.of(TASK_FAILED),
                                                "Limit",
                                                TASK_PAGE,
                                                "Offset",
                                                page * TASK_PAGE))
                                .map(response -> response.objects("Tasks")),
                        1)
                .takeUntil(tasks -> tasks.size() < TASK_PAGE)
                .flatMapIterable(tasks -> tasks)
                // Filtered again, because the API may ignore a filter.
                .filter(task -> task.number("Result").orElse(0) == TASK_FAILED
                        && CREATING.contains(task.text("TaskType").orElse("")))
                .collect(
                        HashMap::new,
                        (failed, task) -> failed.put(
                                task.text("InstanceId").orElse(""),
                                "its task " + task.id("TaskId").orElse("") + " has failed"));
    }

    /** {@return the backups of an instance, newest first} */
    Mono<List<Backup>> backups(String instanceId) {
        return Flux.range(0, MAX_BACKUP_PAGES)
                .concatMap(page -> backups(instanceId, page * BACKUP_PAGE), 1)
                .takeUntil(page -> page.size() < BACKUP_PAGE)
                .flatMapIterable(page -> page)
                .collectSortedList(Comparator.comparing(
                        Backup::startedAt, Comparator.nullsLast(Comparator.<LocalDateTime>reverseOrder())));
    }

    private Mono<List<Backup>> backups(String instanceId, int offset) {
        return send("DescribeInstanceBackups", Map.of("InstanceId", instanceId, "Limit", BACKUP_PAGE, "Offset", offset))
                .map(response -> page(response, "BackupSet", offset, BACKUP_PAGE).stream()
                        .map(backup -> backup(instanceId, backup))
                        .toList());
    }

    private static Backup backup(String instanceId, JsonFields fields) {
        OptionalLong bytes = fields.number("BackupSize");
        OptionalLong type = fields.number("InstanceType");
        return new Backup(
                fields.text("BackupId").orElse(""),
                fields.text("InstanceId").orElse(instanceId),
                time(fields, "StartTime"),
                time(fields, "ExpireTime"),
                bytes.isPresent() ? Long.valueOf(bytes.getAsLong()) : null,
                switch (fields.id("BackupType").orElse("")) {
                    case "1" -> Kind.AUTOMATIC;
                    case "0" -> Kind.MANUAL;
                    default -> Kind.OTHER;
                },
                (int) fields.number("Status").orElse(0),
                fields.number("Locked").orElse(0) != 0,
                type.isPresent() ? Integer.valueOf((int) type.getAsLong()) : null);
    }

    private static @Nullable LocalDateTime time(JsonFields fields, String name) {
        try {
            return fields.text(name)
                    .map(text -> LocalDateTime.parse(text, TIME))
                    .orElse(null);
        } catch (DateTimeException unset) {
            return null;
        }
    }

    Mono<PointInTime> pointInTime(String instanceId, Instant time) {
        return send(
                        "DescribeSecondLevelBackupInfo",
                        Map.of("InstanceId", instanceId, "BackupTimestamp", time.getEpochSecond()))
                .map(response -> new PointInTime(
                        response.text("BackupId").orElseThrow(() -> incomplete("no BackupId", response)),
                        second(response, "BackupTimestamp")
                                .orElseThrow(() -> incomplete("no BackupTimestamp", response)),
                        second(response, "StartTimestamp").orElse(null),
                        response.objects("MissingTimestamps").stream()
                                .map(gap -> new PointInTime.Gap(
                                        second(gap, "StartTimeStamp").orElse(Instant.MIN),
                                        second(gap, "EndTimeStamp").orElse(Instant.MAX)))
                                .toList()));
    }

    private static Optional<Instant> second(JsonFields fields, String name) {
        OptionalLong second = fields.number(name);
        return second.isPresent() ? Optional.of(Instant.ofEpochSecond(second.getAsLong())) : Optional.empty();
    }

    static LostResponse incomplete(String what, JsonFields response) {
        return new LostResponse(Phase.ANSWERED, what, response.text("RequestId").orElse(null), null);
    }
}
