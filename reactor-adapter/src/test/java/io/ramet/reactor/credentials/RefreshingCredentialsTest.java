package io.ramet.reactor.credentials;

import static java.util.concurrent.TimeUnit.NANOSECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ramet.error.InvalidValueException;
import io.ramet.model.Secret;
import io.ramet.reactor.ExhaustedScheduler;
import io.ramet.reactor.observe.CloneObserver;
import io.ramet.sign.Credentials;
import io.ramet.sign.CredentialsUnavailableException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;
import reactor.test.scheduler.VirtualTimeScheduler;

@Isolated
class RefreshingCredentialsTest {

    private final VirtualTimeScheduler time = VirtualTimeScheduler.create();
    private final ScriptedSource source = new ScriptedSource();
    private final RefreshingCredentials provider = provider(1);

    /** Hands out a new key each time, unless a test sets another, and counts. */
    private final class ScriptedSource implements CredentialsSource {

        private final List<Duration> fetchedAt = new ArrayList<>();
        private Duration lifetime = Duration.ofHours(2);
        private Duration latency = Duration.ofMillis(50);
        private boolean kept = true;
        private boolean sameKey;
        private RuntimeException failure;
        private int running;

        @Override
        public String name() {
            return "scripted source";
        }

        @Override
        public Mono<SourcedCredentials> fetch() {
            return Mono.defer(() -> {
                assertThat(++running).as("fetches at once").isEqualTo(1);
                fetchedAt.add(elapsed());
                int number = sameKey ? 1 : fetchedAt.size();
                return Mono.delay(latency, time)
                        .map(tick -> {
                            if (failure != null) {
                                throw failure;
                            }
                            return new SourcedCredentials("scripted source", key(number), lifetime, kept);
                        })
                        .doFinally(signal -> running--);
            });
        }
    }

    private static Credentials key(int number) {
        return new Credentials("AKID" + number, Secret.of("key" + number), Secret.of("token" + number));
    }

    private RefreshingCredentials provider(long seed) {
        return RefreshingCredentials.of(source)
                .time(time, () -> time.now(NANOSECONDS))
                .random(new Random(seed))
                .build();
    }

    private Duration elapsed() {
        return Duration.ofNanos(time.now(NANOSECONDS));
    }

    private CompletableFuture<Credentials> ask() {
        return provider.credentials().toCompletableFuture();
    }

    private static CredentialsUnavailableException failureOf(CompletableFuture<Credentials> asked) {
        assertThat(asked).isCompletedExceptionally();
        try {
            asked.join();
            throw new AssertionError();
        } catch (CompletionException e) {
            return (CredentialsUnavailableException) e.getCause();
        }
    }

    private void pass(Duration duration) {
        time.advanceTimeBy(duration);
    }

    /** Past the latency of a fetch. */
    private void settle() {
        pass(Duration.ofMillis(50));
    }

    @Test
    void theThreadsKeepRealTimeThoughATestHasReplacedReactorsSchedulers() {
        VirtualTimeScheduler.getOrSet();
        try {
            Scheduler threads = BlockingThreads.create();
            assertThat(Mono.delay(Duration.ofMillis(1), threads)
                            .map(ended -> Thread.currentThread().getName())
                            .block(Duration.ofSeconds(10)))
                    .startsWith("ramet-credentials-refresh");
            threads.dispose();
        } finally {
            VirtualTimeScheduler.reset();
        }
    }

    @Test
    void nothingIsFetchedBeforeTheFirstRequest() {
        pass(Duration.ofHours(10));

        assertThat(source.fetchedAt).isEmpty();
        assertThat(provider.status()).isEqualTo(new CredentialsStatus("scripted source", null, null));
    }

    @Test
    void anExpiryInMillisecondsInPlaceOfSecondsBreaksNothing() {
        source.lifetime = Duration.ofSeconds(1_795_860_000_000L);
        CompletableFuture<Credentials> asked = ask();

        settle();

        assertThat(asked).isCompletedWithValue(key(1));
        assertThat(ask()).isCompletedWithValue(key(1));
        assertThat(provider.status().validFor()).isBetween(Duration.ofDays(364), Duration.ofDays(365));
    }

