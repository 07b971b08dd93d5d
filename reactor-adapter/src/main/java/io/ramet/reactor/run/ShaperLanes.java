package io.ramet.reactor.run;

import io.ramet.reactor.concurrent.DrainLoop;
import io.ramet.reactor.shape.RequestShaper;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Function;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;

/**
 * A lane to the shaper for each plan. A shaper is first come, first served, and a large plan has forty requests in its
 * queue before a small one arrives. So the requests of each plan wait in a lane of their own, and one request of all
 * lanes at a time queues at the shaper. As soon as its permit is near and it connects, the next one follows, by
 * {@link TurnOrder}.
 */
final class ShaperLanes {

    private final RequestShaper shaper;
    private final TurnOrder<Lane> occupied = new TurnOrder<>(Lane::priority);
    private final DrainLoop admissions = new DrainLoop(this::next);
    /** Whether a request of any lane queues at the shaper and its permit is not near yet. */
    private boolean busy;

    ShaperLanes(RequestShaper shaper) {
        this.shaper = shaper;
    }

    /** {@return a way to the shaper for the requests of one plan} */
    RequestShaper lane(IntSupplier priority) {
        return new Lane(priority);
    }

    private void admit() {
        admissions.run();
    }

    private synchronized @Nullable Runnable next() {
        Lane lane = busy ? null : occupied.poll();
        if (lane == null) {
            return null;
        }
        Waiter next = lane.waiters.removeFirst();
        if (!lane.waiters.isEmpty()) {
            occupied.add(lane);
        }
        next.admitted = true;
        busy = true;
        return () -> next.sink.success(next);
    }

    /** The requests of one plan, in their order. */
    private final class Lane implements RequestShaper {

        private final Deque<Waiter> waiters = new ArrayDeque<>();
        private final IntSupplier priority;

        Lane(IntSupplier priority) {
            this.priority = priority;
        }

        int priority() {
            return priority.getAsInt();
        }

        @Override
        public <T> Mono<T> shape(Function<Mono<Permit>, Mono<T>> exchange) {
            return first().flatMap(waiter -> Mono.defer(() -> shaper.<T>shape(permit -> {
                        leave(waiter);
                        return exchange.apply(permit);
                    }))
                    .doFinally(signal -> leave(waiter)));
        }

        @Override
        public void pause(Duration time) {
            shaper.pause(time);
        }

        private Mono<Waiter> first() {
            return Mono.create(sink -> {
                Waiter waiter = new Waiter(sink);
                synchronized (ShaperLanes.this) {
                    waiters.addLast(waiter);
                    occupied.add(this);
                }
                // Only now: if it was cancelled before this, the callback runs at once.
                sink.onCancel(() -> leave(waiter));
                admit();
            });
        }

        /** The permit is near, or the request was cancelled. */
        private void leave(Waiter waiter) {
            synchronized (ShaperLanes.this) {
                if (waiter.admitted) {
                    waiter.admitted = false;
                    busy = false;
                } else if (waiters.remove(waiter) && waiters.isEmpty()) {
                    occupied.remove(this);
                }
            }
            admit();
        }
    }

    /** A request, from when it may queue until its permit is near. */
    private static final class Waiter {
        private final MonoSink<Waiter> sink;
        private boolean admitted;

        Waiter(MonoSink<Waiter> sink) {
            this.sink = sink;
        }
    }
}
