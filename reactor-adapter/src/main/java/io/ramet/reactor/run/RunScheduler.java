package io.ramet.reactor.run;

import io.ramet.reactor.shape.RequestShaper;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/**
 * Shares a client's places in flight, and the way to its shaper, out among its runs: one chunk at a time round robin, so that
 * a small plan does not wait behind a large one. Locks in the order turns, then run; a run never calls in here with its own
 * lock held.
 */
public final class RunScheduler {

    private static final Logger log = LoggerFactory.getLogger(RunScheduler.class);

    private final int places;
    private final FairQueue lanes;
    private final RoundRobin<PlanRun> ready = new RoundRobin<>(PlanRun::priority);
    private int taken;

    public RunScheduler(int places, RequestShaper shaper) {
        this.places = places;
        this.lanes = new FairQueue(shaper);
    }

    /** {@return the way to the shaper for the calls of one run} */
    public RequestShaper lane(IntSupplier priority) {
        return lanes.lane(priority);
    }

    /** Something changed that may let this run send. */
    public void ready(PlanRun run) {
        synchronized (this) {
            ready.add(run);
        }
        fill();
    }

    private void fill() {
        for (Mono<Void> sending = next(); sending != null; sending = next()) {
            sending.doFinally(signal -> leave())
                    .subscribe(
                            nothing -> {}, failure -> log.error("a run has failed to handle its own failure", failure));
        }
    }

    private synchronized @Nullable Mono<Void> next() {
        while (taken < places) {
            PlanRun run = ready.poll();
            if (run == null) {
                return null;
            }
            Mono<Void> sending = run.next();
            if (sending != null) {
                ready.add(run);
                taken++;
                return sending;
            }
        }
        return null;
    }

    private void leave() {
        synchronized (this) {
            taken--;
        }
        fill();
    }
}
