package io.ramet.reactor.shape;

import static io.ramet.error.InvalidValueException.unless;
import static java.util.Objects.requireNonNull;

import io.github.bucket4j.BucketConfiguration;
import io.github.bucket4j.distributed.AsyncBucketProxy;
import io.ramet.error.InvalidValueException;
import io.ramet.reactor.concurrent.AsyncCloseable;
import io.ramet.reactor.concurrent.OwnSchedulers;
import java.time.Duration;
import java.util.Random;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * A shaper that several processes share, on a Bucket4j bucket in any of its back ends. Processes that use the same
 * bucket keep the limit together; use one bucket per account and host.
 *
 * <p>While the bucket cannot be used, a replica first sends nothing, until its share of the limit is certainly no
 * longer lent to the others. It then sends on that share alone, and returns to the bucket when it can be used again.
 * Thread-safe. Close it when done; clients do not close it.
 */
public final class SharedShaper implements RequestShaper, AsyncCloseable {

    /**
     * The jitter that is absorbed by default: {@link #JITTER} for the network to the server, and as much for the
     * bucket.
     */
    public static final Duration SHARED_JITTER = Duration.ofMillis(100);

    private final SharedPermitSource permits;
    private final BucketShaper queue;

    private SharedShaper(SharedPermitSource permits, BucketShaper queue) {
        this.permits = permits;
        this.queue = queue;
    }

    /**
     * Begins a shaper on a bucket.
     *
     * @param bucket creates the bucket that all replicas share, from the configuration that it must have; called once.
     *     For example {@code configuration -> manager.asAsync().builder().build(key, () ->
     *     completedFuture(configuration))}. The bucket should use the clock of the back end; otherwise the clocks of
     *     the replicas must agree within milliseconds. Its calls must not block, because no permit is granted in the
     *     meantime: Bucket4j calls a back end that may block on other threads if its manager is built with {@code
     *     executionStrategy(ExecutionStrategy.background(executor))}
     * @return the builder
     */
    public static Builder on(Function<BucketConfiguration, AsyncBucketProxy> bucket) {
        return new Builder(requireNonNull(bucket, "bucket"));
    }

    @Override
    public <T> Mono<T> shape(Function<Mono<Permit>, Mono<T>> exchange) {
        return queue.shape(exchange);
    }

    @Override
    public void pause(Duration time) {
        queue.pause(time);
    }

    /** {@return the current state} */
    public SharedShaperStatus state() {
        return permits.state();
    }

    /**
     * Stops granting permits, and removes this replica from the registry. Queued requests will never complete, so close
     * the clients first. Takes a few seconds at most if the back end cannot be reached.
     *
     * @return a cold Mono that never fails. Closing starts with the first subscription; later subscriptions share it,
     *     and cancelling does not stop it
     */
    @Override
    public Mono<Void> disposeLater() {
        return permits.close();
    }

    /** Builds a {@link SharedShaper}. Not thread-safe. */
    public static final class Builder {

        private final Function<BucketConfiguration, AsyncBucketProxy> bucket;
        private @Nullable Membership membership;
        private int callsPerSecond = 20;
        private int replicas;
        private Duration jitter = SHARED_JITTER;
        private String name = UUID.randomUUID().toString();
        private Consumer<SharedShaperStatus> listener = state -> {};
        private Scheduler scheduler = OwnSchedulers.TIMER;
        private LongSupplier nanoTime = System::nanoTime;
        private RandomGenerator random = new Random();

        private Builder(Function<BucketConfiguration, AsyncBucketProxy> bucket) {
            this.bucket = bucket;
        }

        /**
         * Sets the registry of the replicas. Without one, replicas have no shares of their own, and must not share the
         * bucket with replicas that have shares.
         *
         * @param membership the registry; closed with the shaper
         * @return this builder
         */
        public Builder membership(Membership membership) {
            this.membership = requireNonNull(membership, "membership");
            return this;
        }

