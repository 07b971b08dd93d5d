package io.ramet.reactor.shape;

import java.time.Duration;
import java.util.function.LongSupplier;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Makes calls wait for their turn, first come first served, so that no second at the server sees more of them than
 * allowed. One shaper serves one action of one account on one host: whoever shares these shares the shaper.
 */
public interface RequestShaper {

    /** Jitter on the way to the server that the shape absorbs: ±25 ms. */
    Duration JITTER = Duration.ofMillis(50);

    /**
     * Shapes the sending of a call: a cold Mono that queues when subscribed to and subscribes to {@code sending} when its
     * turn comes. The next turn comes when {@code sending} has ended, at the earliest, so that a sending that takes longer
     * than usual (a cold start, a slow disk) does not bunch with those behind it. Cancelling gives the place up.
     *
     * @param sending what is left to do before the bytes go; it should be quick
     * @param <T> what it makes
     * @return what {@code sending} makes, on the shaper's scheduler; never fails for want of permits
     */
    <T> Mono<T> shape(Mono<T> sending);

    /**
     * Lets nobody pass for a while: the server has throttled a call, so somebody else is spending the same allowance.
     *
     * @param time from now
     */
    void pause(Duration time);

    /**
     * A shaper for this process.
     *
     * @param callsPerSecond the server's limit, 1 or more
     * @return the shaper, on the system's time, absorbing {@link #JITTER}
     */
    static RequestShaper local(int callsPerSecond) {
        return local(callsPerSecond, JITTER, Schedulers.parallel(), System::nanoTime);
    }

    /**
     * A shaper for this process on a time of the caller's own.
     *
     * @param callsPerSecond the server's limit, 1 or more
     * @param jitter spread of the delay from here to the server that is absorbed; costs as much time in each second
     * @param scheduler where turns come
     * @param nanoTime a clock in nanoseconds that only goes forward, in step with the scheduler
     * @return the shaper
     */
    static RequestShaper local(int callsPerSecond, Duration jitter, Scheduler scheduler, LongSupplier nanoTime) {
        return BucketShaper.local(callsPerSecond, jitter, scheduler, nanoTime);
    }
}
