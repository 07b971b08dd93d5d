package io.ramet.reactor.lookup;

import io.ramet.error.ApiRefusal;
import io.ramet.error.ErrorCode.Kind;
import io.ramet.error.NotSent;
import io.ramet.json.JsonFields;
import io.ramet.json.ResponseJson;
import io.ramet.reactor.call.Lookups;
import java.time.Duration;
import java.util.Map;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.util.retry.Retry;

/**
 * The API's actions that isolate an instance and start it again. Only {@link PlanUndo} uses them. CleanUpInstance,
 * which cannot be reversed, is not among them.
 *
 * @param lookups sends the requests, each action within its own limit
 * @param timer measures the pauses between attempts
 */
record ChangeActions(Lookups lookups, Scheduler timer) {

    private static final int MAX_ATTEMPTS_AGAIN = 10;
    private static final Duration PAUSE = Duration.ofSeconds(1);

    /** {@return the task or order that isolates the instance; an empty text if the response names none} */
    Mono<String> isolate(String instanceId, boolean prepaid) {
        return prepaid
                ? send("DestroyPrepaidInstance", instanceId)
                        .map(response -> named("order ", response, "DealName", "DealId"))
                : send("DestroyPostpaidInstance", instanceId).map(response -> named("task ", response, "TaskId"));
    }

    /** {@return the task that starts the instance; an empty text if the response names none} */
    Mono<String> start(String instanceId) {
        return send("StartupInstance", instanceId).map(response -> named("task ", response, "TaskId"));
    }

    private static String named(String kind, JsonFields response, String... fields) {
        for (String field : fields) {
            if (response.id(field).isPresent()) {
                return kind + response.id(field).orElseThrow();
            }
        }
        return "";
    }

    /** Sends a request, again only if it certainly was not executed. */
    private Mono<JsonFields> send(String action, String instanceId) {
        return lookups.send(
                        action,
                        JsonFields.write(Map.of("InstanceId", instanceId)),
                        response -> ResponseJson.readFields(response.status(), response.body()))
                .retryWhen(Retry.fixedDelay(MAX_ATTEMPTS_AGAIN, PAUSE)
                        .scheduler(timer)
                        .filter(ChangeActions::wasHeldBack)
                        .onRetryExhaustedThrow((rule, last) -> last.failure()));
    }

    private static boolean wasHeldBack(Throwable failure) {
        return failure instanceof ApiRefusal refusal
                ? refusal.code().kind() == Kind.THROTTLED
                : failure instanceof NotSent notSent && notSent.reason() != NotSent.Reason.NO_CREDENTIALS;
    }
}
