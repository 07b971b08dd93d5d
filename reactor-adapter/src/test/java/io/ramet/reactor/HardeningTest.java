package io.ramet.reactor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.ramet.error.ClientClosedException;
import io.ramet.error.NotSent;
import io.ramet.outcome.ChunkOutcome;
import io.ramet.outcome.ChunkOutcome.Cloned;
import io.ramet.outcome.ChunkOutcome.InDoubt;
import io.ramet.outcome.ChunkOutcome.NotCloned;
import io.ramet.outcome.CloneReport;
import io.ramet.plan.CloneChunk;
import io.ramet.plan.ClonePlan;
import io.ramet.plan.PlanId;
import io.ramet.reactor.journal.CloneJournal;
import io.ramet.reactor.journal.JournalException;
import io.ramet.reactor.journal.PlanJournal;
import io.ramet.reactor.journal.StoredPlan;
import io.ramet.reactor.observe.CloneObserver;
import io.ramet.reactor.observe.CloneObserver.Alarm;
import io.ramet.reactor.run.PlanRun;
import io.ramet.reactor.shape.RequestShaper;
import io.ramet.reactor.transport.ApiResponse;
import io.ramet.sign.Credentials;
import io.ramet.sign.CredentialsProvider;
import io.ramet.simulator.Fault;
import io.ramet.simulator.Misbehaviour;
import io.ramet.simulator.RateLimit;
import io.ramet.simulator.Simulator;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.reactivestreams.Subscription;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteDataSource;
import reactor.core.CoreSubscriber;
import reactor.core.Disposable;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;

/**
 * Parts that an application plugs in may throw, hang or return nothing: a run ends all the same, and so does closing.
 */
class HardeningTest {

    private static final int ROUNDS = Integer.getInteger("ramet.meetings", 1_000) / 4;

    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private final ClonePlan plan = Fixtures.plan(90);

    private final Ledger ledger = Ledger.healthy();

    @TempDir
    private Path folder;

    @Test
    void anObserverThatThrowsAnErrorChangesNothing() {
        CloneObserver angry = new CloneObserver() {
            @Override
            public void sending(CloneChunk chunk, int attempt) {
                throw new AssertionError("sending");
            }

            @Override
            public void settled(ChunkOutcome outcome) {
                throw new NoClassDefFoundError("settled");
            }
        };
        try (CloneClient client = client(builder -> builder.observer(angry))) {
            assertThat(client.cloneReport(plan).block(PATIENCE).complete()).isTrue();
        }
    }

    @Test
    void anObserverThatOverflowsTheStackLeavesNoChunkUnsettled() {
        CloneObserver endless = new CloneObserver() {
            @Override
            public void sending(CloneChunk chunk, int attempt) {
                throw new StackOverflowError("sending");
            }

            @Override
            public void settled(ChunkOutcome outcome) {
                throw new StackOverflowError("settled");
            }
        };
        try (CloneClient client = client(builder -> builder.observer(endless))) {
            assertThat(client.cloneReport(plan).block(PATIENCE).complete()).isTrue();
        }
    }

    @Test
    void credentialsThatDoNotComeInTimeAreNone() {
        try (CloneClient client =
                client(builder -> builder.time(new FastForwardScheduler(), FastForwardScheduler::nanoTime)
                        .credentials(() -> new CompletableFuture<>()))) {
            assertThat(client.clone(plan).collectList().block(PATIENCE))
                    .hasSize(3)
                    .allSatisfy(outcome -> {
                        NotSent why = (NotSent) ((NotCloned) outcome).failure();
                        assertThat(why.reason()).isEqualTo(NotSent.Reason.NO_CREDENTIALS);
                    });
        }
        assertThat(ledger.begun).isEmpty();
    }

    @Test
    void aProviderThatBlocksForOnePlanDoesNotBlockTheNext() {
        CountDownLatch never = new CountDownLatch(1);
        AtomicInteger asked = new AtomicInteger();
        Credentials good = Credentials.of("id", "key");
        try (CloneClient client = client(builder -> builder.credentials(() -> {
            if (asked.incrementAndGet() == 1) {
                Uninterruptibly.await(never);
            }
            return CompletableFuture.completedFuture(good);
        }))) {
            client.clone(Fixtures.plan(30)).subscribe();
            Fixtures.await(() -> asked.get() == 1);
            assertThat(client.cloneReport(plan).block(PATIENCE).complete()).isTrue();
        } finally {
            never.countDown();
        }
    }

