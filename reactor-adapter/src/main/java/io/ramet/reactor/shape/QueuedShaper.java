package io.ramet.reactor.shape;

import io.ramet.error.NotSent;
import io.ramet.reactor.concurrent.DrainLoop;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.scheduler.Scheduler;
import reactor.util.retry.Retry;

/**
 * The queue for permits. A request takes a place and is connected when its permit is near. The permit is granted to the
 * first request that is connected, so that a request that connects slowly does not delay the others.
 */
abstract class QueuedShaper implements RequestShaper {

    static final long NEVER = Long.MAX_VALUE;

    /** The time by which a connection is opened earlier than connecting usually takes. */
    private static final long MARGIN = TimeUnit.MILLISECONDS.toNanos(50);

    private static final long SHORTEST_ALARM = TimeUnit.MICROSECONDS.toNanos(100);

    final Scheduler scheduler;
    private final LongSupplier nanoTime;
    private final long origin;

    private final Set<Place> places = new LinkedHashSet<>();
    private final DrainLoop draining = new DrainLoop(this::next);
    private int ready;
    private long usualConnecting;
    private Disposable alarm = Disposables.disposed();
    private long alarmAt = NEVER;

    QueuedShaper(Scheduler scheduler, LongSupplier nanoTime) {
        this.scheduler = scheduler;
        this.nanoTime = nanoTime;
        this.origin = nanoTime.getAsLong();
    }

    /** A granted permit. Its methods lock the shaper, and are called without the lock held. */
    abstract static class Granted implements Permit {

        /** The response has arrived. */
        void responded() {}

        /** The exchange has ended with or without a response; called once. */
        abstract void ended();
    }

    /** {@return a permit, or null if none may be granted now; called with the lock held} */
    abstract @Nullable Granted grant(long now);

    /**
     * {@return nanoseconds until the permit of the request that has {@code ahead} others before it, or {@link #NEVER};
     * called with the lock held}
     */
    abstract long expected(int ahead, long now);

    /** {@return nanoseconds until {@link #grant} is tried again, or {@link #NEVER}; called with the lock held} */
    abstract long nextGrant(long now);

    @Override
    public final Mono<Void> quiet() {
        return Mono.defer(() -> {
            long left = untilQuiet();
            return left <= 0
                    ? Mono.empty()
                    : Mono.delay(Duration.ofNanos(left), scheduler).then();
        });
    }

    /** {@return nanoseconds until another shaper may follow this one; zero or less if it may do so now} */
    abstract long untilQuiet();

    /** {@return the work to do before the next permit can be granted, or null; called with the lock held} */
    @Nullable
    Runnable preparation() {
        return null;
    }

    /** Must be called after every change that may allow a permit to be granted, without the lock held. */
    final void changed() {
        draining.run();
    }

    /** {@return nanoseconds since the shaper was created} */
    final long now() {
        return nanoTime.getAsLong() - origin;
    }

    /** {@return whether a request is connected and waits for a permit; called with the lock held} */
    final boolean isAnyReady() {
        return ready > 0;
    }

    @Override
    public final <T> Mono<T> shape(Function<Mono<Permit>, Mono<T>> exchange) {
        return Mono.defer(() -> {
            Place place = new Place();
            return place.near()
                    .flatMap(near -> exchange.apply(place.permit()))
                    .doOnNext(response -> place.responded())
                    .retryWhen(Retry.indefinitely().filter(place::wasTooEarly))
                    .doFinally(signal -> place.leave());
        });
    }

