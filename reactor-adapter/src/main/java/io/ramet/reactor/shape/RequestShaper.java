package io.ramet.reactor.shape;

import java.time.Duration;
import java.util.function.Function;
import java.util.function.LongSupplier;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Makes requests wait for a permit, first come first served, so that no second at the server receives more of them than
 * allowed. One shaper serves one action of one account on one host: clients that share these must share the shaper.
 */
public interface RequestShaper {

    /** Jitter on the way to the server that the shape absorbs: ±25 ms. */
    Duration JITTER = Duration.ofMillis(50);

    /** How long a permit may be held before the bytes go. Then it expires, and goes to another request. */
    Duration LONGEST_SENDING = Duration.ofSeconds(1);

    /** How long a connection is kept open for a permit that does not come: front ends close those that say nothing. */
    Duration LONGEST_IDLE = Duration.ofMillis(500);

    /** Leave to send one request. Thread-safe. */
    interface Permit {

        /**
         * To be called immediately before the first byte is written, on the thread that writes.
         *
         * @return whether the request may be written now; false if the permit has expired
         */
        boolean use();

        /** To be called when the bytes have been handed to the operating system. */
        void written();
    }

    /**
     * Shapes one request and its response: a cold Mono that queues when subscribed to. It subscribes to the exchange when a
     * permit is expected soon, so that a connection is there when the permit comes, and not long before.
     *
     * <p>The exchange subscribes to the permit once it is connected. If the permit does not come within {@link #LONGEST_IDLE},
     * it fails; the exchange is to close its connection and fail likewise, and is subscribed to again when a permit is near. It
     * keeps its place in the queue.
     *
     * <p>A value emitted by the exchange is its response. An exchange that ends without having used its permit gives it back.
     * Cancelling gives the place up.
     *
     * @param exchange makes the exchange of its permit; a cold Mono, subscribed to once for each connection
     * @param <T> the response
     * @return the response; never fails for want of permits
     */
    <T> Mono<T> shape(Function<Mono<Permit>, Mono<T>> exchange);

    /**
     * Shapes a request that needs no connection: it counts as written, and as responded to, when {@code sending} ends.
     *
     * @param sending what is left to do when the permit has come
     * @param <T> what it makes
     * @return what {@code sending} makes; never fails for want of permits
     */
    default <T> Mono<T> shape(Mono<T> sending) {
        return shape(permit -> permit.flatMap(granted ->
                Mono.defer(() -> granted.use() ? sending : Mono.<T>empty()).doOnTerminate(granted::written)));
    }

    /**
     * Grants no permit for a while: the server has throttled a request, so somebody else is spending the same allowance.
     *
     * @param time from now
     */
    void pause(Duration time);

    /**
     * Completes when what has been sent through this shaper can share no second at the server with what is sent from then on,
     * for instance through another shaper. Does not keep the next request from being sent. Takes no longer than a second and
     * the jitter, so a request that is still in flight then is not waited for.
     *
     * @return a cold Mono; one that is complete, unless a shaper knows better
     */
    default Mono<Void> quiet() {
        return Mono.empty();
    }

    /**
     * A shaper for this process: a sliding window. As many requests as the limit allows are sent at once; each permit comes back
     * 1 s and {@link #JITTER} after the bytes of its request have left, or 1 s after the response, whichever is earlier. If the
     * response takes longer than usual by more than the jitter, the permit comes back 1 s after the response only. While no
     * response arrives at all, nothing is sent.
     *
     * <p>Three things can still bring more than the limit into one second at the server:
     *
     * <ul>
     *   <li>A network that holds up the first requests of a shaper by less than a second: nothing tells it from a network that is
     *       always so slow. {@link #strict(int)} has no such gap: it waits for the response of each request.
     *   <li>A network that is down for longer than the call timeout: the exchanges have ended, but the operating system may
     *       still deliver their bytes, together with later requests. This is true of {@link #strict(int)} as well, unless its
     *       call timeout is longer than the network is ever down.
     *   <li>A process that is killed and started again within a second: a new shaper knows nothing of the requests of another.
     *       Let two seconds pass. A client that is closed waits by itself, until this shaper is {@linkplain #quiet quiet}.
     * </ul>
     *
     * @param callsPerSecond the server's limit, 1 or more
     * @return the shaper, on the system's time
     */
    static RequestShaper window(int callsPerSecond) {
        return window(callsPerSecond, JITTER, Schedulers.parallel(), System::nanoTime);
    }

    /**
     * A sliding window on a time of the caller's own.
     *
     * @param callsPerSecond the server's limit, 1 or more
     * @param jitter spread of the delay from here to the server that is absorbed, zero or more
     * @param scheduler where permits come
     * @param nanoTime a clock in nanoseconds that only goes forward, in step with the scheduler
     * @return the shaper
     */
    static RequestShaper window(int callsPerSecond, Duration jitter, Scheduler scheduler, LongSupplier nanoTime) {
        return new WindowShaper(callsPerSecond, jitter, false, scheduler, nanoTime);
    }

    /**
     * A sliding window that no jitter can break: a permit comes back only 1 s after the response. Slower than {@link #window(int)} by
     * what a response takes in each second.
     *
     * @param callsPerSecond the server's limit, 1 or more
     * @return the shaper, on the system's time
     */
    static RequestShaper strict(int callsPerSecond) {
        return strict(callsPerSecond, Schedulers.parallel(), System::nanoTime);
    }

    /**
     * A strict sliding window on a time of the caller's own.
     *
     * @param callsPerSecond the server's limit, 1 or more
     * @param scheduler where permits come
     * @param nanoTime a clock in nanoseconds that only goes forward, in step with the scheduler
     * @return the shaper
     */
    static RequestShaper strict(int callsPerSecond, Scheduler scheduler, LongSupplier nanoTime) {
        return new WindowShaper(callsPerSecond, JITTER, true, scheduler, nanoTime);
    }

    /**
     * A shaper for this process that spreads requests evenly over the second and sends no bursts.
     *
     * @param callsPerSecond the server's limit, 1 or more
     * @return the shaper, on the system's time, absorbing {@link #JITTER}
     */
    static RequestShaper paced(int callsPerSecond) {
        return paced(callsPerSecond, JITTER, Schedulers.parallel(), System::nanoTime);
    }

    /**
     * An even pace on a time of the caller's own.
     *
     * @param callsPerSecond the server's limit, 1 or more
     * @param jitter spread of the delay from here to the server that is absorbed; costs as much time in each second
     * @param scheduler where permits come
     * @param nanoTime a clock in nanoseconds that only goes forward, in step with the scheduler
     * @return the shaper
     */
    static RequestShaper paced(int callsPerSecond, Duration jitter, Scheduler scheduler, LongSupplier nanoTime) {
        return BucketShaper.local(callsPerSecond, jitter, scheduler, nanoTime);
    }

    /**
     * The same as {@link #paced(int)}.
     *
     * @param callsPerSecond the server's limit, 1 or more
     * @return the shaper
     */
    static RequestShaper local(int callsPerSecond) {
        return paced(callsPerSecond);
    }

    /**
     * The same as {@link #paced(int, Duration, Scheduler, LongSupplier)}.
     *
     * @param callsPerSecond the server's limit, 1 or more
     * @param jitter spread of the delay from here to the server that is absorbed
     * @param scheduler where permits come
     * @param nanoTime a clock in nanoseconds that only goes forward, in step with the scheduler
     * @return the shaper
     */
    static RequestShaper local(int callsPerSecond, Duration jitter, Scheduler scheduler, LongSupplier nanoTime) {
        return paced(callsPerSecond, jitter, scheduler, nanoTime);
    }
}
