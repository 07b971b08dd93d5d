package io.ramet.reactor.credentials;

import static java.util.Objects.requireNonNull;
import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.ramet.reactor.observe.CloneObserver;
import io.ramet.reactor.observe.CloneObserver.RefreshObserver;
import io.ramet.reactor.observe.SafeObserver;
import io.ramet.sign.Credentials;
import io.ramet.sign.CredentialsProvider;
import io.ramet.sign.CredentialsUnavailableException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * Provides the credentials of a {@link CredentialsSource}, and refreshes them before they expire. Id, key and token are
 * replaced together. At most one fetch runs at a time, regardless of how many requests wait for it.
 *
 * <p>Credentials with an expiry are refreshed in the background after half their lifetime, at the latest 300 s before
 * they expire. If that fails, the old ones are used until they expire; after that, every request fails with a {@link
 * CredentialsUnavailableException} that names the source and the cause. A failure is kept for a few seconds, so that
 * many requests do not overload a source that is down. Credentials of local files and variables are not kept, but read
 * each time.
 *
 * <p>Thread-safe. No method blocks; the source is read on other threads. Close it when done.
 */
public final class RefreshingCredentials implements CredentialsProvider, AutoCloseable {

    /** Credentials are refreshed at the latest this long before they expire, if their lifetime is longer. */
    public static final Duration MARGIN = Duration.ofMinutes(5);

    private static final Logger log = LoggerFactory.getLogger(RefreshingCredentials.class);

    /** The shortest time between two fetches from a source whose keys are about to expire. */
    private static final Duration SHORTEST_PAUSE = Duration.ofSeconds(10);
    /** The longest time between attempts to refresh credentials that are still valid. */
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(60);

    private static final Duration LONGEST_FETCH = Duration.ofSeconds(25);

    private final CredentialsSource source;
    private final String name;
    private final Duration failureAge;
    private final Scheduler scheduler;
    private final LongSupplier nanoTime;
    private final RandomGenerator random;
    private final CloneObserver observer;

    // Guarded by this. Futures are completed, and the source is called, outside.
    private @Nullable SourcedCredentials last;
    private long lastAt;
    private @Nullable CredentialsUnavailableException failure;
    private long failedAt;
    private int failures;
    private @Nullable Fetch fetch;
    private Disposable next = Disposables.disposed();
    private boolean closed;

    /** A fetch in progress; it replaces the credentials {@code refused} if the API has refused them, else null. */
    private record Fetch(
            CompletableFuture<Credentials> result,
            @Nullable Credentials refused,
            Disposable.Swap running,
            CloneObserver observer) {}

    RefreshingCredentials(RefreshingCredentialsBuilder options) {
        this.source = options.source;
        this.name = source.name();
        this.failureAge = options.failureAge;
        this.scheduler = options.scheduler;
        this.nanoTime = options.nanoTime;
        this.random = options.random;
        this.observer = new SafeObserver(List.copyOf(options.observers));
    }

    /**
     * Begins a provider.
     *
     * @param source the source of the credentials
     * @return the builder
     */
    public static RefreshingCredentialsBuilder of(CredentialsSource source) {
        return new RefreshingCredentialsBuilder(requireNonNull(source, "source"));
    }

    @Override
    public CompletionStage<Credentials> credentials() {
        return current(null);
    }

    @Override
    public CompletionStage<Credentials> renewed(Credentials refused) {
        return current(requireNonNull(refused, "refused"));
    }

    private CompletionStage<Credentials> current(@Nullable Credentials refused) {
        Fetch begun;
        synchronized (this) {
            SourcedCredentials known = usable();
            if (known != null && !known.credentials().equals(refused)) {
                return CompletableFuture.completedFuture(known.credentials());
            }
            if (fetch != null) {
                return join(fetch, refused);
            }
            if (failure != null && (closed || nanoTime.getAsLong() - failedAt < failureAge.toNanos())) {
                return CompletableFuture.failedFuture(failure);
            }
            begun = begin(refused);
        }
        run(begun);
        // A copy, because cancelling it must not cancel the fetch for other requests.
        return begun.result.copy();
    }

    /** A fetch that began before the refusal may still return the refused credentials. */
    private CompletionStage<Credentials> join(Fetch begun, @Nullable Credentials refused) {
        return refused == null || refused.equals(begun.refused)
                ? begun.result.copy()
                : begun.result.thenCompose(
                        got -> got.equals(refused) ? current(refused) : CompletableFuture.completedFuture(got));
    }

    @Override
    public synchronized Optional<Credentials> held() {
        return Optional.ofNullable(usable()).map(SourcedCredentials::credentials);
    }

    /** {@return the last credentials; null if they have expired, are not kept, or are being replaced} */
    private @Nullable SourcedCredentials usable() {
        SourcedCredentials known = last;
        boolean replaced = known != null && fetch != null && known.credentials().equals(fetch.refused);
        return known == null || replaced || !known.kept() || remaining(known) <= 0 ? null : known;
    }

    /** {@return nanoseconds until they expire} */
    private long remaining(SourcedCredentials known) {
        return requireNonNull(known.validFor()).toNanos() - (nanoTime.getAsLong() - lastAt);
    }

