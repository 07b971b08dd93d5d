package io.ramet.cli;

import io.ramet.error.InvalidValueException;
import io.ramet.model.InstanceState;
import io.ramet.plan.PlanId;
import io.ramet.reactor.CloneClient;
import io.ramet.reactor.lookup.AwaitOptions;
import java.time.Duration;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** Waits until the instances of a plan run, and prints each as soon as its result is known. Used once. */
final class InstanceWait {

    private static final Duration TICK = Duration.ofMillis(100);

    private final CliContext context;
    private final Duration longest;
    private final InstanceForm form;
    private int running;
    private int failed;
    private int late;

    /** Created before the purchase, so that an invalid time is rejected before anything is bought. */
    InstanceWait(CliContext context, Duration longest, InstanceForm form) {
        InvalidValueException.unless(longest.toMillis() > 0, "--wait-for", "0s", "must be more than zero");
        this.context = context;
        this.longest = longest;
        this.form = form;
    }

    /**
     * Waits. Fails as {@code awaitRunning} does.
     *
     * @param expected the number of instances as far as it is known, which only the progress shows
     * @return 0 if all run, 4 if some did not run in time, otherwise 3
     */
    int through(CloneClient client, PlanId plan, int expected) {
        ProgressLine progress = new ProgressLine(context, context.nanoTime().getAsLong());
        // One thread prints and counts.
        Scheduler writing = Schedulers.newSingle("ramet-waiting", true);
        Disposable ticks = Flux.interval(TICK, writing).subscribe(tick -> show(progress, expected));
        try {
            form.lines(
                            client.lookups()
                                    .awaitRunning(plan, AwaitOptions.within(longest))
                                    .publishOn(writing)
                                    .doOnNext(this::count),
                            context.out().columns())
                    .doOnNext(line -> {
                        progress.clear();
                        context.out().println(line);
                        show(progress, expected);
                    })
                    .publishOn(writing)
                    .doOnTerminate(() -> {
                        ticks.dispose();
                        progress.clear();
                    })
                    .blockLast();
            context.err().say("Instances: " + words(expected) + ", " + ProgressLine.seconds(progress.elapsed()));
            return late > 0 ? ExitCode.SOME_IN_DOUBT : failed > 0 ? ExitCode.SOME_NOT_CLONED : ExitCode.ALL_CLONED;
        } finally {
            ticks.dispose();
            writing.dispose();
        }
    }

    private void count(InstanceState instance) {
        switch (instance.status()) {
            case RUNNING -> running++;
            case TIMED_OUT -> late++;
            default -> failed++;
        }
    }

    private void show(ProgressLine progress, int expected) {
        int done = running + failed + late;
        progress.show(
                done,
                Math.max(done, expected),
                () -> words(expected) + ", " + ProgressLine.seconds(progress.elapsed()));
    }

    private String words(int expected) {
        int all = Math.max(running + failed + late, expected);
        return running + " of " + all + " running"
                + (failed > 0 ? ", " + failed + " failed" : "")
                + (late > 0 ? ", " + late + " not in time" : "");
    }
}
