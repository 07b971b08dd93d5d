package io.ramet.reactor;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/**
 * Shares a client's places in flight out among its runs, one chunk at a time round robin, so that a small plan does not
 * wait behind a large one. Locks in the order turns, then run; a run never calls in here with its own lock held.
 */
final class Turns {

    private static final Logger log = LoggerFactory.getLogger(Turns.class);

    private final int places;
    private final Deque<PlanRun> queue = new ArrayDeque<>();
    private int taken;

    Turns(int places) {
        this.places = places;
    }

    /** Something changed that may let this run send. */
    void ready(PlanRun run) {
        synchronized (this) {
            if (!queue.contains(run)) {
                queue.addLast(run);
            }
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
        while (taken < places && !queue.isEmpty()) {
            PlanRun run = queue.removeFirst();
            Mono<Void> sending = run.next();
            if (sending != null) {
                queue.addLast(run);
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
