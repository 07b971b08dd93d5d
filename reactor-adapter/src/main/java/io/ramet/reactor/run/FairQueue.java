package io.ramet.reactor.run;

import io.ramet.reactor.shape.RequestShaper;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;

/**
 * Decides whose call asks the shaper next. A shaper serves whoever came first, and a large plan has forty calls at its door
 * before a small one comes. So each plan waits in a lane of its own, and of all lanes one call at a time asks the shaper; the
 * next one asks as soon as its permit is near and it connects.
 */
public final class FairQueue {

    private final RequestShaper shaper;
    private final RoundRobin<Lane> occupied = new RoundRobin<>(Lane::priority);
    private final AtomicInteger calling = new AtomicInteger();
    private boolean asking;

    public FairQueue(RequestShaper shaper) {
        this.shaper = shaper;
    }

    /** {@return a way to the shaper for the calls of one plan} */
    public RequestShaper lane(IntSupplier priority) {
        return new Lane(priority);
    }

    /** One at a time; whoever comes meanwhile leaves it to the one who is at it. So no stack grows. */
    private void callNext() {
        if (calling.getAndIncrement() != 0) {
            return;
        }
        int missed = 1;
        while (missed != 0) {
            for (Call next = next(); next != null; next = next()) {
                next.sink.success(next);
            }
            missed = calling.addAndGet(-missed);
        }
    }

    private synchronized @Nullable Call next() {
        Lane lane = asking ? null : occupied.poll();
        if (lane == null) {
            return null;
        }
        Call next = lane.calls.removeFirst();
        if (!lane.calls.isEmpty()) {
            occupied.add(lane);
        }
        next.asks = true;
        asking = true;
        return next;
    }

    /** The calls of one plan, in their order. */
    private final class Lane implements RequestShaper {

        private final Deque<Call> calls = new ArrayDeque<>();
        private final IntSupplier priority;

        Lane(IntSupplier priority) {
            this.priority = priority;
        }

        int priority() {
            return priority.getAsInt();
        }

        @Override
        public <T> Mono<T> shape(Function<Mono<Permit>, Mono<T>> exchange) {
            return first().flatMap(call -> shaper.<T>shape(permit -> {
                        leave(call);
                        return exchange.apply(permit);
                    })
                    .doFinally(signal -> leave(call)));
        }

        @Override
        public void pause(Duration time) {
            shaper.pause(time);
        }

        private Mono<Call> first() {
            return Mono.create(sink -> {
                Call call = new Call(sink);
                synchronized (FairQueue.this) {
                    calls.addLast(call);
                    occupied.add(this);
                }
                // Only now: one who has left before this is told at once.
                sink.onCancel(() -> leave(call));
                callNext();
            });
        }

        /** Has its permit near, or has gone. */
        private void leave(Call call) {
            synchronized (FairQueue.this) {
                if (call.asks) {
                    call.asks = false;
                    asking = false;
                } else if (calls.remove(call) && calls.isEmpty()) {
                    occupied.remove(this);
                }
            }
            callNext();
        }
    }

    /** A call, from when it could go until its permit is near. */
    private static final class Call {
        private final MonoSink<Call> sink;
        private boolean asks;

        Call(MonoSink<Call> sink) {
            this.sink = sink;
        }
    }
}
