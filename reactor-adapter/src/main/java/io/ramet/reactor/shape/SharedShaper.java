package io.ramet.reactor.shape;

import static io.ramet.error.InvalidValueException.unless;

import io.github.bucket4j.BucketConfiguration;
import io.github.bucket4j.distributed.AsyncBucketProxy;
import io.ramet.error.InvalidValueException;
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
import reactor.core.scheduler.Schedulers;

/**
 * A shaper that many processes share, on a Bucket4j bucket in any of its back ends. Processes with the same account, host and
 * bucket keep the limit together.
 *
 * <p>While the bucket cannot be used, a replica sends nothing until its share of the limit is surely no longer lent to the
 * others, then sends on that share alone, and returns by itself. Close it when done.
 */
public final class SharedShaper implements RequestShaper, AutoCloseable {

    /** Jitter that the shape absorbs by default: what {@link #JITTER} does, and the way to the bucket. */
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
     * @param bucket makes the bucket that all replicas share, from the configuration it must have; called once. Such as
     *     {@code configuration -> manager.asAsync().builder().build(key, () -> completedFuture(configuration))}. Its time should be that of the
     *     back end, or else the clocks of the replicas must agree within milliseconds
     * @return the builder
     */
    public static Builder on(Function<BucketConfiguration, AsyncBucketProxy> bucket) {
        return new Builder(bucket);
    }

    @Override
    public <T> Mono<T> shape(Function<Mono<Permit>, Mono<T>> exchange) {
        return queue.shape(exchange);
    }

    @Override
    public void pause(Duration time) {
        queue.pause(time);
    }

    /** {@return how it stands now} */
    public SharedShaperStatus state() {
        return permits.state();
    }

    /**
     * Stops granting permits, and says that this replica has gone. Queued calls never complete, so close the clients first.
     * Takes a few seconds at most if the back end is out of reach.
     *
     * @return cold; completes in any case; the same for every subscriber, started by the first subscription. Cancelling does not
     *     stop it
     */
    public Mono<Void> disposeLater() {
        return permits.close();
    }

    /** Does what {@link #disposeLater} does and waits for it. On a thread that must not block, it does not wait. */
    @Override
    public void close() {
        if (Schedulers.isInNonBlockingThread()) {
            disposeLater().subscribe();
        } else {
            disposeLater().block();
        }
    }

    /** Collects what a {@link SharedShaper} needs. Not thread-safe. */
    public static final class Builder {

        private final Function<BucketConfiguration, AsyncBucketProxy> bucket;
        private @Nullable Membership membership;
        private int callsPerSecond = 20;
        private int replicas;
        private Duration jitter = SHARED_JITTER;
        private String name = UUID.randomUUID().toString();
        private Consumer<SharedShaperStatus> listener = state -> {};
        private Scheduler scheduler = Schedulers.parallel();
        private LongSupplier nanoTime = System::nanoTime;
        private RandomGenerator random = new Random();

        private Builder(Function<BucketConfiguration, AsyncBucketProxy> bucket) {
            this.bucket = bucket;
        }

        /**
         * Sets where replicas say that they are there; without it they have no shares of their own, and must not share the
         * bucket with replicas that have.
         *
         * @param membership the place; closed with the shaper
         * @return this builder
         */
        public Builder membership(Membership membership) {
            this.membership = membership;
            return this;
        }

        /**
         * Sets the server's limit. Defaults to 20.
         *
         * @param callsPerSecond 1 or more, the same for all replicas
         * @return this builder
         */
        public Builder callsPerSecond(int callsPerSecond) {
            this.callsPerSecond = callsPerSecond;
            return this;
        }

        /**
         * Sets how many replicas run at once at most, the same number for all of them: each one's own share is the limit
         * divided by it, in whole calls. While fewer are there, those share as much less, because the others might be there
         * and cut off. Defaults to 0: no shares, and while the bucket cannot be used nothing is sent. While the attendance
         * knows replicas with another number than this, nothing is sent either, and {@link SharedShaperStatus#reason} says so.
         *
         * @param replicas 0 or more, those that come before others go (a rolling update) included; if more than the limit,
         *     there is no whole call for each, and it is as if it were 0
         * @return this builder
         */
        public Builder replicas(int replicas) {
            this.replicas = replicas;
            return this;
        }

        /**
         * Sets the jitter that is absorbed between the bucket and the server. Defaults to {@link #SHARED_JITTER}; costs as
         * much time in each second.
         *
         * @param jitter 50 ms or more, the same for all replicas
         * @return this builder
         */
        public Builder jitter(Duration jitter) {
            this.jitter = jitter;
            return this;
        }

        /**
         * Sets what this replica is called where it says that it is there. Defaults to a random one.
         *
         * @param name no two replicas that run at once may have the same
         * @return this builder
         */
        public Builder name(String name) {
            this.name = name;
            return this;
        }

        /**
         * Sets who is told when the mode changes, or when it sends nothing for a new reason. Defaults to nobody.
         *
         * @param listener is told how it stands; must be quick
         * @return this builder
         */
        public Builder listener(Consumer<SharedShaperStatus> listener) {
            this.listener = listener;
            return this;
        }

        /**
         * Sets what time is measured and waited with. Defaults to {@link Schedulers#parallel()} and {@link System#nanoTime}.
         *
         * @param scheduler where turns come
         * @param nanoTime nanoseconds that only go forward, in step with the scheduler
         * @return this builder
         */
        public Builder time(Scheduler scheduler, LongSupplier nanoTime) {
            this.scheduler = scheduler;
            this.nanoTime = nanoTime;
            return this;
        }

        /**
         * Sets where chance comes from: it spreads the asking. Defaults to {@link Random}.
         *
         * @param random thread-safe, and does not block as a secure one may
         * @return this builder
         */
        public Builder random(RandomGenerator random) {
            this.random = random;
            return this;
        }

        /**
         * Builds the shaper, which begins to look who is there.
         *
         * @return the shaper; close it when done
         * @throws InvalidValueException if a setting is out of its range
         */
        public SharedShaper build() {
            unless(callsPerSecond >= 1, "callsPerSecond", callsPerSecond, "must be 1 or more");
            unless(replicas >= 0, "replicas", replicas, "must be 0 or more");
            unless(replicas == 0 || membership != null, "replicas", replicas, "needs attendance");
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