    /**
     * {@return the next step, or null} The draining thread runs the steps one after the other, without the lock held.
     */
    private synchronized @Nullable Runnable next() {
        long now = now();
        long lead = MARGIN + usualConnecting;
        boolean granting = ready > 0;
        int ahead = 0;
        long soonest = NEVER;
        for (Place place : places) {
            if (granting && place.ready != null) {
                Granted permit = grant(now);
                granting = false;
                if (permit != null) {
                    return place.granted(permit);
                }
            }
            if (place.near != null && soonest == NEVER) {
                long expected = expected(ahead, now);
                if (expected <= lead) {
                    return place.start(now);
                }
                soonest = expected == NEVER ? NEVER - 1 : expected - lead;
            }
            if (!granting && soonest != NEVER) {
                break;
            }
            ahead++;
        }
        setAlarm(now, Math.min(soonest, ready > 0 ? nextGrant(now) : NEVER));
        return preparation();
    }

    private void setAlarm(long now, long in) {
        long at = in >= NEVER - 1 ? NEVER : now + Math.max(in, SHORTEST_ALARM);
        if (at < alarmAt || alarmAt <= now) {
            alarm.dispose();
            alarmAt = at;
            if (at != NEVER) {
                alarm = scheduler.schedule(this::wake, at - now, TimeUnit.NANOSECONDS);
            }
        }
    }

    private void wake() {
        synchronized (this) {
            alarmAt = NEVER;
        }
        changed();
    }

    /** A request in the queue, until it has its permit; then a request in flight. */
    private final class Place {

        private @Nullable MonoSink<Place> near;
        private @Nullable MonoSink<Permit> ready;
        private @Nullable Granted granted;
        private @Nullable Throwable tooEarly;
        private Disposable idle = Disposables.disposed();
        private long started;
        private boolean left;

        /** {@return emits when the permit is near; if it is subscribed to again, the request keeps its place} */
        Mono<Place> near() {
            return Mono.create(sink -> {
                synchronized (QueuedShaper.this) {
                    if (left) {
                        return;
                    }
                    near = sink;
                    places.add(this);
                }
                changed();
            });
        }

        Runnable start(long now) {
            MonoSink<Place> sink = near;
            near = null;
            started = now;
            return () -> {
                if (sink != null) {
                    sink.success(this);
                }
            };
        }

        Mono<Permit> permit() {
            return Mono.create(sink -> {
                synchronized (QueuedShaper.this) {
                    if (left || ready != null || granted != null) {
                        return;
                    }
                    ready = sink;
                    QueuedShaper.this.ready++;
                    long took = now() - started;
                    usualConnecting = took > usualConnecting ? took : usualConnecting - (usualConnecting - took) / 8;
                    idle = scheduler.schedule(
                            () -> giveUpConnection(sink), LONGEST_IDLE.toMillis(), TimeUnit.MILLISECONDS);
                }
                changed();
            });
        }

        /** Closes a connection whose permit was not as near as expected, before the server closes it. */
        private void giveUpConnection(MonoSink<Permit> waiting) {
            NotSent failure = new NotSent(
                    NotSent.Reason.CONNECTION_LOST,
                    "no permit within " + LONGEST_IDLE.toMillis() + " ms, so the connection was closed",
                    null);
            synchronized (QueuedShaper.this) {
                if (ready != waiting) {
                    return;
                }
                notReady();
                tooEarly = failure;
            }
            waiting.error(failure);
        }

        boolean wasTooEarly(Throwable failure) {
            synchronized (QueuedShaper.this) {
                return failure == tooEarly;
            }
        }

        Runnable granted(Granted permit) {
            MonoSink<Permit> sink = ready;
            granted = permit;
            places.remove(this);
            notReady();
            return () -> {
                if (sink != null) {
                    sink.success(permit);
                }
            };
        }

        void responded() {
            Granted permit;
            synchronized (QueuedShaper.this) {
                permit = granted;
            }
            if (permit != null) {
                permit.responded();
            }
        }

        void leave() {
            Granted permit;
            synchronized (QueuedShaper.this) {
                left = true;
                places.remove(this);
                notReady();
                permit = granted;
            }
            if (permit != null) {
                permit.ended();
            }
            changed();
        }

        private void notReady() {
            if (ready != null) {
                ready = null;
                QueuedShaper.this.ready--;
                idle.dispose();
            }
        }
    }
}
