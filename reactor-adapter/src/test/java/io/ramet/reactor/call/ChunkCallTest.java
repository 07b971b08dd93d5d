package io.ramet.reactor.call;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.time.format.DateTimeFormatter.RFC_1123_DATE_TIME;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.NANOSECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.DURATION;
import static org.assertj.core.api.InstanceOfAssertFactories.INSTANT;

import io.ramet.error.ApiRefusal;
import io.ramet.error.CallFailure;
import io.ramet.error.ErrorCodes;
import io.ramet.error.LostResponse;
import io.ramet.error.LostResponse.Phase;
import io.ramet.error.NotSent;
import io.ramet.json.RequestJson;
import io.ramet.json.ResponseJson;
import io.ramet.model.Deal;
import io.ramet.outcome.ChunkOutcome;
import io.ramet.outcome.ChunkOutcome.Cloned;
import io.ramet.outcome.ChunkOutcome.InDoubt;
import io.ramet.outcome.ChunkOutcome.NotCloned;
import io.ramet.plan.CloneChunk;
import io.ramet.plan.ClonePlan;
import io.ramet.reactor.Fixtures;
import io.ramet.reactor.Ledger;
import io.ramet.reactor.PassingJournal;
import io.ramet.reactor.journal.CloneJournal;
import io.ramet.reactor.journal.JournalException;
import io.ramet.reactor.journal.PlanJournal;
import io.ramet.reactor.journal.PlanJournal.PendingChunk;
import io.ramet.reactor.observe.CloneObserver;
import io.ramet.reactor.shape.RequestShaper;
import io.ramet.reactor.shape.Window;
import io.ramet.reactor.transport.ApiRequest;
import io.ramet.reactor.transport.ApiResponse;
import io.ramet.reactor.transport.ApiTransport;
import io.ramet.reactor.transport.Network;
import io.ramet.sign.Credentials;
import io.ramet.sign.CredentialsProvider;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.LongUnaryOperator;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;
import reactor.test.scheduler.VirtualTimeScheduler;

/** Chunks on virtual time, each from its place in the queue to its outcome. */
class ChunkCallTest {

    private static final Predicate<Settled> MAY_BE_SENT_AGAIN = Settled.MayBeSentAgain.class::isInstance;
    private static final Predicate<Settled> IN_DOUBT =
            settled -> settled instanceof Settled.Outcome end && end.outcome() instanceof InDoubt;