    @Test
    void aPlanThatIsStillOpeningEndsWhenItsLastSubscriberCancels() {
        Sinks.Empty<Void> asked = Sinks.empty();
        CloneJournal journal = CloneJournal.inMemory();
        AtomicInteger times = new AtomicInteger();
        Credentials good = Credentials.of("id", "key");
        ClonePlan named = Fixtures.plan("opening", 90);
        try (CloneClient client = client(builder -> builder.journal(journal).credentials(() -> {
            asked.tryEmitEmpty();
            return times.incrementAndGet() == 1 ? new CompletableFuture<>() : CompletableFuture.completedFuture(good);
        }))) {
            Disposable subscriber = client.clone(named).subscribe();
            asked.asMono().block(PATIENCE);
            subscriber.dispose();
            Mono<StoredPlan> free = journal.find(named.id()).filter(plan -> !plan.held());
            assertThat(free.repeatWhenEmpty(100, again -> again.delayElements(Duration.ofMillis(20)))
                            .block(PATIENCE))
                    .isNotNull();
            assertThat(client).hasToString("CloneClient[]");
            assertThat(client.cloneReport(named).block(PATIENCE).complete()).isTrue();
        }
    }

    @Test
    void aSubscriberThatRequestsLessThanOneOutcomeFailsAndBuysNothing() {
        Sinks.One<Throwable> failed = Sinks.one();
        try (CloneClient client = client(builder -> builder)) {
            client.clone(plan).subscribe(new CoreSubscriber<>() {
                @Override
                public void onSubscribe(Subscription subscription) {
                    subscription.request(-1);
                }

                @Override
                public void onNext(ChunkOutcome outcome) {
                    failed.tryEmitValue(new AssertionError("bought " + outcome));
                }

                @Override
                public void onError(Throwable failure) {
                    failed.tryEmitValue(failure);
                }

                @Override
                public void onComplete() {
                    failed.tryEmitValue(new AssertionError("completed"));
                }
            });
            assertThat(failed.asMono().block(PATIENCE))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("3.9");
        }
        assertThat(ledger.begun).isEmpty();
    }

    @Test
    void anApplicationThatBlocksTheSharedTimerDoesNotHoldUpAPurchase() {
        Object monitor = new Object();
        Simulator simulator = Simulator.builder().start();
        try (CloneClient client = Fixtures.clientWithItsOwnShaper(simulator).build()) {
            synchronized (monitor) {
                Fixtures.block(Schedulers.parallel(), Schedulers.DEFAULT_POOL_SIZE, monitor);
                // More than one window, so that requests have to wait.
                client.clone(Fixtures.plan(750)).subscribe();
                Fixtures.await(() -> simulator.books().bought() == 750);
            }
        } finally {
            simulator.close();
        }
    }

    @Test
    void anApplicationThatBlocksAllThreadsOfReactorHoldsUpNeitherPlansInADatabaseNorClosing() {
        Object monitor = new Object();
        SQLiteDataSource database = new SQLiteDataSource();
        database.setUrl("jdbc:sqlite:" + folder.resolve("journal.db"));
        CloneJournal journal = CloneJournal.jdbc(database);
        Flux.range(0, 2)
                .flatMap(i -> journal.open(Fixtures.plan(30), Fixtures.REGION))
                .flatMap(PlanJournal::handOff)
                .blockLast(PATIENCE);
        Simulator simulator = Simulator.builder().start();
        synchronized (monitor) {
            Fixtures.block(Schedulers.parallel(), Schedulers.DEFAULT_POOL_SIZE, monitor);
            Fixtures.block(Schedulers.boundedElastic(), Schedulers.DEFAULT_BOUNDED_ELASTIC_SIZE, monitor);
            CloneClient client = Fixtures.clientWithItsOwnShaper(simulator)
                    .journal(journal)
                    .shaper(RequestShaper.window(20))
                    .recoverEvery(Duration.ofMillis(100))
                    .build();
            client.submit(Fixtures.plan(300)).subscribe();
            client.clone(Fixtures.plan(300)).subscribe(outcome -> {}, failure -> {});
            client.clone(Fixtures.plan(300)).subscribe(outcome -> {}, failure -> {});
            Fixtures.await(() -> simulator.books().bought() == 960);
            client.disposeLater().block(PATIENCE);
            journal.disposeLater().block(PATIENCE);
        }
        simulator.close();
    }

