package io.ramet.reactor.call;

import io.ramet.reactor.concurrent.DrainLoop;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * Admits as many look-ups at once as there are connections. The others wait here without a time limit, urgent ones
 * first. A connection pool would time out under load, and would not prefer urgent ones.
 */
public final class LookupQueue {

    private final int places;
    private final Deque<Waiting> urgent = new ArrayDeque<>();
    private final Deque<Waiting> patient = new ArrayDeque<>();
    private final DrainLoop draining = new DrainLoop(this::next);
    private int taken;

    /**
     * Creates a queue.
     *
     * @param places how many may be in progress at once, 1 or more
     */
    public LookupQueue(int places) {
        this.places = places;
    }

    /** {@return the look-up, which is subscribed to when it has a place} */
    <T> Mono<T> pass(boolean isUrgent, Mono<T> lookup) {
        return Mono.defer(() -> {
            Waiting waiting = new Waiting();
            synchronized (this) {
                (isUrgent ? urgent : patient).addLast(waiting);
            }
            return waiting.place
                    .asMono()
                    .doOnSubscribe(subscribed -> draining.run())
                    .then(lookup)
                    .doFinally(signal -> leave(waiting));
        });
    }

    private synchronized @Nullable Runnable next() {
        while (taken < places) {
            Waiting next = urgent.isEmpty() ? patient.pollFirst() : urgent.pollFirst();
            if (next == null) {
                return null;
            }
            if (!next.left) {
                next.inside = true;
                taken++;
                return next.place::tryEmitEmpty;
            }
        }
        return null;
    }

    private void leave(Waiting waiting) {
        synchronized (this) {
            waiting.left = true;
            if (waiting.inside) {
                taken--;
            }
        }
        draining.run();
    }

    private static final class Waiting {
        private final Sinks.Empty<Void> place = Sinks.empty();
        private boolean inside;
        private boolean left;
    }
}
