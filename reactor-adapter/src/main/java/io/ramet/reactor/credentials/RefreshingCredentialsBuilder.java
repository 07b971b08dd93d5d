package io.ramet.reactor.credentials;

import static io.ramet.error.InvalidValueException.unless;
import static java.util.Objects.requireNonNull;

import io.ramet.error.InvalidValueException;
import io.ramet.reactor.observe.CloneObserver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import reactor.core.scheduler.Scheduler;

/** Builds {@link RefreshingCredentials}. Not thread-safe. */
public final class RefreshingCredentialsBuilder {

    final CredentialsSource source;
    Duration failureAge = Duration.ofSeconds(3);
    Scheduler scheduler = BlockingThreads.SCHEDULER;
    LongSupplier nanoTime = System::nanoTime;
    RandomGenerator random = new Random();
    final List<CloneObserver> observers = new ArrayList<>();

    RefreshingCredentialsBuilder(CredentialsSource source) {
        this.source = source;
    }

    /**
     * Sets for how long a failure is kept before the source is read again. Defaults to 3 s.
     *
     * @param failureAge 100 ms to 60 s
     * @return this builder
     */
    public RefreshingCredentialsBuilder failureAge(Duration failureAge) {
        this.failureAge = requireNonNull(failureAge, "failureAge");
        return this;
    }

    /**
     * Sets the scheduler, on which the source is read as well, and the clock. Defaults to Ramet's own threads and to
     * {@link System#nanoTime}. The clock is monotonic, so that a wall clock that is set back does not lengthen a
     * lifetime.
     *
     * @param scheduler its threads must be allowed to block
     * @param nanoTime nanoseconds that never go backwards, in step with the scheduler
     * @return this builder
     */
    public RefreshingCredentialsBuilder time(Scheduler scheduler, LongSupplier nanoTime) {
        this.scheduler = requireNonNull(scheduler, "scheduler");
        this.nanoTime = requireNonNull(nanoTime, "nanoTime");
        return this;
    }

    /**
     * Sets the random generator for the jitter of refreshes. Defaults to {@link Random}; no secret depends on it.
     *
     * @param random the generator
     * @return this builder
     */
    public RefreshingCredentialsBuilder random(RandomGenerator random) {
        this.random = requireNonNull(random, "random");
        return this;
    }

    /**
     * Adds an observer of each fetch, for example one for traces and metrics.
     *
     * @param observer only its {@link CloneObserver#refreshing} is called
     * @return this builder
     */
    public RefreshingCredentialsBuilder observer(CloneObserver observer) {
        observers.add(requireNonNull(observer, "observer"));
        return this;
    }

    /**
     * Builds the provider. Fetches nothing yet.
     *
     * @return the provider; close it when done
     * @throws InvalidValueException if a setting is out of range
     */
    public RefreshingCredentials build() {
        unless(
                failureAge.toMillis() >= 100 && failureAge.toMillis() <= 60_000,
                "failureAge",
                failureAge,
                "must be 100 ms to 60 s");
        return new RefreshingCredentials(this);
    }
}
