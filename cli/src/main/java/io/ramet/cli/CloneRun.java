package io.ramet.cli;

import io.ramet.outcome.CloneReport;
import io.ramet.plan.ClonePlan;
import io.ramet.reactor.CloneClient;
import io.ramet.reactor.observe.CloneListener;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * One plan from its first call to its report. The first Ctrl-C stops sending and waits for the calls on their way, the
 * second leaves at once; either way each chunk is accounted for.
 */
final class CloneRun {

    private static final Duration TICK = Duration.ofMillis(100);

    private final CliContext shell;
    private final ClonePlan plan;
    private final OutcomeLines lines;
    private final NextSteps goingOn;
    private final BusyPlanRetry patience;
    private final InFlightChunks onTheWay = new InFlightChunks();

    CloneRun(CliContext shell, ClonePlan plan, OutcomeLines lines, NextSteps goingOn, BusyPlanRetry patience) {
        this.shell = shell;
        this.plan = plan;
        this.lines = lines;
        this.goingOn = goingOn;
        this.patience = patience;
    }

    /** {@return the listener that the client has to be built with} */
    CloneListener listener() {
        return onTheWay;
    }

    /**
     * Buys the plan.
     *
     * @param client tells {@link #listener} what it does; closed at the end
     * @return the exit code
     */
    int through(CloneClient client) {
        return through(client, SignalHandlers::heed);
    }

    /** {@code signals} takes what the first signal does, and what the second does. */
    int through(CloneClient client, BiFunction<Runnable, Runnable, SignalHandlers> signals) {
        OutcomeWriter account = new OutcomeWriter(shell, plan, lines, onTheWay);
        CompletableFuture<Void> left = new CompletableFuture<>();
        Scheduler writing = Schedulers.newSingle("ramet-writing", true);
        Disposable ticks = Flux.interval(TICK, writing).subscribe(tick -> account.showProgress());
        Runnable leave = () -> {
            stop(client);
            left.complete(null);
        };
        try (SignalHandlers interrupts = signals.apply(() -> drain(client, account), leave)) {
            CompletableFuture<Void> done = client.clone(plan)
                    .retryWhen(patience.untilFree(account::say))
                    .publishOn(writing)
                    .doOnNext(account::write)
                    .then()
                    .toFuture();
            RuntimeException failure = await(CompletableFuture.anyOf(done, left), interrupts);
            CloneReport report = account.close();
            boolean begun = failure == null || report.pending() < report.requested();
            if (begun) {
                account.writeReport();
                goingOn.about(report).ifPresent(shell.err()::println);
            }
            if (!left.isDone()) {
                client.close();
            }
            if (failure != null && !begun) {
                throw failure;
            }
            if (failure != null) {
                Ramet.complain(shell, failure);
                return ExitCode.UNEXPECTED;
            }
            if (shell.out().checkError()) {
                shell.err().println(goingOn.deals(plan.id()));
                return ExitCode.UNEXPECTED;
            }
            return interrupts.any() ? ExitCode.INTERRUPTED : ExitCode.of(report);
        } finally {
            ticks.dispose();
            writing.dispose();
        }
    }

    private void drain(CloneClient client, OutcomeWriter account) {
        stop(client);
        account.say("Interrupted: nothing more is sent; waiting for the calls on their way, of which there are "
                + onTheWay.count() + ". Interrupt again to leave at once.");
    }

    /** When this returns, no request is written any more that the listener has not heard of. */
    private synchronized void stop(CloneClient client) {
        client.disposeLater().subscribe();
    }

    /** {@return what ended the run early, which does not end the accounting} */
    private static @Nullable RuntimeException await(CompletableFuture<?> end, SignalHandlers interrupts) {
        try {
            end.join();
            return null;
        } catch (CompletionException e) {
            return interrupts.any() ? null : e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }
}