        /**
         * Sets the server's limit. Defaults to 20.
         *
         * @param callsPerSecond 1 or more, the same for all replicas. In Redis, the lowest number of any process holds
         *     until the bucket is deleted
         * @return this builder
         */
        public Builder callsPerSecond(int callsPerSecond) {
            this.callsPerSecond = callsPerSecond;
            return this;
        }

        /**
         * Sets the maximum number of replicas that run at once. It must be the same for all of them: the share of each
         * is the limit divided by this number, in whole requests. While fewer replicas are registered, they do not use
         * the shares of the others, which may be cut off. Defaults to 0, which means no shares: while the bucket cannot
         * be used, nothing is sent. Nothing is sent either while replicas with another number are registered; {@link
         * SharedShaperStatus#reason} says so.
         *
         * @param replicas 0 or more, including those that start before others stop (a rolling update); a number above
         *     the limit leaves no whole request for each, and has the same effect as 0
         * @return this builder
         */
        public Builder replicas(int replicas) {
            this.replicas = replicas;
            return this;
        }

        /**
         * Sets the jitter that is absorbed between the bucket and the server. Defaults to {@link #SHARED_JITTER}. It
         * extends each second by as much.
         *
         * @param jitter 50 ms or more, the same for all replicas
         * @return this builder
         */
        public Builder jitter(Duration jitter) {
            this.jitter = requireNonNull(jitter, "jitter");
            return this;
        }

        /**
         * Sets the name under which this replica registers. Defaults to a random one.
         *
         * @param name unique among the replicas that run at once
         * @return this builder
         */
        public Builder name(String name) {
            this.name = requireNonNull(name, "name");
            return this;
        }

        /**
         * Sets a listener for changes of the mode, and of the reason why nothing is sent. Defaults to none.
         *
         * @param listener receives the new state on a thread of its own, one call at a time; changes during a call are
         *     reported together, as the latest state
         * @return this builder
         */
        public Builder listener(Consumer<SharedShaperStatus> listener) {
            this.listener = requireNonNull(listener, "listener");
            return this;
        }

        /**
         * Sets the scheduler and the clock. Defaults to two threads that all clients of this process share, so that an
         * application that blocks Reactor's threads cannot delay permits, and to {@link System#nanoTime}.
         *
         * @param scheduler grants permits
         * @param nanoTime nanoseconds that never go backwards, in step with the scheduler
         * @return this builder
         */
        public Builder time(Scheduler scheduler, LongSupplier nanoTime) {
            this.scheduler = requireNonNull(scheduler, "scheduler");
            this.nanoTime = requireNonNull(nanoTime, "nanoTime");
            return this;
        }

        /**
         * Sets the random generator that spreads the requests for permits. Defaults to {@link Random}.
         *
         * @param random thread-safe; must not block
         * @return this builder
         */
        public Builder random(RandomGenerator random) {
            this.random = requireNonNull(random, "random");
            return this;
        }

        /**
         * Builds the shaper, which registers at once.
         *
         * @return the shaper; close it when done
         * @throws InvalidValueException if a setting is out of range
         */
        public SharedShaper build() {
            unless(callsPerSecond >= 1, "callsPerSecond", callsPerSecond, "must be 1 or more");
            unless(replicas >= 0, "replicas", replicas, "must be 0 or more");
            unless(replicas == 0 || membership != null, "replicas", replicas, "needs a membership");
            unless(jitter.compareTo(JITTER) >= 0, "jitter", jitter, "must be " + JITTER + " or more");
            SharedLimit limit = new SharedLimit(callsPerSecond, replicas <= callsPerSecond ? replicas : 0, jitter);
            SharedPermitSource permits =
                    new SharedPermitSource(bucket, limit, membership, name, listener, scheduler, nanoTime, random);
            permits.start();
            return new SharedShaper(
                    permits, new BucketShaper(permits, Duration.ofNanos(limit.period()), scheduler, nanoTime));
        }
    }
}
