package io.ramet.reactor.call;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * Lets as many look-ups through at once as there are connections for them; the others wait here for as long as it takes, urgent
 * ones first. A connection pool would give up waiting under load, and would not know what is urgent.
 */
public final class LookupQueue {

    private final int places;
    private final Deque<Waiting> urgent = new ArrayDeque<>();
    private final Deque<Waiting> patient = new ArrayDeque<>();
    private final AtomicInteger calling = new AtomicInteger();
    private int taken;

    public LookupQueue(int places) {
        this.places = places;
    }

    /** {@return the look-up, made when its turn has come} */
    public <T> Mono<T> pass(boolean isUrgent, Mono<T> lookup) {
        return Mono.defer(() -> {
            Waiting waiting = new Waiting();
            synchronized (this) {
                (isUrgent ? urgent : patient).addLast(waiting);
            }
            return waiting.turn
                    .asMono()
                    .doOnSubscribe(subscribed -> callNext())
                    .then(lookup)
                    .doFinally(signal -> leave(waiting));
        });
    }

    /** One at a time; whoever comes meanwhile leaves it to the one who is at it. So no stack grows. */
    private void callNext() {
        if (calling.getAndIncrement() != 0) {
            return;
        }
        int missed = 1;
        while (missed != 0) {
            for (Waiting next = next(); next != null; next = next()) {
                next.turn.tryEmitEmpty();
            }
            missed = calling.addAndGet(-missed);
        }
    }

    private synchronized @Nullable Waiting next() {
        while (taken < places) {
            Waiting next = urgent.isEmpty() ? patient.pollFirst() : urgent.pollFirst();
            if (next == null) {
                return null;
            }
            if (!next.left) {
                next.inside = true;
                taken++;
                return next;
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
        callNext();
    }

    private static final class Waiting {
        private final Sinks.Empty<Void> turn = Sinks.empty();
        private boolean inside;
        private boolean left;
    }
}