    private final VirtualTimeScheduler time = VirtualTimeScheduler.create();
    private final Clock clock = new Clock() {
        @Override
        public Instant instant() {
            return Instant.parse("2026-11-24T10:00:00Z").plusMillis(time.now(MILLISECONDS));
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    };
    private final List<Instant> lookUps = new ArrayList<>();
    private int failingLookUp;
    private Duration reconcileFor = Duration.ZERO;
    private int listed;
    private CloneObserver observer = CloneObserver.NOOP;
    private CloneObserver.RunObserver runObserver = CloneObserver.RunObserver.NOOP;
    /** Shows the plan's source, and as many instances of the first chunk as are {@link #listed}. */
    private final ApiTransport listings = new ApiTransport() {
        @Override
        public Mono<ApiResponse> exchange(Mono<ApiRequest> request) {
            return request.map(ready -> {
                String source = plan.request().instanceId();
                if (new String(ready.body(), UTF_8).contains(source)) {
                    return listing(1, "{\"InstanceId\":\"" + source + "\",\"InstanceName\":\"the source\"}");
                }
                lookUps.add(clock.instant());
                if (lookUps.size() == failingLookUp) {
                    throw new IllegalStateException("test: a look-up that fails");
                }
                String instances = IntStream.range(0, listed)
                        .mapToObj(i -> "{\"InstanceId\":\"crs-" + i + "\",\"InstanceName\":\""
                                + plan.chunk(0).instanceName() + "\"}")
                        .collect(Collectors.joining(","));
                return listing(listed, instances);
            });
        }

        private ApiResponse listing(int total, String instances) {
            String date = RFC_1123_DATE_TIME.format(clock.instant().atOffset(ZoneOffset.UTC));
            String body = "{\"Response\":{\"TotalCount\":" + total + ",\"InstanceSet\":[" + instances
                    + "],\"RequestId\":\"r\"}}";
            return new ApiResponse(200, date, body.getBytes(UTF_8));
        }

        @Override
        public Mono<Void> disposeLater() {
            return Mono.empty();
        }
    };

    private final List<Long> sent = new ArrayList<>();
    private final Ledger ledger = new Ledger((call, books) -> call.map(ready -> {
        sent.add(time.now(NANOSECONDS));
        return books.deal(ready);
    }));
    private final ClonePlan plan = Fixtures.plan("virtual", 1_800);
    private final CloneJournal journal = CloneJournal.inMemory();
    private final PlanJournal memory = journal.open(plan, Fixtures.REGION).block();

    @Test
    void aJournalThatStallsDoesNotBunchCallsInOneSecond() {
        // Every two seconds it stalls for 700 ms.
        List<ChunkOutcome> outcomes = buy(millis -> millis % 2000 < 700 ? 700 - millis % 2000 : 4);
        assertThat(outcomes).hasSize(60).allMatch(Cloned.class::isInstance);
        assertThat(Window.peak(sent)).isLessThanOrEqualTo(20);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void aJournalOfUnsteadySpeedDoesNotBunchCallsInOneSecond(long seed) {
        Random random = new Random(seed);
        List<ChunkOutcome> outcomes = buy(millis -> random.nextInt(5) == 0 ? random.nextInt(1500) : random.nextInt(10));
        assertThat(outcomes).hasSize(60).allMatch(Cloned.class::isInstance);
        assertThat(Window.peak(sent)).isLessThanOrEqualTo(20);
    }

    @Test
    void aSteadyJournalCostsHardlyAnyTime() {
        assertThat(buy(millis -> 20)).hasSize(60);
        long took = sent.get(59) - sent.get(0);
        assertThat(Duration.ofNanos(took)).isLessThan(Duration.ofMillis(59 * 56));
    }

    @Test
    void theProofOfAbsenceCountsFromTheLastSendingHoweverItEnded() {
        AtomicInteger calls = new AtomicInteger();
        List<Instant> signed = new ArrayList<>();
        Ledger throttledThenSurprising = new Ledger((call, books) -> call.map(ready -> {
            signed.add(clock.instant());
            if (calls.incrementAndGet() == 1) {
                return books.refusal(ready, "RequestLimitExceeded");
            }
            throw new IllegalStateException("a bug, after the bytes were written");
        }));
        CallResources site = site(
                throttledThenSurprising,
                RequestShaper.paced(1, Duration.ofSeconds(99), time, () -> time.now(NANOSECONDS)));
        assertThat(settled(site)).isEqualTo(new Settled.MayBeSentAgain());
        assertThat(signed).hasSize(2);
        assertThat(lookUps).last(INSTANT).isAfter(signed.get(1).plusSeconds(300));
    }

    @ParameterizedTest
    @EnumSource
    void absenceIsProofOnlyIfNoByteOfAResponseHasCome(Phase reached) {
        Ledger lost = new Ledger(
                (call, books) -> call.flatMap(ready -> Mono.error(new LostResponse(reached, "test", "r", null))));
        CallResources site =
                site(lost, RequestShaper.paced(20, RequestShaper.JITTER, time, () -> time.now(NANOSECONDS)));
        assertThat(settled(site)).matches(reached == Phase.WRITTEN ? MAY_BE_SENT_AGAIN : IN_DOUBT);
    }

    @Test
    void aRequestThatIsSignedAfterSendingWasHaltedIsNeverWritten() {
        Sinks.Empty<Void> halt = Sinks.empty();
        Sinks.Empty<Void> entered = Sinks.empty();
        // Receives the halt before the attempt does, which is then signed.
        halt.asMono().subscribe(nothing -> {}, failure -> {}, entered::tryEmitEmpty);
        PlanJournal slow = new PassingJournal.Plan(memory) {
            @Override
            public Mono<Void> sending(CloneChunk chunk, long timestamp) {
                return super.sending(chunk, timestamp).then(entered.asMono());
            }
        };
        CallResources site =
                site(ledger, RequestShaper.paced(20, RequestShaper.JITTER, time, () -> time.now(NANOSECONDS)));
        List<Throwable> failures = new ArrayList<>();
        call(site, plan.chunk(0), slow, halt.asMono()).send().subscribe(sent -> {}, failures::add);
        time.advanceTimeBy(Duration.ofMillis(10));
        halt.tryEmitEmpty();
        assertThat(sent).isEmpty();
        assertThat(failures).singleElement().isInstanceOf(NotSent.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 5, 6})
    void absenceIsProofOnlyIfEveryLookUpOfTheChunkHasSucceeded(int failing) {
        failingLookUp = failing;
        reconcileFor = Duration.ofSeconds(30);
        Ledger lost = new Ledger((call, books) -> call.flatMap(ready -> Mono.error(Ledger.lost())));
        CallResources site =
                site(lost, RequestShaper.paced(20, RequestShaper.JITTER, time, () -> time.now(NANOSECONDS)));
        assertThat(settled(site)).matches(failing == 0 ? MAY_BE_SENT_AGAIN : IN_DOUBT);
        assertThat(lookUps).as("five while it is reconciled, one as the proof").hasSize(6);
    }

    @Test
    void eachAttemptIsObservedFromTheQueueToItsEndAndThrottlingPausesTheShaper() {
        List<String> events = new ArrayList<>();
        observer = new CloneObserver() {
            @Override
            public void sending(CloneChunk chunk, int attempt) {
                events.add("chunk sending " + attempt);
            }

            @Override
            public void throttled(CloneChunk chunk, Duration pause) {
                events.add("throttled " + pause);
            }

            @Override
            public void retrying(CloneChunk chunk, CallFailure failure, Duration pause) {
                events.add("retrying " + pause);
            }
        };
        observeAttempts(number -> new CloneObserver.AttemptObserver() {
            @Override
            public void queued() {
                events.add("queued " + number);
            }

            @Override
            public void permitted() {
                events.add("permitted");
            }

            @Override
            public void sending() {
                events.add("sending");
            }

            @Override
            public void responded(Deal deal) {
                events.add("responded");
            }

            @Override
            public void failed(Throwable failure) {
                events.add("failed");
            }
        });
        List<Long> sendings = new ArrayList<>();
        Ledger throttledOnce = new Ledger((call, books) -> call.map(ready -> {
            sendings.add(time.now(MILLISECONDS));
            return sendings.size() == 1 ? books.refusal(ready, "RequestLimitExceeded") : books.deal(ready);
        }));
        assertThat(sent(throttledOnce)).isInstanceOf(Cloned.class);
        assertThat(events)
                .containsExactly(
                        "queued 1",
                        "permitted",
                        "chunk sending 1",
                        "sending",
                        "failed",
                        "throttled PT1S",
                        "retrying PT1S",
                        "queued 2",
                        "permitted",
                        "chunk sending 2",
                        "sending",
                        "responded");
        assertThat(sendings.get(1) - sendings.get(0)).isEqualTo(1_000);
    }

    @Test
    void aRequestWithoutAConnectionIsSentAgainAfterItsOwnPause() {
        List<Duration> pauses = new ArrayList<>();
        observer = new CloneObserver() {
            @Override
            public void retrying(CloneChunk chunk, CallFailure failure, Duration pause) {
                pauses.add(pause);
            }
        };
        AtomicInteger tries = new AtomicInteger();
        Ledger unreachableOnce = new Ledger((call, books) -> tries.incrementAndGet() == 1
                ? Mono.error(new NotSent(NotSent.Reason.NO_CONNECTION, "test", null))
                : call.map(books::deal));
        assertThat(sent(unreachableOnce)).isInstanceOf(Cloned.class);
        assertThat(pauses).singleElement(DURATION).isBetween(Duration.ofMillis(100), Duration.ofMillis(200));
    }

    @Test
    void aChunkThatIsThrottledForEverIsNotRefusedAndMayBeSentLater() {
        Ledger throttling =
                new Ledger((call, books) -> call.map(ready -> books.refusal(ready, "RequestLimitExceeded")));
        AtomicReference<Throwable> failure = new AtomicReference<>();
        call(site(throttling), plan.chunk(0), memory, Mono.never()).send().subscribe(sent -> {}, failure::set);
        time.advanceTimeBy(Duration.ofHours(1));
        assertThat(failure.get())
                .isInstanceOfSatisfying(
                        ApiRefusal.class,
                        refusal -> assertThat(refusal.code().name()).isEqualTo("RequestLimitExceeded"));
        memory.release().block();
        assertThat(journal.open(plan, Fixtures.REGION).block().known().pending())
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "ResourceUnavailable.SaleOut, 30, true",
        "ResourceUnavailable.SaleOut, 0, true",
        "InvalidParameter, 30, false"
    })
    void aRefusalThatMayHaveComeAfterADeliveryIsInDoubt(String code, int seconds, boolean inDoubt) {
        reconcileFor = Duration.ofSeconds(seconds);
        Ledger refusing = new Ledger((call, books) -> call.map(ready -> books.refusal(ready, code)));
        assertThat(sent(refusing)).isInstanceOf(inDoubt ? InDoubt.class : NotCloned.class);
    }

    @Test
    void aRefusalThatQuotesThePasswordDoesNotShowIt() {
        Ledger quoting = new Ledger((call, books) -> call.map(ready -> new ApiResponse(
                200,
                null,
                "{\"Response\":{\"Error\":{\"Code\":\"InvalidParameter\",\"Message\":\"not Canary-Passw0rd\"}}}"
                        .getBytes(UTF_8))));
        assertThat(sent(quoting))
                .isInstanceOfSatisfying(
                        NotCloned.class,
                        refused -> assertThat(refused.failure()).hasMessage("InvalidParameter: not ***"));
    }

    @Test
    void aRequestThatWasSignedWithAWrongTimeIsSignedAgainWithTheServersOwn() {
        Instant server = clock.instant().plusSeconds(3_600);
        AtomicInteger calls = new AtomicInteger();
        Ledger elsewhere = new Ledger((call, books) -> call.map(ready -> calls.incrementAndGet() == 1
                ? new ApiResponse(
                        200,
                        RFC_1123_DATE_TIME.format(server.atOffset(ZoneOffset.UTC)),
                        books.refusal(ready, "AuthFailure.SignatureExpire").body())
                : books.deal(ready)));
        assertThat(sent(elsewhere)).isInstanceOf(Cloned.class);
        assertThat(calls).hasValue(2);
    }

    @Test
    void aFailureOfOurOwnAfterTheResponseLeavesTheChunkInDoubtWithItsRequestId() {
        observeAttempts(number -> new CloneObserver.AttemptObserver() {
            @Override
            public void responded(Deal deal) {
                throw new IllegalStateException("test");
            }
        });
        assertThat(lost(ledger).phase()).isEqualTo(Phase.ANSWERED);
        assertThat(lost(ledger).requestId()).contains("r");
        Ledger failing = new Ledger((call, books) -> call.map(ready -> {
            throw new IllegalStateException("test");
        }));
        assertThat(lost(failing).phase()).isEqualTo(Phase.WRITTEN);
        assertThat(lost(failing).requestId()).isEmpty();
    }

    @Test
    void haltingGivesUpARequestThatWaitsAndNotOneThatIsInFlight() {
        CallResources slow =
                site(new Ledger((call, books) -> call.map(books::deal).delayElement(Duration.ofSeconds(1), time)));
        Sinks.Empty<Void> halt = Sinks.empty();
        AtomicReference<Object> flying = new AtomicReference<>();
        AtomicReference<Object> waiting = new AtomicReference<>();
        call(slow, plan.chunk(0), memory, halt.asMono()).send().subscribe(flying::set, flying::set);
        time.advanceTimeBy(Duration.ofMillis(10));
        call(slow, plan.chunk(1), memory, halt.asMono()).send().subscribe(waiting::set, waiting::set);
        time.advanceTimeBy(Duration.ofMillis(10));
        halt.tryEmitEmpty();
        assertThat(waiting.get()).isInstanceOf(NotSent.class);
        assertThat(flying.get()).isNull();
        time.advanceTimeBy(Duration.ofSeconds(2));
        assertThat(flying.get())
                .isInstanceOfSatisfying(
                        PendingChunk.class,
                        sent -> assertThat(sent.knownOutcome()).isInstanceOf(Cloned.class));
    }

    private LostResponse lost(Ledger server) {
        return (LostResponse) ((InDoubt) sent(server)).failure();
    }

    @Test
    void nothingIsProvenOfAChunkWhoseTimestampIsNotKnown() {
        assertThat(settled(site(ledger), new InDoubt(plan.chunk(0), LostResponse.brokenOff()), 0))
                .matches(IN_DOUBT);
        assertThat(lookUps).isEmpty();
    }

    @Test
    void aResponseThatLeavesSomethingOpenIsRecordedBeforeItIsLookedUp() {
        List<ChunkOutcome> responded = new ArrayList<>();
        PlanJournal recording = new PassingJournal.Plan(memory) {
            @Override
            public Mono<Void> responded(ChunkOutcome outcome) {
                responded.add(outcome);
                return super.responded(outcome);
            }
        };
        ChunkOutcome broken = new InDoubt(plan.chunk(0), new LostResponse(Phase.ANSWERING, "test", "r", null));
        ChunkOutcome none = new InDoubt(plan.chunk(1), LostResponse.brokenOff());
        ChunkOutcome whole = new Cloned(plan.chunk(2), deal(30));
        for (ChunkOutcome known : List.of(broken, none, whole)) {
            new Settlement(site(ledger), recording, known, "crs-1").settle(0).subscribe();
        }
        assertThat(responded).containsExactly(broken);
    }

    @Test
    void instancesThatAResponseNamesBesideAnErrorCountOnlyOnceALookUpShowsOneOfTheChunk() {
        reconcileFor = Duration.ofSeconds(30);
        InDoubt both =
                new InDoubt(plan.chunk(0), new LostResponse("both", null, null, List.of("crs-0", "crs-named"), "r"));
        assertThat(settled(site(ledger), both, 0)).matches(IN_DOUBT);
        listed = 1;
        assertThat(settled(site(ledger), new InDoubt(plan.chunk(0), both.failure()), 0))
                .isEqualTo(new Settled.Outcome(
                        new Cloned(plan.chunk(0), new Deal(null, null, List.of("crs-0", "crs-named"), "r"))));
    }

    @Test
    void aDealWithTooFewInstancesIsLookedUpAndAWholeOneIsNot() {
        List<CloneChunk> reconciled = new ArrayList<>();
        observer = new CloneObserver() {
            @Override
            public void reconciling(CloneChunk chunk) {
                reconciled.add(chunk);
            }
        };
        reconcileFor = Duration.ofSeconds(30);
        listed = 30;
        Cloned whole = new Cloned(plan.chunk(0), deal(30));
        for (Cloned known : List.of(new Cloned(plan.chunk(0), deal(29)), whole)) {
            assertThat(settled(site(ledger), known, 100)).isEqualTo(new Settled.Outcome(whole));
            assertThat(reconciled).containsExactly(plan.chunk(0));
            assertThat(lookUps).hasSize(1);
        }
    }

    @Test
    void aChunkWhoseInstancesAllShowIsLookedUpNoMore() {
        reconcileFor = Duration.ofSeconds(30);
        listed = 30;
        assertThat(settled(site(ledger), new InDoubt(plan.chunk(0), LostResponse.brokenOff()), 0))
                .isEqualTo(new Settled.Outcome(new Cloned(plan.chunk(0), deal(30))));
        assertThat(lookUps).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({"0, 1", "29, 6", "30, 1"})
    void aRefusalIsConfirmedByAListingWithoutTheChunkAndContradictedByAnyInstance(int shown, int times) {
        reconcileFor = Duration.ofSeconds(30);
        listed = shown;
        ApiRefusal refusal = new ApiRefusal(ErrorCodes.of("ResourceUnavailable.SaleOut"), "test", "r");
        Settled settled = settled(site(ledger), new InDoubt(plan.chunk(0), refusal.unconfirmed()), 100);
        ChunkOutcome outcome = ((Settled.Outcome) settled).outcome();
        if (shown == 0) {
            assertThat(outcome)
                    .isInstanceOfSatisfying(
                            NotCloned.class, no -> assertThat(no.failure()).hasMessage(refusal.getMessage()));
        } else {
            assertThat(((Cloned) outcome).deal().instanceIds()).hasSize(shown);
        }
        assertThat(lookUps).hasSize(times);
    }

    @Test
    void aDealIsReportedWhenItsTimeIsUpThoughAnErrorKeptItsResponseFromBeingPassedOn() {
        RequestShaper paced = RequestShaper.paced(20, RequestShaper.JITTER, time, () -> time.now(NANOSECONDS));
        RequestShaper failing = new RequestShaper() {
            @Override
            public <T> Mono<T> shape(Function<Mono<Permit>, Mono<T>> exchange) {
                return paced.<T>shape(exchange).doOnNext(response -> {
                    throw new OutOfMemoryError("test");
                });
            }

            @Override
            public void pause(Duration pause) {
                paced.pause(pause);
            }
        };
        assertThat(sent(site(ledger, failing), memory))
                .singleElement()
                .isInstanceOfSatisfying(
                        Cloned.class,
                        cloned -> assertThat(cloned.deal().dealId()).isNotNull());
    }

    @Test
    void aRequestWithoutAnEndIsInDoubtForGoodWhenItsTimeIsUp() {
        Ledger failing = new Ledger((call, books) -> call.map(books::deal).doOnNext(deal -> {
            throw new OutOfMemoryError("test");
        }));
        assertThat(sent(site(failing), memory))
                .singleElement()
                .isInstanceOfSatisfying(
                        InDoubt.class,
                        doubt -> assertThat(AbsenceProof.isPossible(doubt)).isFalse());
    }

    @Test
    void aRequestThatAFailedShaperHasKeptIsNotWrittenLater() {
        AtomicInteger written = new AtomicInteger();
        Ledger counting =
                new Ledger((call, books) -> call.map(books::deal).doOnNext(deal -> written.incrementAndGet()));
        RequestShaper paced = RequestShaper.paced(20, RequestShaper.JITTER, time, () -> time.now(NANOSECONDS));
        AtomicReference<Supplier<Mono<?>>> kept = new AtomicReference<>();
        RequestShaper failing = new RequestShaper() {
            @Override
            public <T> Mono<T> shape(Function<Mono<Permit>, Mono<T>> exchange) {
                kept.set(() -> paced.shape(exchange));
                throw new IllegalStateException("test");
            }

            @Override
            public void pause(Duration pause) {
                // Not paused in this test.
            }
        };
        assertThat(sent(site(counting, failing), memory)).singleElement().isInstanceOf(InDoubt.class);
        kept.get().get().subscribe(response -> {}, failure -> {});
        time.advanceTimeBy(Duration.ofMinutes(1));
        assertThat(written).hasValue(0);
    }

    @Test
    void aRequestWhoseEntryNeverEndsIsWithdrawnOrFailsTheRun() {
        Ledger patient = new Ledger((call, books) -> call.map(books::deal)
                .timeout(Duration.ofSeconds(1), time)
                .onErrorMap(late -> new NotSent(NotSent.Reason.CLIENT_CLOSED, "test", late)));
        PlanJournal journal = new PassingJournal.Plan(memory) {
            @Override
            public Mono<Void> sending(CloneChunk chunk, long timestamp) {
                return Mono.fromRunnable(() -> {
                    throw new OutOfMemoryError("test");
                });
            }
        };
        assertThat(sent(site(patient), journal)).singleElement().isInstanceOf(JournalException.class);
    }

    /** The outcome or the failure of the first chunk within ten minutes. */
    private List<Object> sent(CallResources site, PlanJournal journal) {
        List<Object> ends = new ArrayList<>();
        call(site, plan.chunk(0), journal, Mono.never())
                .send()
                .map(PendingChunk::knownOutcome)
                .subscribe(ends::add, ends::add);
        time.advanceTimeBy(Duration.ofMinutes(10));
        return ends;
    }

    private static Deal deal(int instances) {
        return new Deal(
                null,
                null,
                IntStream.range(0, instances).mapToObj(i -> "crs-" + i).toList(),
                null);
    }

    private void observeAttempts(IntFunction<CloneObserver.AttemptObserver> attempt) {
        runObserver = new CloneObserver.RunObserver() {
            @Override
            public CloneObserver.AttemptObserver attempt(CloneChunk chunk, int number) {
                return attempt.apply(number);
            }
        };
    }

    private List<ChunkOutcome> buy(LongUnaryOperator writingTakes) {
        PlanJournal journal = new PassingJournal.Plan(memory) {
            @Override
            public Mono<Void> sending(CloneChunk chunk, long timestamp) {
                long takes = writingTakes.applyAsLong(time.now(MILLISECONDS));
                return super.sending(chunk, timestamp)
                        .then(Mono.delay(Duration.ofMillis(takes), time).then());
            }
        };
        List<ChunkOutcome> outcomes = new ArrayList<>();
        CallResources site =
                site(ledger, RequestShaper.paced(20, RequestShaper.JITTER, time, () -> time.now(NANOSECONDS)));
        Flux.fromStream(plan.chunks())
                .flatMap(chunk -> call(site, chunk, journal, Mono.never()).send(), 40)
                .map(PendingChunk::knownOutcome)
                .subscribe(outcomes::add);
        time.advanceTimeBy(Duration.ofMinutes(5));
        return outcomes;
    }

    private CallResources site(Ledger server) {
        return site(server, RequestShaper.paced(20, RequestShaper.JITTER, time, () -> time.now(NANOSECONDS)));
    }

    /** The first chunk after it was sent. */
    private ChunkOutcome sent(Ledger server) {
        AtomicReference<ChunkOutcome> known = new AtomicReference<>();
        call(site(server), plan.chunk(0), memory, Mono.never())
                .send()
                .map(PendingChunk::knownOutcome)
                .subscribe(known::set);
        time.advanceTimeBy(Duration.ofMinutes(1));
        return known.get();
    }

    private Settled settled(CallResources site, ChunkOutcome known, long timestamp) {
        AtomicReference<Settled> settled = new AtomicReference<>();
        new Settlement(site, memory, known, plan.request().instanceId())
                .settle(timestamp)
                .subscribe(settled::set);
        time.advanceTimeBy(Duration.ofHours(1));
        return settled.get();
    }

    /** The outcome of the first chunk within an hour. */
    private Settled settled(CallResources site) {
        AtomicReference<Settled> settled = new AtomicReference<>();
        call(site, plan.chunk(0), memory, Mono.never())
                .send()
                .flatMap(sent -> new Settlement(
                                site,
                                memory,
                                sent.knownOutcome(),
                                plan.request().instanceId())
                        .settle(sent.timestamp()))
                .subscribe(settled::set);
        time.advanceTimeBy(Duration.ofHours(1));
        return settled.get();
    }

    private ChunkCall call(CallResources site, CloneChunk chunk, PlanJournal journal, Mono<Void> halt) {
        return new ChunkCall(
                site,
                site.shaper(),
                chunk,
                RequestJson.shared().bodies(plan),
                plan.request(),
                journal,
                halt,
                runObserver);
    }

    private CallResources site(Ledger ledger, RequestShaper shaper) {
        ResponseJson json = ResponseJson.strict();
        CredentialsProvider credentials = CredentialsProvider.fixed(Credentials.of("id", "key"));
        RequestSigner signer =
                new RequestSigner("example", Fixtures.REGION, clock, credentials, Schedulers.immediate(), time);
        RequestShaper unlimited = RequestShaper.window(10_000, RequestShaper.JITTER, time, () -> time.now(NANOSECONDS));
        Lookups lookups =
                new Lookups(signer, listings, new LookupQueue(40), true, Map.of("DescribeInstances", unlimited));
        return new CallResources(
                Fixtures.REGION,
                json,
                signer,
                shaper,
                ledger.open(new ApiTransport.Settings(
                        "purchases",
                        URI.create("https://example"),
                        40,
                        Duration.ofSeconds(1),
                        1 << 20,
                        time,
                        Network.direct())),
                Duration.ofSeconds(1),
                new InstanceFinder(lookups, json),
                Duration.ZERO,
                false,
                reconcileFor,
                Duration.ZERO,
                true,
                Mono.never(),
                observer,
                time,
                new Random(1));
    }
}