    @Test
    void allRequestsShareOneFetch() {
        List<CompletableFuture<Credentials>> asked =
                IntStream.range(0, 100).mapToObj(i -> ask()).toList();
        assertThat(asked).noneMatch(CompletableFuture::isDone);

        settle();

        assertThat(asked).allSatisfy(one -> assertThat(one).isCompletedWithValue(key(1)));
        assertThat(source.fetchedAt).hasSize(1);
        assertThat(ask()).isCompletedWithValue(key(1));
        assertThat(provider.status().validFor()).isEqualTo(Duration.ofHours(2));
    }

    @Test
    void cancellingOneRequestDoesNotCancelTheOthers() {
        CompletableFuture<Credentials> cancelled = ask();
        CompletableFuture<Credentials> waiting = ask();

        cancelled.cancel(true);
        settle();

        assertThat(waiting).isCompletedWithValue(key(1));
    }

    @Test
    void credentialsAreRefreshedInTheBackgroundFromHalfTheirLifetimeOn() {
        ask();
        settle();
        pass(Duration.ofMinutes(59));
        assertThat(source.fetchedAt).hasSize(1);

        pass(Duration.ofMinutes(7));

        assertThat(source.fetchedAt).hasSize(2);
        assertThat(source.fetchedAt.get(1)).isBetween(Duration.ofMinutes(60), Duration.ofMinutes(67));
        assertThat(ask()).isCompletedWithValue(key(2));
    }

    @Test
    void theOldCredentialsAreHandedOutDuringARefresh() {
        ask();
        settle();
        source.latency = Duration.ofSeconds(20);
        pass(Duration.ofMinutes(60));
        while (source.fetchedAt.size() < 2) {
            pass(Duration.ofSeconds(1));
        }

        assertThat(ask()).isCompletedWithValue(key(1));
        pass(Duration.ofSeconds(20));
        assertThat(ask()).isCompletedWithValue(key(2));
    }

    @ParameterizedTest
    @ValueSource(longs = {7200, 900, 700, 600, 400, 301, 300, 120, 30, 5})
    void aRefreshBeginsEarlyEnoughAndNeverAtOnce(long seconds) {
        source.lifetime = Duration.ofSeconds(seconds);
        ask();
        pass(Duration.ofSeconds(seconds));

        Duration pause = source.fetchedAt.get(1).minus(source.fetchedAt.get(0));
        assertThat(pause).isGreaterThanOrEqualTo(Duration.ofMillis(Math.min(10_000, seconds * 500)));
        assertThat(pause).isLessThan(Duration.ofSeconds(Math.max(11, Math.max(seconds - 299, 0))));
    }

    @Test
    void replicasThatBeganTogetherDoNotRefreshTogether() {
        List<Duration> pauses = LongStream.range(0, 20)
                .mapToObj(seed -> {
                    source.fetchedAt.clear();
                    RefreshingCredentials replica = provider(seed);
                    replica.credentials();
                    pass(Duration.ofMinutes(70));
                    replica.close();
                    return source.fetchedAt.get(1).minus(source.fetchedAt.get(0));
                })
                .toList();

        assertThat(pauses).doesNotHaveDuplicates();
    }

    @Test
    void whileRefreshesFailTheOldCredentialsAreUsedUntilTheyReallyExpire() {
        ask();
        settle();
        IOException cause = new IOException("connection refused");
        source.failure = CredentialsUnavailableException.broken("scripted source", "no response", cause);

        pass(Duration.ofHours(2).minusMillis(51));
        assertThat(ask()).isCompletedWithValue(key(1));
        assertThat(provider.status().failure()).contains("scripted source: no response");
        assertThat(source.fetchedAt)
                .as("tried again and again, ever more seldom")
                .hasSizeBetween(50, 200);

        pass(Duration.ofMillis(51));
        CompletableFuture<Credentials> expired = ask();
        settle();
        assertThat(failureOf(expired))
                .hasMessage("no credentials: scripted source: no response")
                .hasCause(cause);
        assertThat(failureOf(expired).provider()).isEqualTo("scripted source");
        assertThat(provider.status().validFor()).isZero();
    }

    @Test
    void aRefreshThatSucceedsAfterFailuresIsUsed() {
        ask();
        settle();
        source.failure = CredentialsUnavailableException.broken("scripted source", "no response", null);
        pass(Duration.ofMinutes(90));
        source.failure = null;
        pass(Duration.ofMinutes(2));

        assertThat(ask()).isCompletedWithValue(key(source.fetchedAt.size()));
        assertThat(provider.status().failure()).isNull();
    }

