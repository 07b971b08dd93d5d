package io.ramet.reactor.shape;

import io.ramet.reactor.concurrent.OwnSchedulers;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.LongSupplier;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.util.retry.Retry;

/**
 * Limits the rate of requests: they wait for a permit, first come, first served, so that the server receives no more of
 * them in any second than the limit. One shaper serves one action of one account on one host; clients that share these
 * must share the shaper.
 *
 * <p>{@link #window(int)}, {@link #strict(int)} and {@link #paced(int)} create shapers for one process, and {@link
 * SharedShaper} creates shapers for several. They are thread-safe, start no thread and need not be closed, except the
 * shared one.
 *
 * <p><b>Implementing a shaper.</b> A client subscribes to {@link #shape(Function)} once for each request, on any
 * thread, with up to {@code maxInFlight} requests at a time. An implementation must be thread-safe, must not block and
 * must not emit with a lock held. The steps of one request are:
 *
 * <ol>
 * <li>The shaper applies the function to a Mono of the permit. It subscribes to the returned exchange when it expects
 * to grant the permit within the time that connecting takes.
 *   <li>The exchange connects, then subscribes to the permit. The shaper emits one, on any thread, when the request may
 *       be sent.
 * <li>The exchange calls {@link Permit#use}. If that returns false, the exchange writes nothing and fails; otherwise it
 * writes the bytes and calls {@link Permit#written}.
 *   <li>The exchange emits its response, or ends without one.
 * </ol>
 *
 * The exchange may end or be cancelled after any of these steps. A permit that was granted and not used is then free
 * for the next request.
 */
public interface RequestShaper {

    /** The jitter of the network that a shaper absorbs: ±25 ms. */
    Duration JITTER = Duration.ofMillis(50);

    /**
     * How long a permit may be held before the first byte is written. After that it has expired, and goes to another
     * request.
     */
    Duration LONGEST_SENDING = Duration.ofSeconds(1);

    /**
     * How long a connection is kept open for a permit that is not granted, because front ends close connections that
     * stay silent.
     */
    Duration LONGEST_IDLE = Duration.ofMillis(500);

    /** Allows one request to be sent. Thread-safe. */
    interface Permit {

        /**
         * Must be called once, immediately before the first byte is written, on the thread that writes. Does not block.
         *
         * @return whether the request may be written now; false if the permit has expired
         */
        boolean use();

        /** Must be called once, when the bytes have been handed to the operating system. Does not block. */
        void written();
    }

    /**
     * Shapes one request and its response.
     *
     * <p>If the permit is not granted within {@link #LONGEST_IDLE} after the exchange has subscribed to it, the
     * permit's Mono fails. The exchange must then close its connection and fail with the same failure. It keeps its
     * place in the queue, and is subscribed to again when a permit is near.
     *
     * @param exchange returns an exchange that waits for the given permit: a cold Mono, subscribed to once for each
     *     connection, that emits the response
     * @param <T> the response
     * @return the response; a cold Mono that takes a place in the queue when it is subscribed to. Fails if the exchange
     *     fails, but never because there is no permit. Cancelling gives up the place and cancels the exchange
     */
    <T> Mono<T> shape(Function<Mono<Permit>, Mono<T>> exchange);

    /**
     * Shapes a request that needs no connection. It counts as written, and its response as received, when {@code
     * sending} ends.
     *
     * @param sending sends the request; subscribed to when the permit is granted. If the permit has expired by then,
     *     the request waits for another one
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
     * Grants no permit for a while. Called when the server has throttled a request, because another client may use the
     * same limit. Permits that were granted already stay valid. Does not block.
     *
     * @param time the length of the pause, more than zero; a shorter pause does not end a longer one
     */
    void pause(Duration time);

    /**
     * Waits until no request that was sent through this shaper can arrive at the server in the same second as a later
     * request, for example one that is sent through another shaper. Subscribing does not delay further requests. Takes
     * no longer than a second plus the jitter; a request that is still in flight then is not waited for.
     *
     * @return a cold Mono that completes after that wait and never fails; by default it completes at once
     */
    default Mono<Void> quiet() {
        return Mono.empty();
    }