    private Fetch begin(@Nullable Credentials refused) {
        next.dispose();
        // Reading a file or variable before each request is not a refresh, so it is not observed.
        boolean local = last != null && !last.kept();
        fetch = new Fetch(
                new CompletableFuture<>(), refused, Disposables.swap(), local ? CloneObserver.NOOP : observer);
        return fetch;
    }

    private void run(Fetch begun) {
        try {
            RefreshObserver watch = begun.observer.refreshing(name);
            begun.running.update(Mono.defer(source::fetch)
                    .subscribeOn(scheduler)
                    .switchIfEmpty(Mono.error(() -> broken("it provided nothing", null)))
                    // So that waiting requests continue on these threads, and not on an event loop.
                    .publishOn(scheduler)
                    // Last, because there may be no thread for the result either.
                    .timeout(LONGEST_FETCH, scheduler)
                    .doOnNext(fetched -> watch.refreshed(fetched.source()))
                    .doOnError(why -> watch.failed(typed(why)))
                    .doOnCancel(() -> watch.failed(closedFailure()))
                    .subscribe(fetched -> succeed(begun, fetched), why -> fail(begun, why)));
        } catch (RuntimeException | Error thrown) {
            // There may be no thread for it. Otherwise every later request would wait for this fetch.
            fail(begun, thrown);
        }
    }

    private void refresh() {
        Fetch begun;
        synchronized (this) {
            if (closed || fetch != null) {
                return;
            }
            begun = begin(null);
        }
        run(begun);
    }

    private void succeed(Fetch begun, SourcedCredentials fetched) {
        synchronized (this) {
            if (closed) {
                return;
            }
            fetch = null;
            failure = null;
            failures = 0;
            last = fetched;
            lastAt = nanoTime.getAsLong();
            // The source has no newer ones yet. This counts as a failure, so that it is not repeated at once.
            if (fetched.kept() && fetched.credentials().equals(begun.refused)) {
                failure = broken("the API has refused the newest credentials of " + fetched.source(), null);
                failedAt = lastAt;
            }
            if (fetched.kept()) {
                next = scheduler.schedule(this::refresh, refreshAfter(requireNonNull(fetched.validFor())), NANOSECONDS);
            }
        }
        log.debug("credentials of {} fetched, valid for {}", fetched.source(), fetched.validFor());
        begun.result.complete(fetched.credentials());
    }

    private void fail(Fetch begun, Throwable thrown) {
        CredentialsUnavailableException why = typed(thrown);
        boolean valid;
        synchronized (this) {
            if (closed) {
                return;
            }
            fetch = null;
            failure = why;
            failedAt = nanoTime.getAsLong();
            valid = usable() != null;
            if (valid) {
                long pause = Math.min(failureAge.toNanos() << Math.min(failures++, 10), LONGEST_PAUSE.toNanos());
                next = scheduler.schedule(this::refresh, jittered(pause), NANOSECONDS);
            }
        }
        if (valid) {
            log.warn("credentials could not be refreshed, the old ones are still valid: {}", why.getMessage());
        }
        begun.result.completeExceptionally(why);
    }

    private long refreshAfter(Duration validFor) {
        long lifetime = validFor.toNanos();
        long half = Math.min(jittered(lifetime / 2), lifetime - MARGIN.toNanos());
        return Math.max(half, Math.min(SHORTEST_PAUSE.toNanos(), lifetime / 2));
    }

    /** Up to a tenth more, so that replicas that started together do not refresh together. */
    private long jittered(long nanos) {
        return nanos + (long) (random.nextDouble() * 0.1 * nanos);
    }

    /** A failure of another library is described by its class only, because its message could contain a secret. */
    private CredentialsUnavailableException typed(Throwable thrown) {
        if (thrown instanceof CredentialsUnavailableException ours) {
            return ours;
        }
        return thrown instanceof TimeoutException
                ? broken("nothing came within " + LONGEST_FETCH.toSeconds() + " s", thrown)
                : broken("failed with " + thrown.getClass().getName(), null);
    }

    private CredentialsUnavailableException broken(String what, @Nullable Throwable cause) {
        return CredentialsUnavailableException.broken(name, what, cause);
    }

    private CredentialsUnavailableException closedFailure() {
        return broken("the provider is closed", null);
    }

    /** {@return the current state} */
    public synchronized CredentialsStatus status() {
        SourcedCredentials known = last;
        Duration validFor =
                known == null || known.validFor() == null ? null : Duration.ofNanos(Math.max(0, remaining(known)));
        return new CredentialsStatus(
                known == null ? name : known.source(), validFor, failure == null ? null : failure.getMessage());
    }

    /** Stops refreshing; a fetch in progress is cancelled and fails. Closing again does nothing. Does not block. */
    @Override
    public void close() {
        Fetch open;
        synchronized (this) {
            closed = true;
            failure = closedFailure();
            open = fetch;
            fetch = null;
            last = null;
            next.dispose();
        }
        if (open != null) {
            open.running.dispose();
            open.result.completeExceptionally(closedFailure());
        }
    }

    /** {@return the source and the time to expiry} */
    @Override
    public String toString() {
        return "RefreshingCredentials" + status();
    }
}