    @Test
    void aFailureIsKeptForSecondsAndNotForEver() {
        source.failure = CredentialsUnavailableException.broken("scripted source", "down", null);
        CompletableFuture<Credentials> first = ask();
        settle();
        assertThat(failureOf(first)).hasMessage("no credentials: scripted source: down");

        pass(Duration.ofMillis(2900));
        assertThat(failureOf(ask())).isSameAs(failureOf(first));
        assertThat(source.fetchedAt).hasSize(1);

        source.failure = null;
        pass(Duration.ofMillis(101));
        CompletableFuture<Credentials> later = ask();
        settle();
        assertThat(later).isCompletedWithValue(key(2));
    }

    @Test
    void anUnknownFailureIsNamedByItsClassAlone() {
        source.failure = new IllegalStateException("canary-secret");
        CompletableFuture<Credentials> asked = ask();
        settle();

        assertThat(failureOf(asked))
                .hasMessage("no credentials: scripted source: failed with java.lang.IllegalStateException")
                .hasNoCause();
    }

    @Test
    void aFetchThatNeverEndsFails() {
        source.latency = Duration.ofDays(1);
        CompletableFuture<Credentials> asked = ask();
        pass(Duration.ofSeconds(26));

        assertThat(failureOf(asked)).hasMessageContaining("nothing came within 25 s");
        source.latency = Duration.ofMillis(50);
        pass(Duration.ofSeconds(3));
        CompletableFuture<Credentials> later = ask();
        settle();
        assertThat(later).isCompletedWithValue(key(2));
    }

    @Test
    void refusedCredentialsAreReplacedByOneFetchForAll() {
        ask();
        settle();
        List<CompletableFuture<Credentials>> renewed = IntStream.range(0, 20)
                .mapToObj(i -> provider.renewed(key(1)).toCompletableFuture())
                .toList();
        CompletableFuture<Credentials> other = ask();
        assertThat(other).as("not the refused ones").isNotDone();

        settle();

        assertThat(renewed).allSatisfy(one -> assertThat(one).isCompletedWithValue(key(2)));
        assertThat(other).isCompletedWithValue(key(2));
        assertThat(provider.renewed(key(1)).toCompletableFuture()).isCompletedWithValue(key(2));
        assertThat(source.fetchedAt).hasSize(2);
    }

    @Test
    void aSourceThatHasNoOtherCredentialsIsNotReadAgainAtOnce() {
        source.sameKey = true;
        ask();
        settle();
        CompletableFuture<Credentials> renewed = provider.renewed(key(1)).toCompletableFuture();
        settle();
        assertThat(renewed).isCompletedWithValue(key(1));

        assertThat(failureOf(provider.renewed(key(1)).toCompletableFuture()))
                .hasMessageContaining("refused the newest credentials of scripted source");
        assertThat(ask()).as("they may be good all the same").isCompletedWithValue(key(1));
        assertThat(source.fetchedAt).hasSize(2);

        source.sameKey = false;
        pass(Duration.ofSeconds(3));
        CompletableFuture<Credentials> later = provider.renewed(key(1)).toCompletableFuture();
        settle();
        assertThat(later).isCompletedWithValue(key(3));
    }

    @Test
    void aFetchThatBeganBeforeTheRefusalIsFollowedByAnother() {
        source.sameKey = true;
        source.lifetime = Duration.ofSeconds(20);
        ask();
        settle();
        source.latency = Duration.ofSeconds(1);
        while (source.fetchedAt.size() < 2) {
            pass(Duration.ofMillis(100));
        }
        CompletableFuture<Credentials> renewed = provider.renewed(key(1)).toCompletableFuture();
        pass(Duration.ofMillis(900));
        source.sameKey = false;
        pass(Duration.ofMillis(1200));

        assertThat(renewed).isCompletedWithValue(key(3));
    }

    @Test
    void credentialsOfALocalFileAreReadEachTime() {
        source.kept = false;
        CompletableFuture<Credentials> first = ask();
        CompletableFuture<Credentials> together = ask();
        settle();
        CompletableFuture<Credentials> second = ask();
        settle();

        assertThat(first).isCompletedWithValue(key(1));
        assertThat(together).isCompletedWithValue(key(1));
        assertThat(second).isCompletedWithValue(key(2));
        pass(Duration.ofHours(3));
        assertThat(source.fetchedAt).as("not in the background").hasSize(2);
    }

