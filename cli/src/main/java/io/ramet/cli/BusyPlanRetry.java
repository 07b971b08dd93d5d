package io.ramet.cli;

import io.ramet.reactor.journal.PlanBusyException;
import java.time.Duration;
import java.util.function.Consumer;
import reactor.util.retry.Retry;

/**
 * How long to wait for a plan that another process holds; a killed process holds it until its lease ends.
 *
 * @param longest the longest wait; with zero there is none
 */
record BusyPlanRetry(Duration longest) {

    static final BusyPlanRetry NONE = new BusyPlanRetry(Duration.ZERO);
    static final BusyPlanRetry WHILE_A_KILLED_PROCESS_HOLDS_IT = new BusyPlanRetry(Duration.ofSeconds(15));

    private static final Duration INTERVAL = Duration.ofMillis(250);

    /** {@return a rule that tries again while the plan is held, and reports that once} */
    Retry untilFree(Consumer<String> report) {
        return Retry.fixedDelay(longest.dividedBy(INTERVAL), INTERVAL)
                .filter(PlanBusyException.class::isInstance)
                .doBeforeRetry(attempt -> {
                    if (attempt.totalRetries() == 0) {
                        report.accept(attempt.failure().getMessage() + "; waiting for it up to " + longest.toSeconds()
                                + " s");
                    }
                })
                .onRetryExhaustedThrow((rule, last) -> last.failure());
    }
}