    /**
     * Creates a shaper for this process with a sliding window. As many requests as the limit allows are sent at once.
     * Each permit returns 1 s plus {@link #JITTER} after the bytes of its request have left, or 1 s after the response,
     * whichever is earlier. If the response takes longer than usual by more than the jitter, the permit returns only 1
     * s after the response. If responses stop arriving while requests are in flight, at most one request every 2 s is
     * sent.
     *
     * <p>In three cases the server can still receive more requests than the limit in one second:
     *
     * <ul>
     * <li>The network delays the first requests of a shaper by less than a second. This cannot be distinguished from a
     * network that is always that slow. {@link #strict(int)} does not have this gap, because it waits for the response
     * to each request.
     * <li>The network is down for longer than the call timeout. The exchanges have ended, but the operating system may
     * still deliver their bytes, together with later requests. This applies to {@link #strict(int)} as well, unless the
     * call timeout is longer than any outage of the network.
     * <li>A process is killed and started again within a second. A new shaper does not know the requests of the earlier
     * one, so wait two seconds. Closing a client waits until its shaper is {@linkplain #quiet quiet}.
     * </ul>
     *
     * @param callsPerSecond the server's limit, 1 or more
     * @return the shaper, on the system's time
     * @throws io.ramet.error.InvalidValueException if a parameter is out of range
     */
    static RequestShaper window(int callsPerSecond) {
        return window(callsPerSecond, JITTER, OwnSchedulers.TIMER, System::nanoTime);
    }

    /**
     * Creates a sliding window with the caller's scheduler and clock.
     *
     * @param callsPerSecond the server's limit, 1 or more
     * @param jitter the variation of the network delay that is absorbed, zero or more
     * @param scheduler grants permits
     * @param nanoTime nanoseconds that never go backwards, in step with the scheduler
     * @return the shaper
     * @throws io.ramet.error.InvalidValueException if a parameter is out of range
     */
    static RequestShaper window(int callsPerSecond, Duration jitter, Scheduler scheduler, LongSupplier nanoTime) {
        return new WindowShaper(callsPerSecond, jitter, false, scheduler, nanoTime);
    }

    /**
     * Creates a sliding window that no jitter can break: a permit returns only 1 s after the response. In each second
     * it is slower than {@link #window(int)} by the time that a response takes.
     *
     * @param callsPerSecond the server's limit, 1 or more
     * @return the shaper, on the system's time
     * @throws io.ramet.error.InvalidValueException if a parameter is out of range
     */
    static RequestShaper strict(int callsPerSecond) {
        return strict(callsPerSecond, OwnSchedulers.TIMER, System::nanoTime);
    }

    /**
     * Creates a strict sliding window with the caller's scheduler and clock.
     *
     * @param callsPerSecond the server's limit, 1 or more
     * @param scheduler grants permits
     * @param nanoTime nanoseconds that never go backwards, in step with the scheduler
     * @return the shaper
     * @throws io.ramet.error.InvalidValueException if a parameter is out of range
     */
    static RequestShaper strict(int callsPerSecond, Scheduler scheduler, LongSupplier nanoTime) {
        return new WindowShaper(callsPerSecond, JITTER, true, scheduler, nanoTime);
    }

    /**
     * Creates a shaper for this process that spreads requests evenly over the second and sends no bursts. It is
     * {@linkplain #quiet quiet} one period after its last request, so a shaper that follows it must be paced as well,
     * or wait a second.
     *
     * @param callsPerSecond the server's limit, 1 or more
     * @return the shaper, on the system's time, absorbing {@link #JITTER}
     * @throws io.ramet.error.InvalidValueException if a parameter is out of range
     */
    static RequestShaper paced(int callsPerSecond) {
        return paced(callsPerSecond, JITTER, OwnSchedulers.TIMER, System::nanoTime);
    }

    /**
     * Creates a paced shaper with the caller's scheduler and clock.
     *
     * @param callsPerSecond the server's limit, 1 or more
     * @param jitter the variation of the network delay that is absorbed, zero or more; it extends each second by as
     *     much
     * @param scheduler grants permits
     * @param nanoTime nanoseconds that never go backwards, in step with the scheduler
     * @return the shaper
     * @throws io.ramet.error.InvalidValueException if a parameter is out of range
     */
    static RequestShaper paced(int callsPerSecond, Duration jitter, Scheduler scheduler, LongSupplier nanoTime) {
        return BucketShaper.paced(callsPerSecond, jitter, scheduler, nanoTime);
    }
}
