package io.ramet.reactor.shape;

import java.time.Duration;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.LongSupplier;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.util.retry.Retry;

/**
 * Limits a rate: requests wait for a permit, first come first served, so that no second at the server receives more of
 * them than the limit. One shaper serves one action of one account on one host: clients that share these must share the
 * shaper.
 *
 * <p>{@link #window(int)}, {@link #strict(int)} and {@link #paced(int)} make shapers for one process, {@link
 * SharedShaper} makes shapers for several. They are thread-safe, start no thread and need not be closed, except the
 * shared one.
 *
 * <p><b>Implementing a shaper.</b> A client subscribes to {@link #shape(Function)} once for each request, on any
 * thread, for up to {@code maxInFlight} requests at a time. An implementation must be thread-safe, must not block and
 * must not emit with a lock held. The steps of one request are:
 *
 * <ol>
 *   <li>The shaper applies the function to a Mono of the permit, and subscribes to the exchange that this returns when
 *       it expects to grant the permit within the time that connecting takes.
 *   <li>The exchange connects, then subscribes to the permit. The shaper emits one, on any thread, when the request may
 *       be sent.
 *   <li>The exchange calls {@link Permit#use}. If that returns false, nothing is written and the exchange fails; else
 *       the bytes are written, and {@link Permit#written} follows.
 *   <li>The exchange emits its response, or ends without one.
 * </ol>
 *
 * The exchange may end after any of these steps, and may be cancelled after any of them. A permit that was granted and
 * not used is then free for the next request.
 */
public interface RequestShaper {

    /** Jitter on the way to the server that a shaper absorbs: ±25 ms. */
    Duration JITTER = Duration.ofMillis(50);

    /**
     * How long a permit may be held before the first byte is written. After that it has expired, and goes to another
     * request.
     */
    Duration LONGEST_SENDING = Duration.ofSeconds(1);

    /**
     * How long a connection is kept open for a permit that does not come: front ends close connections that stay
     * silent.
     */
    Duration LONGEST_IDLE = Duration.ofMillis(500);

    /** Allows one request to be sent. Thread-safe. */
    interface Permit {

        /**
         * To be called once, immediately before the first byte is written, on the thread that writes. Does not block.
         *
         * @return whether the request may be written now; false if the permit has expired
         */
        boolean use();

        /** To be called once, when the bytes have been handed to the operating system. Does not block. */
        void written();
    }

    /**
     * Shapes one request and its response.
     *
     * <p>If the permit does not come within {@link #LONGEST_IDLE} of the exchange's subscription to it, the permit's
     * Mono fails. The exchange must then close its connection and fail with the same failure; it is subscribed to again
     * when a permit is near, and keeps its place in the queue.
     *
     * @param exchange makes an exchange that waits for the permit it is given; a cold Mono, subscribed to once for each
     *     connection. A value that it emits is the response
     * @param <T> the response
     * @return the response; a cold Mono that takes a place in the queue when it is subscribed to. Fails as the exchange
     *     fails, and never because there is no permit. Cancelling gives the place up, and cancels the exchange
     */
    <T> Mono<T> shape(Function<Mono<Permit>, Mono<T>> exchange);

    /**
     * Shapes a request that needs no connection: it counts as written, and as responded to, when {@code sending} ends.
     *
     * @param sending sends the request; subscribed to when the permit has come. If the permit has expired by then, the
     *     request waits for another one
     * @param <T> the response
     * @return the response; cold as {@link #shape(Function)} is
     */
    default <T> Mono<T> shape(Mono<T> sending) {
        Throwable expired = new TimeoutException("the permit has expired");
        return this.<T>shape(permit -> permit.flatMap(granted -> Mono.defer(
                        () -> granted.use() ? sending.doOnTerminate(granted::written) : Mono.error(expired))))
                .retryWhen(Retry.indefinitely().filter(failure -> failure == expired));
    }

    /**
     * Grants no permit for a while: the server has throttled a request, so another client uses the same allowance.
     * Permits that were granted already stay valid. Does not block.
     *
     * @param time from now, more than zero; a shorter pause does not end a longer one
     */
    void pause(Duration time);

    /**
     * Completes when no request that was sent through this shaper can share a second at the server with a request that
     * is sent from then on, for instance through another shaper. Subscribing does not hold up further requests. Takes
     * no longer than a second and the jitter: a request that is still in flight then is not waited for.
     *
     * @return a cold Mono that never fails; by default it is complete at once
     */
    default Mono<Void> quiet() {
        return Mono.empty();
    }

    /**
     * A shaper for this process: a sliding window. As many requests as the limit allows are sent at once; each permit
     * comes back 1 s and {@link #JITTER} after the bytes of its request have left, or 1 s after the response, whichever
     * is earlier. If the response takes longer than usual by more than the jitter, the permit comes back 1 s after the
     * response only. While no response arrives at all, nothing is sent.
     *
     * <p>Three things can still bring more than the limit into one second at the server:
     *
     * <ul>
     *   <li>A network that delays the first requests of a shaper by less than a second: it cannot be distinguished from
     *       a network that is always that slow. {@link #strict(int)} has no such gap: it waits for the response to each
     *       request.
     *   <li>A network that is down for longer than the call timeout: the exchanges have ended, but the operating system
     *       may still deliver their bytes, together with later requests. This is true of {@link #strict(int)} as well,
     *       unless its call timeout is longer than the network is ever down.
     *   <li>A process that is killed and started again within a second: a new shaper does not know the requests of
     *       another. Let two seconds pass. Closing a client waits by itself until this shaper is {@linkplain #quiet
     *       quiet}.
     * </ul>
     *
     * @param callsPerSecond the server's limit, 1 or more
     * @return the shaper, on the system's time
     */
    static RequestShaper window(int callsPerSecond) {
        return window(callsPerSecond, JITTER, Schedulers.parallel(), System::nanoTime);
    }

    /**
     * A sliding window on the caller's own time.
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
     * A sliding window that no jitter can break: a permit comes back only 1 s after the response. Slower than {@link
     * #window(int)} by the time that a response takes, in each second.
     *
     * @param callsPerSecond the server's limit, 1 or more
     * @return the shaper, on the system's time
     */
    static RequestShaper strict(int callsPerSecond) {
        return strict(callsPerSecond, Schedulers.parallel(), System::nanoTime);
    }

    /**
     * A strict sliding window on the caller's own time.
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
     * A shaper for this process that spreads requests evenly over the second and sends no bursts. It is {@linkplain
     * #quiet quiet} a period after its last request: a shaper that follows it must be paced as well, or wait a second.
     *
     * @param callsPerSecond the server's limit, 1 or more
     * @return the shaper, on the system's time, absorbing {@link #JITTER}
     */
    static RequestShaper paced(int callsPerSecond) {
        return paced(callsPerSecond, JITTER, Schedulers.parallel(), System::nanoTime);
    }

    /**
     * An even pace on the caller's own time.
     *
     * @param callsPerSecond the server's limit, 1 or more
     * @param jitter spread of the delay from here to the server that is absorbed; costs as much time in each second
     * @param scheduler where permits come
     * @param nanoTime a clock in nanoseconds that only goes forward, in step with the scheduler
     * @return the shaper
     */
    static RequestShaper paced(int callsPerSecond, Duration jitter, Scheduler scheduler, LongSupplier nanoTime) {
        return BucketShaper.paced(callsPerSecond, jitter, scheduler, nanoTime);
    }
}
