package io.ramet.reactor.run;

import io.ramet.reactor.concurrent.DrainLoop;
import io.ramet.reactor.concurrent.FatalErrors;
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
 * A lane to the shaper for each plan. A shaper is first come, first served, so a large plan could fill its queue with
 * forty requests before a small plan arrives. Therefore the requests of each plan wait in a lane of their own, and only
 * one request of all lanes queues at the shaper at a time. As soon as its permit is near, the next one follows, in
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

    /** {@return a lane to the shaper for the requests of one plan} */
    Lane lane(IntSupplier priority) {
        return new Lane(priority);
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

    /** The requests of one plan, in order. */
    final class Lane implements RequestShaper {

        private final Deque<Waiter> waiters = new ArrayDeque<>();
        private final IntSupplier priority;

        private Lane(IntSupplier priority) {
            this.priority = priority;
        }

        /** Gives the waiting requests the turn of their present priority. */
        void reorder() {
            synchronized (ShaperLanes.this) {
                if (!waiters.isEmpty()) {
                    occupied.add(this);
                }
            }
        }

        private int priority() {
            return priority.getAsInt();
        }

        @Override
        public <T> Mono<T> shape(Function<Mono<Permit>, Mono<T>> exchange) {
            return first().flatMap(waiter -> FatalErrors.contained(
                            "the shaper",
                            () -> shaper.<T>shape(permit -> {
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
                // Registered last: if the request is cancelled already, the callback runs at once.
                sink.onCancel(() -> leave(waiter));
                admissions.run();
            });
        }

        /** Called when the permit is near, or the request was cancelled. */
        private void leave(Waiter waiter) {
            synchronized (ShaperLanes.this) {
                if (waiter.admitted) {
                    waiter.admitted = false;
                    busy = false;
                } else if (waiters.remove(waiter) && waiters.isEmpty()) {
                    occupied.remove(this);
                }
            }
            admissions.run();
        }
    }

    /** A request from its arrival in a lane until its permit is near. */
    private static final class Waiter {
        private final MonoSink<Waiter> sink;
        private boolean admitted;

        Waiter(MonoSink<Waiter> sink) {
            this.sink = sink;
        }
    }
}
