package io.ramet.cli;

import io.ramet.reactor.journal.PlanBusyException;
import java.time.Duration;
import java.util.function.Consumer;
import reactor.util.retry.Retry;

/**
 * How long to wait for a plan that another process holds: after a kill, until its lease has run out.
 *
 * @param longest zero refuses at once
 */
record BusyPlanRetry(Duration longest) {

    static final BusyPlanRetry NONE = new BusyPlanRetry(Duration.ZERO);

    private static final Duration ASK_AGAIN = Duration.ofMillis(250);

    /** {@return tries again while the plan is held; says so once} */
    Retry untilFree(Consumer<String> says) {
        return Retry.fixedDelay(longest.dividedBy(ASK_AGAIN), ASK_AGAIN)
                .filter(PlanBusyException.class::isInstance)
                .doBeforeRetry(attempt -> {
                    if (attempt.totalRetries() == 0) {
                        says.accept(attempt.failure().getMessage() + "; waiting for it up to " + longest.toSeconds()
                                + " s");
                    }
                })
                .onRetryExhaustedThrow((rule, last) -> last.failure());
    }
}
