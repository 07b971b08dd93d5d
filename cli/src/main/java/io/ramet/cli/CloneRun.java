package io.ramet.cli;

import io.ramet.outcome.CloneReport;
import io.ramet.plan.ClonePlan;
import io.ramet.reactor.CloneClient;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * One plan from its first request to its report. The first Ctrl-C stops sending and waits for the requests in flight,
 * the second exits at once; either way each chunk is accounted for.
 */
final class CloneRun {

    private static final Duration TICK = Duration.ofMillis(100);

    private final CliContext context;
    private final ClonePlan plan;
    private final OutcomeLines lines;
    private final NextSteps nextSteps;
    private final BusyPlanRetry retry;
    private final Optional<InstanceWait> wait;
    private final InFlightChunks inFlight = new InFlightChunks();
    /** Whether the purchase is over and its report is written. */
    private volatile boolean waiting;

    CloneRun(
            CliContext context,
            ClonePlan plan,
            OutcomeLines lines,
            NextSteps nextSteps,
            BusyPlanRetry retry,
            Optional<InstanceWait> wait) {
        this.context = context;
        this.plan = plan;
        this.lines = lines;
        this.nextSteps = nextSteps;
        this.retry = retry;
        this.wait = wait;
    }

    /** {@return the observer that the client must be built with} */
    InFlightChunks observer() {
        return inFlight;
    }

    /**
     * Buys the plan.
     *
     * @param client a client that notifies {@link #observer}; it is closed at the end
     * @return the exit code
     */
    int through(CloneClient client) {
        return through(client, SignalHandlers::install);
    }

    /** {@code signals} installs the actions of the first and of the second signal. */
    int through(CloneClient client, BiFunction<Runnable, Runnable, SignalHandlers> signals) {
        OutcomeWriter outcomes = new OutcomeWriter(context, plan, lines, inFlight);
        CompletableFuture<Void> left = new CompletableFuture<>();
        Scheduler writing = Schedulers.newSingle("ramet-writing", true);
        Disposable ticks = Flux.interval(TICK, writing).subscribe(tick -> outcomes.showProgress());
        Runnable leave = () -> {
            stop(client);
            left.complete(null);
        };
        try (SignalHandlers handlers = signals.apply(() -> drain(client, outcomes), leave)) {
            CompletableFuture<Void> done = client.clone(plan)
                    .retryWhen(retry.untilFree(outcomes::message))
                    .publishOn(writing)
                    .doOnNext(outcomes::write)
                    .then()
                    .toFuture();
            RuntimeException failure = await(CompletableFuture.anyOf(done, left), handlers);
            CloneReport report = outcomes.close();
            boolean begun = report.pending() < report.requested();
            if (begun) {
                outcomes.writeReport();
                nextSteps.about(report).ifPresent(context.err()::say);
            } else if (failure == null) {
                // A new plan may not be in the journal, and cannot be resumed then; of an old one the journal knows
                // more.
                context.err().say("Nothing was sent: the same command starts again.");
            }
            int waited = failure == null ? await(client, report, handlers) : ExitCode.UNEXPECTED;
            if (!left.isDone()) {
                client.close();
            }
            if (failure != null && !begun) {
                throw failure;
            }
            if (failure != null) {
                Ramet.complain(context, failure);
                return ExitCode.UNEXPECTED;
            }
            if (context.out().checkError()) {
                context.err().say(nextSteps.deals(plan.id()));
                return ExitCode.UNEXPECTED;
            }
            return handlers.any() ? ExitCode.INTERRUPTED : ExitCode.of(report, waited);
        } finally {
            ticks.dispose();
            writing.dispose();
        }
    }

    /** {@return the exit code of the wait for the instances that were bought; a signal ends the wait} */
    private int await(CloneClient client, CloneReport report, SignalHandlers handlers) {
        if (wait.isEmpty() || report.cloned() == 0 || handlers.any()) {
            return ExitCode.ALL_CLONED;
        }
        waiting = true;
        int code;
        boolean done = false;
        try {
            code = wait.get().through(client, plan.id(), report.cloned());
            done = code != ExitCode.SOME_IN_DOUBT;
        } catch (RuntimeException e) {
            code = handlers.any() ? ExitCode.INTERRUPTED : ExitCode.of(e);
            if (!handlers.any()) {
                Ramet.complain(context, e);
            }
        }
        if (!done) {
            nextSteps.waiting(plan.id()).ifPresent(context.err()::say);
        }
        return code;
    }

    private void drain(CloneClient client, OutcomeWriter outcomes) {
        stop(client);
        if (waiting) {
            return;
        }
        outcomes.message("Interrupted: nothing more is sent; waiting for the requests in flight, of which there are "
                + inFlight.count() + ". Interrupt again to exit at once.");
    }

    /** After this has returned, the observer has been notified of each request that is written. */
    private synchronized void stop(CloneClient client) {
        inFlight.interrupt();
        client.disposeLater().subscribe();
    }

    /** {@return the failure that ended the run early, or null; outcomes are reported in either case} */
    private static @Nullable RuntimeException await(CompletableFuture<?> end, SignalHandlers handlers) {
        try {
            end.join();
            return null;
        } catch (CompletionException e) {
            return handlers.any() ? null : e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }
}