    @Test
    void eachRefreshIsObservedAndNoReadingOfALocalFileButTheFirst() {
        List<String> observed = new ArrayList<>();
        CloneObserver observer = new CloneObserver() {
            @Override
            public RefreshObserver refreshing(String name) {
                return new RefreshObserver() {
                    @Override
                    public void refreshed(String source) {
                        observed.add("refreshed " + source);
                    }

                    @Override
                    public void failed(Throwable failure) {
                        observed.add("failed " + failure.getMessage());
                    }
                };
            }
        };
        RefreshingCredentials observing = RefreshingCredentials.of(source)
                .time(time, () -> time.now(NANOSECONDS))
                .observer(observer)
                .build();
        source.failure = CredentialsUnavailableException.broken("scripted source", "down", null);
        assertThat(observing.credentials()).isNotNull();
        settle();
        source.failure = null;
        pass(Duration.ofSeconds(3));
        assertThat(observing.credentials()).isNotNull();
        pass(Duration.ofMinutes(70));
        source.kept = false;
        for (int i = 0; i < 5; i++) {
            assertThat(observing.renewed(key(source.fetchedAt.size()))).isNotNull();
            settle();
        }

        assertThat(observed)
                .containsExactly(
                        "failed no credentials: scripted source: down",
                        "refreshed scripted source",
                        "refreshed scripted source",
                        "refreshed scripted source");
    }

    @Test
    void aFetchThatFindsNoThreadFailsAndTheNextOneBegins() {
        Scheduler threads = ExhaustedScheduler.forWorker(time, new OutOfMemoryError("unable to create native thread"));
        RefreshingCredentials starved = RefreshingCredentials.of(source)
                .time(threads, () -> time.now(NANOSECONDS))
                .build();
        assertThat(failureOf(starved.credentials().toCompletableFuture())).hasMessageContaining("OutOfMemoryError");
        pass(Duration.ofSeconds(5));
        CompletableFuture<Credentials> next = starved.credentials().toCompletableFuture();
        settle();
        assertThat(next).isCompletedWithValue(key(1));
    }

    @Test
    void aFetchWhoseResultFindsNoThreadFailsAndTheNextOneBegins() {
        Scheduler threads = ExhaustedScheduler.forTask(
                time, new StackOverflowError("instead of OutOfMemoryError, with which the test would end"));
        Sinks.One<SourcedCredentials> result = Sinks.one();
        CredentialsSource slow = new CredentialsSource() {
            @Override
            public String name() {
                return "test";
            }

            @Override
            public Mono<SourcedCredentials> fetch() {
                return result.asMono();
            }
        };
        RefreshingCredentials starved = RefreshingCredentials.of(slow)
                .time(threads, () -> time.now(NANOSECONDS))
                .build();
        CompletableFuture<Credentials> first = starved.credentials().toCompletableFuture();
        settle();
        assertThatThrownBy(() -> result.tryEmitValue(SourcedCredentials.issued("test", key(1), Duration.ofHours(2))))
                .isInstanceOf(StackOverflowError.class);
        pass(Duration.ofSeconds(30));
        assertThat(failureOf(first)).hasMessageContaining("nothing came within 25 s");
        CompletableFuture<Credentials> next = starved.credentials().toCompletableFuture();
        settle();
        assertThat(next).isCompletedWithValue(key(1));
    }

    @Test
    void closingEndsAFetchAndAllRefreshes() {
        CompletableFuture<Credentials> asked = ask();
        provider.close();
        provider.close();

        assertThat(failureOf(asked)).hasMessageContaining("the provider is closed");
        assertThat(source.running).isZero();
        assertThat(failureOf(ask())).hasMessageContaining("the provider is closed");
    }

    @Test
    void aClosedProviderRefreshesNoMore() {
        ask();
        settle();
        provider.close();
        pass(Duration.ofHours(5));

        assertThat(source.fetchedAt).hasSize(1);
        assertThat(provider.status().validFor()).isNull();
    }

    @Test
    void noSecretIsPrinted() {
        ask();
        settle();

        assertThat(provider.toString()).contains("scripted source").doesNotContain("key1", "token1");
        assertThat(new SourcedCredentials("s", key(1), null, true).toString()).doesNotContain("key1", "token1");
    }

    @Test
    void settingsHaveRanges() {
        RefreshingCredentialsBuilder builder = RefreshingCredentials.of(source);

        assertThatThrownBy(() -> builder.failureAge(Duration.ofMillis(99)).build())
                .isInstanceOf(InvalidValueException.class)
                .hasMessageContaining("failureAge");
    }
}