    @Test
    void aDealThatIsReportedForTwoChunksRaisesTheAlarmAndStopsTheSending() {
        AtomicReference<ApiResponse> first = new AtomicReference<>();
        Ledger mixingUp = new Ledger(
                (call, books) -> call.map(books::deal).map(own -> first.compareAndSet(null, own) ? own : first.get()));
        List<Alarm> alarms = new CopyOnWriteArrayList<>();
        CloneObserver watch = new CloneObserver() {
            @Override
            public void alarm(PlanId plan, Alarm alarm) {
                alarms.add(alarm);
            }
        };
        try (CloneClient client =
                client(mixingUp, builder -> builder.maxInFlight(1).observer(watch))) {
            List<ChunkOutcome> outcomes =
                    client.clone(Fixtures.plan("mixed", 300)).collectList().block(PATIENCE);
            assertThat(mixingUp.executions).hasSize(2);
            assertThat(outcomes).filteredOn(HardeningTest::isNotSent).hasSize(8);
            assertThat(outcomes)
                    .last()
                    .isInstanceOfSatisfying(
                            NotCloned.class,
                            not -> assertThat(not.failure())
                                    .hasMessageContaining("ALARM: crs-")
                                    .hasMessageContaining("was reported for chunk 0 and for chunk 1"));
            assertThat(alarms)
                    .as("and the audit sees that the deal of the second chunk was not reported")
                    .extracting(Alarm::kind)
                    .containsExactly(Alarm.Kind.DUPLICATE, Alarm.Kind.UNREPORTED);
            assertThat(alarms.get(0).what()).contains("chunk 0 and for chunk 1");
        }
    }

    @Test
    @Tag("slow")
    void nothingIsOpenedOnceTheJournalOfAClosedClientIsClosed() throws InterruptedException {
        AtomicInteger late = new AtomicInteger();
        for (int round = 0; round < ROUNDS; round++) {
            AtomicBoolean closed = new AtomicBoolean();
            CloneJournal memory = CloneJournal.inMemory();
            CloneJournal watched = new PassingJournal(
                    memory,
                    plan -> Mono.defer(() -> {
                        late.addAndGet(closed.get() ? 1 : 0);
                        return memory.open(plan, Fixtures.REGION);
                    }));
            CloneClient client = client(builder -> builder.journal(watched));
            CountDownLatch start = new CountDownLatch(1);
            Thread joining = new Thread(() -> {
                Uninterruptibly.await(start);
                client.clone(plan).subscribe(outcome -> {}, failure -> {});
            });
            joining.start();
            start.countDown();
            client.disposeLater().block(PATIENCE);
            closed.set(true);
            joining.join();
            assertThat(memory.find(plan.id()).map(StoredPlan::held).blockOptional(PATIENCE))
                    .isNotEqualTo(Optional.of(true));
        }
        assertThat(late).hasValue(0);
    }

    private static final class Uninterruptibly {
        public static void await(CountDownLatch latch) {
            while (latch.getCount() > 0) {
                Thread.onSpinWait();
            }
        }
    }

    @Test
    void aSubscriberThatThrowsHarmsNoOther() {
        CoreSubscriber<ChunkOutcome> rude = new CoreSubscriber<>() {
            @Override
            public void onSubscribe(Subscription subscription) {
                subscription.request(Long.MAX_VALUE);
            }

            @Override
            public void onNext(ChunkOutcome outcome) {
                throw new NoClassDefFoundError("rude");
            }

            @Override
            public void onError(Throwable failure) {
                throw new IllegalStateException("rude");
            }

            @Override
            public void onComplete() {
                throw new IllegalStateException("rude");
            }
        };
        try (CloneClient client = client(builder -> builder)) {
            client.clone(plan).subscribe(rude);
            assertThat(client.cloneReport(plan).block(PATIENCE).complete()).isTrue();
            client.clone(plan).subscribe(rude);
            assertThat(client.cloneReport(plan).block(PATIENCE).complete()).isTrue();
        }
    }

