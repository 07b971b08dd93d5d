package io.ramet.reactor.run;

import io.ramet.reactor.concurrent.DrainLoop;
import io.ramet.reactor.shape.RequestShaper;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/**
 * Shares a client's slots for chunks in flight, and its lanes to the shaper, among its runs. Slots are given for one
 * chunk at a time in {@link TurnOrder}, so that a small plan does not wait behind a large one. Lock order: slots, then
 * run; a run never calls the slots with its own lock held.
 */
final class InFlightSlots {

    private static final Logger log = LoggerFactory.getLogger(InFlightSlots.class);

    /** A run that needs slots. */
    interface Source {

        /** {@return its priority; higher goes first} */
        int priority();

        /** {@return a Mono that sends its next chunk, or null if none may be sent now} */
        @Nullable
        Mono<Void> next();
    }

    private final int most;
    private final ShaperLanes lanes;
    private final TurnOrder<Source> ready = new TurnOrder<>(Source::priority);
    private final DrainLoop filling = new DrainLoop(this::next);
    private int taken;

    InFlightSlots(int most, RequestShaper shaper) {
        this.most = most;
        this.lanes = new ShaperLanes(shaper);
    }

    /** {@return the lane to the shaper for the requests of one run} */
    ShaperLanes.Lane lane(Source run) {
        return lanes.lane(run::priority);
    }

    /** Called when a change may allow this run to send. */
    void ready(Source run) {
        synchronized (this) {
            ready.add(run);
        }
        filling.run();
    }

    private synchronized @Nullable Runnable next() {
        while (taken < most) {
            Source run = ready.poll();
            if (run == null) {
                return null;
            }
            Mono<Void> sending = run.next();
            if (sending != null) {
                ready.add(run);
                taken++;
                return () -> send(sending);
            }
        }
        return null;
    }

    private void send(Mono<Void> sending) {
        sending.doFinally(signal -> release())
                .subscribe(nothing -> {}, failure -> log.error("a run has failed to handle its own failure", failure));
    }

    private void release() {
        synchronized (this) {
            taken--;
        }
        filling.run();
    }
}