    @Test
    void credentialsThatNeverComeDoNotKeepTheClientFromClosing() {
        Sinks.Empty<Void> asked = Sinks.empty();
        CloneClient client = client(builder -> builder.credentials(() -> {
            asked.tryEmitEmpty();
            return new CompletableFuture<>();
        }));
        Mono<List<ChunkOutcome>> outcomes = outcomesOf(client);
        asked.asMono().block(PATIENCE);
        client.disposeLater().block(PATIENCE);
        assertThat(outcomes.block(PATIENCE)).hasSize(3).allMatch(HardeningTest::isNotSent);
        assertThat(ledger.begun).isEmpty();
    }

    @Test
    void aProviderThatBlocksDoesNotKeepTheClientFromClosing() {
        Sinks.Empty<Void> asked = Sinks.empty();
        CountDownLatch never = new CountDownLatch(1);
        CloneClient client = client(builder -> builder.credentials(() -> {
            asked.tryEmitEmpty();
            try {
                never.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return CompletableFuture.failedFuture(new IllegalStateException("interrupted"));
        }));
        outcomesOf(client);
        asked.asMono().block(PATIENCE);
        client.disposeLater().block(PATIENCE);
        assertThat(ledger.begun).isEmpty();
    }

    @Test
    void aProviderThatLacksAClassIsAProviderWithoutCredentials() {
        try (CloneClient client = client(builder -> builder.credentials(() -> {
            throw new NoClassDefFoundError("sts/Client");
        }))) {
            assertThat(client.clone(plan).collectList().block(PATIENCE))
                    .hasSize(3)
                    .allMatch(HardeningTest::isNotSent);
        }
    }

    @Test
    void aTransportThatLacksAMethodLeavesItsChunkInDoubt() {
        Ledger broken = new Ledger((call, books) -> {
            throw new NoSuchMethodError("http/Client.send");
        });
        try (CloneClient client = client(broken, builder -> builder)) {
            assertThat(client.clone(plan).collectList().block(PATIENCE))
                    .hasSize(3)
                    .allMatch(InDoubt.class::isInstance);
        }
    }

    @Test
    void aShaperThatGrantsNoPermitDoesNotKeepTheClientFromClosing() {
        Sinks.Empty<Void> asked = Sinks.empty();
        CloneClient client = client(builder -> builder.shaper(new RequestShaper() {
            @Override
            public <T> Mono<T> shape(Function<Mono<Permit>, Mono<T>> exchange) {
                return Mono.<T>never().doOnSubscribe(waiting -> asked.tryEmitEmpty());
            }

            @Override
            public void pause(Duration time) {
                // No request passes anyway.
            }
        }));
        Mono<List<ChunkOutcome>> outcomes = outcomesOf(client);
        asked.asMono().block(PATIENCE);
        client.disposeLater().block(PATIENCE);
        assertThat(outcomes.block(PATIENCE)).hasSize(3).allMatch(HardeningTest::isNotSent);
    }

    @Test
    void aJournalThatNeverOpensDoesNotKeepTheClientFromClosing() {
        CloneClient client = client(builder -> builder.time(new FastForwardScheduler(), FastForwardScheduler::nanoTime)
                .journal(new PassingJournal(plan -> Mono.never())));
        Mono<List<ChunkOutcome>> outcomes = outcomesOf(client);
        client.disposeLater().block(PATIENCE);
        assertThatThrownBy(() -> outcomes.block(PATIENCE)).isInstanceOf(ClientClosedException.class);
    }

    @Test
    void aJournalThatOpensAfterTheClientWasClosedIsReleased() {
        Sinks.One<Boolean> opening = Sinks.one();
        Sinks.Empty<Void> released = Sinks.empty();
        CloneJournal memory = CloneJournal.inMemory();
        CloneClient client = client(builder -> builder.time(new FastForwardScheduler(), FastForwardScheduler::nanoTime)
                .journal(new PassingJournal(plan -> opening.asMono()
                        .then(memory.open(plan, Fixtures.REGION))
                        .map(open -> new PassingJournal.Plan(open) {
                            @Override
                            public Mono<Void> release() {
                                return Mono.fromRunnable(released::tryEmitEmpty);
                            }
                        }))));
        client.clone(plan).subscribe(outcome -> {}, failure -> {});
        client.disposeLater().block(PATIENCE);
        opening.tryEmitValue(true);
        released.asMono().block(PATIENCE);
        assertThat(ledger.begun).isEmpty();
    }

    @Test
    void aPlanWhoseJournalOpensWhileTheClientIsClosedIsFreeWhenItIsClosed() {
        Sinks.One<Boolean> opening = Sinks.one();
        CloneJournal memory = CloneJournal.inMemory();
        CloneClient client = client(builder ->
                builder.journal(new PassingJournal(plan -> opening.asMono().then(memory.open(plan, Fixtures.REGION)))));
        Mono<List<ChunkOutcome>> outcomes = outcomesOf(client);
        Mono<Void> closed = client.disposeLater().cache();
        closed.subscribe();
        opening.tryEmitValue(true);
        closed.block(PATIENCE);
        assertThatThrownBy(() -> outcomes.block(PATIENCE)).isInstanceOf(ClientClosedException.class);
        assertThat(memory.open(plan, Fixtures.REGION).block(PATIENCE)).isNotNull();
        assertThat(ledger.begun).isEmpty();
    }

    @Test
    void aJournalThatThrowsOrIsEmptyWhenOpenedIsAFailure() {
        for (CloneJournal broken : List.of(
                new PassingJournal(plan -> {
                    throw new IllegalStateException("test");
                }),
                new PassingJournal(plan -> {
                    throw new NoClassDefFoundError("test");
                }),
                new PassingJournal(plan -> Mono.empty()))) {
            try (CloneClient client = client(builder -> builder.journal(broken))) {
                for (int times = 0; times < 2; times++) {
                    assertThatThrownBy(() -> client.cloneReport(plan).block(PATIENCE))
                            .hasNoCause()
                            .isNotInstanceOf(NullPointerException.class)
                            .message()
                            .doesNotContain("Timeout");
                }
            }
        }
    }

    @Test
    void aRunThatCannotBeginFailsAndDoesNotHoldUpTheNext() {
        Object unnamed = new Object() {
            @Override
            public String toString() {
                throw new IllegalStateException("no name");
            }
        };
        try (CloneClient client = client(builder -> builder)) {
            assertThatThrownBy(() -> client.cloneReport(plan)
                            .contextWrite(context -> context.put(unnamed, 1))
                            .block(PATIENCE))
                    .hasMessage("no name");
            assertThat(client.cloneReport(plan).block(PATIENCE).complete()).isTrue();
        }
    }

    @Test
    void aRunEndsThoughTheFailureOfItsJournalCannotBeLogged() {
        Logger logger = (Logger) LoggerFactory.getLogger(PlanRun.class);
        logger.setLevel(Level.WARN);
        CloneJournal memory = CloneJournal.inMemory();
        try (CloneClient client =
                client(builder -> builder.journal(new PassingJournal(plan -> memory.open(plan, Fixtures.REGION)
                        .map(open -> new PassingJournal.Plan(open) {
                            @Override
                            public Mono<Void> release() {
                                return Mono.error(new RuntimeException() {
                                    @Override
                                    public String getMessage() {
                                        throw new IllegalStateException("no message");
                                    }
                                });
                            }
                        }))))) {
            assertThat(client.cloneReport(plan).block(PATIENCE).complete()).isTrue();
        } finally {
            logger.setLevel(null);
        }
    }

    @Test
    void cancellingWhileTheJournalOpensSendsNothingAndReleasesIt() {
        Sinks.One<Boolean> opening = Sinks.one();
        Sinks.Empty<Void> released = Sinks.empty();
        CloneJournal memory = CloneJournal.inMemory();
        try (CloneClient client = client(builder -> builder.journal(new PassingJournal(plan -> opening.asMono()
                .then(memory.open(plan, Fixtures.REGION))
                .map(open -> new PassingJournal.Plan(open) {
                    @Override
                    public Mono<Void> release() {
                        return super.release().then(Mono.fromRunnable(released::tryEmitEmpty));
                    }
                }))))) {
            client.clone(plan).subscribe().dispose();
            opening.tryEmitValue(true);
            released.asMono().block(PATIENCE);
            assertThat(ledger.begun).isEmpty();
            assertThat(client.cloneReport(plan).block(PATIENCE).complete()).isTrue();
        }
    }

    @Test
    void unwrittenDealsAreInTheFailureWhateverTheJournalThrows() {
        CloneJournal memory = CloneJournal.inMemory();
        try (CloneClient client =
                client(builder -> builder.journal(new PassingJournal(plan -> memory.open(plan, Fixtures.REGION)
                        .map(open -> new PassingJournal.Plan(open) {
                            @Override
                            public Mono<Void> settled(ChunkOutcome outcome) {
                                return Mono.error(new IllegalStateException("a bug"));
                            }
                        }))))) {
            assertThatThrownBy(() -> client.cloneReport(plan).block(PATIENCE))
                    .isInstanceOfSatisfying(
                            JournalException.class,
                            failure ->
                                    assertThat(failure.unwritten()).isNotEmpty().hasSize(ledger.executions.size()));
        }
    }

    @Test
    void aTransportWithoutAResponseLeavesTheChunkInDoubt() {
        Ledger silent = new Ledger((call, books) -> call.then(Mono.empty()));
        try (CloneClient client = client(silent, builder -> builder)) {
            assertThat(client.clone(plan).collectList().block(PATIENCE))
                    .hasSize(3)
                    .allMatch(InDoubt.class::isInstance);
        }
    }

    @Test
    void aHangingLookUpDoesNotKeepTheClientFromClosing() {
        Sinks.Empty<Void> looking = Sinks.empty();
        Ledger lost = new Ledger(
                (call, books) -> call.map(books::deal).then(Mono.error(Ledger.lost())),
                listing -> Mono.<io.ramet.reactor.transport.ApiResponse>never()
                        .doOnSubscribe(look -> looking.tryEmitEmpty()));
        CloneClient client = client(lost, builder -> builder.reconcileFor(Duration.ofMillis(30)));
        Mono<List<ChunkOutcome>> outcomes = outcomesOf(client);
        looking.asMono().block(PATIENCE);
        client.disposeLater().block(PATIENCE);
        assertThat(outcomes.block(PATIENCE)).hasSize(3).anyMatch(InDoubt.class::isInstance);
    }

    @Test
    void closingTheClientWhereverASignalComesDoesNotBlockForEver() {
        List<UnaryOperator<CloneClientBuilder>> ways = List.of(
                builder -> builder,
                builder ->
                        builder.credentials(() -> CompletableFuture.failedFuture(new IllegalStateException("test"))));
        for (UnaryOperator<CloneClientBuilder> way : ways) {
            Sinks.Empty<Void> closed = Sinks.empty();
            CloneClient client = client(way);
            Flux.using(() -> client, c -> c.clone(plan), CloneClient::close)
                    .doFinally(signal -> closed.tryEmitEmpty())
                    .subscribe(outcome -> client.close());
            closed.asMono().block(PATIENCE);
            client.disposeLater().block(PATIENCE);
        }
        Sinks.Empty<Void> submitted = Sinks.empty();
        CloneClient client = client(builder -> builder);
        client.submit(plan)
                .doFinally(signal -> {
                    client.close();
                    submitted.tryEmitEmpty();
                })
                .subscribe();
        submitted.asMono().block(PATIENCE);
        client.disposeLater().block(PATIENCE);
    }

    @Test
    void subscribingCancellingAndRequestingWithinASignalIsHarmless() {
        try (CloneClient client = client(builder -> builder.maxInFlight(2))) {
            AtomicInteger depth = new AtomicInteger();
            Mono<CloneReport> nested = client.clone(Fixtures.plan("nested", 900))
                    .flatMap(outcome -> depth.incrementAndGet() < 20
                            ? client.clone(Fixtures.plan("nested", 900)).take(1)
                            : Mono.just(outcome))
                    .then(client.cloneReport(Fixtures.plan("nested", 900)));
            assertThat(nested.block(PATIENCE).complete()).isTrue();
            assertThat(ledger.executions)
                    .hasSize(30)
                    .allSatisfy((name, times) -> assertThat(times).isOne());
        }
    }

    @Test
    void aSlowSubscriberOfAStoppedRunGetsEachChunkOnceThoughTheNextRunHasSettledMore() {
        AtomicInteger calls = new AtomicInteger();
        Ledger soldOutOnce = new Ledger((call, books) -> call.map(ready -> calls.incrementAndGet() == 6
                ? books.refusal(ready, "ResourceUnavailable.SaleOut")
                : books.deal(ready)));
        ClonePlan plan = Fixtures.plan("slow", 240);
        try (CloneClient client = client(soldOutOnce, builder -> builder.maxInFlight(1))) {
            List<ChunkOutcome> emitted = new CopyOnWriteArrayList<>();
            Sinks.Empty<Void> ended = Sinks.empty();
            BaseSubscriber<ChunkOutcome> slow = new BaseSubscriber<>() {
                @Override
                protected void hookOnSubscribe(Subscription subscription) {
                    request(1);
                }

                @Override
                protected void hookOnNext(ChunkOutcome outcome) {
                    emitted.add(outcome);
                }

                @Override
                protected void hookOnComplete() {
                    ended.tryEmitEmpty();
                }
            };
            client.clone(plan).take(3).blockLast(PATIENCE);
            client.clone(plan).subscribe(slow);
            client.cloneReport(plan).block(PATIENCE);
            client.cloneReport(plan).block(PATIENCE);
            slow.requestUnbounded();
            ended.asMono().block(PATIENCE);
            assertThat(emitted)
                    .hasSize(8)
                    .extracting(outcome -> outcome.chunk().index())
                    .doesNotHaveDuplicates();
        }
    }

    @Test
    void fortyChunksInDoubtAtOnceAreAllFoundThoughThereAreFewConnectionsForLookUps() {
        try (Simulator simulator = Simulator.builder()
                        .limit(RateLimit.none())
                        .misbehaviour(Misbehaviour.always(Fault.close(Fault.Stage.AFTER_EXECUTING)))
                        .start();
                CloneClient client = Fixtures.client(simulator)
                        .shaper(new UnlimitedShaper())
                        .maxInDoubt(1_000)
                        .reconcileFor(Duration.ofSeconds(1))
                        .maxInstances(1_200)
                        .build()) {
            assertThat(client.clone(Fixtures.plan(1_200)).collectList().block(PATIENCE.multipliedBy(3)))
                    .hasSize(40)
                    .allMatch(Cloned.class::isInstance);
        }
    }

    private CloneClient client(UnaryOperator<CloneClientBuilder> setting) {
        return client(ledger, setting);
    }

    public static CloneClient client(Ledger ledger, UnaryOperator<CloneClientBuilder> setting) {
        return setting.apply(CloneClient.builder()
                        .region("ap-guangzhou")
                        .credentials(CredentialsProvider.fixed(Credentials.of("id", "key")))
                        .transport(ledger)
                        .shaper(new UnlimitedShaper())
                        .reconcileFor(Duration.ofMillis(30))
                        .maxInstances(Integer.MAX_VALUE)
                        .random(new Random(1)))
                .build();
    }

    private Mono<List<ChunkOutcome>> outcomesOf(CloneClient client) {
        Mono<List<ChunkOutcome>> outcomes = client.clone(plan).collectList().cache();
        outcomes.subscribe(all -> {}, failure -> {});
        return outcomes;
    }

    private static boolean isNotSent(ChunkOutcome outcome) {
        return outcome instanceof NotCloned not && not.failure() instanceof NotSent;
    }
}
