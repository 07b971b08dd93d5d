package io.ramet.reactor.call;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.NANOSECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.INSTANT;

import io.ramet.error.LostResponse;
import io.ramet.error.LostResponse.Phase;
import io.ramet.error.NotSent;
import io.ramet.json.Listing;
import io.ramet.json.RequestJson;
import io.ramet.json.ResponseJson;
import io.ramet.model.Deal;
import io.ramet.outcome.ChunkOutcome;
import io.ramet.outcome.ChunkOutcome.Cloned;
import io.ramet.outcome.ChunkOutcome.InDoubt;
import io.ramet.plan.CloneChunk;
import io.ramet.plan.ClonePlan;
import io.ramet.reactor.Fixtures;
import io.ramet.reactor.Ledger;
import io.ramet.reactor.PassingJournal;
import io.ramet.reactor.journal.CloneJournal;
import io.ramet.reactor.journal.PlanJournal;
import io.ramet.reactor.observe.CloneListener;
import io.ramet.reactor.observe.CloneObserver;
import io.ramet.reactor.shape.RequestShaper;
import io.ramet.reactor.shape.Window;
import io.ramet.reactor.transport.ApiTransport;
import io.ramet.sign.Credentials;
import io.ramet.sign.Tc3Signer;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.scheduler.VirtualTimeScheduler;

/** Chunks on virtual time, each from its turn to its bytes. */
class ChunkCallTest {

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
    private final List<Instant> looks = new ArrayList<>();
    private int failingLook;
    private Duration reconcileFor = Duration.ZERO;
    private final InstanceFinder.Lookup nothingThere = new InstanceFinder.Lookup() {
        @Override
        public Mono<InstanceFinder.Page> instances(byte[] body) {
            return Mono.fromSupplier(() -> {
                if (new String(body, UTF_8).contains("InstanceId")) {
                    Listing.Instance source =
                            new Listing.Instance(plan.request().instanceId(), "the source");
                    return new InstanceFinder.Page(new Listing(1, List.of(source)), clock.instant());
                }
                looks.add(clock.instant());
                if (looks.size() == failingLook) {
                    throw new IllegalStateException("test: a look-up that fails");
                }
                return new InstanceFinder.Page(new Listing(0, List.of()), clock.instant());
            });
        }

        @Override
        public Mono<List<String>> deal(Deal deal) {
            return Mono.just(List.of());
        }
    };
    private final List<Long> sent = new ArrayList<>();
    private final Ledger ledger = new Ledger((call, books) -> call.map(ready -> {
        sent.add(time.now(NANOSECONDS));
        return books.deal(ready);
    }));
    private final ClonePlan plan = Fixtures.plan("virtual", 1_800);
    private final PlanJournal memory =
            CloneJournal.inMemory().open(plan, Fixtures.REGION).block();

    @Test
    void aJournalThatStallsDoesNotBunchCallsInOneSecond() {
        // Every two seconds it does not write for 700 ms.
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
    void theProofOfAbsenceCountsFromTheLastSendingWhateverItEndedIn() {
        AtomicInteger calls = new AtomicInteger();
        List<Instant> signed = new ArrayList<>();
        Ledger throttledThenSurprising = new Ledger((call, books) -> call.map(ready -> {
            signed.add(clock.instant());
            if (calls.incrementAndGet() == 1) {
                return books.refusal(ready, "RequestLimitExceeded");
            }
            throw new IllegalStateException("a bug, after the bytes had gone");
        }));
        CallResources site = site(
                throttledThenSurprising,
                RequestShaper.local(1, Duration.ofSeconds(99), time, () -> time.now(NANOSECONDS)));
        ChunkCall call = firstCall(site);
        List<Throwable> proven = new ArrayList<>();
        call.answer().flatMap(call::settle).subscribe(outcome -> {}, proven::add);
        time.advanceTimeBy(Duration.ofHours(1));
        assertThat(signed).hasSize(2);
        assertThat(proven).singleElement().isInstanceOf(NotSent.class);
        assertThat(looks).last(INSTANT).isAfter(signed.get(1).plusSeconds(300));
    }

    @ParameterizedTest
    @EnumSource
    void onlyOfACallWithoutAByteOfAnAnswerAbsenceIsProof(Phase reached) {
        Ledger lost = new Ledger(
                (call, books) -> call.flatMap(ready -> Mono.error(new LostResponse(reached, "test", "r", null))));
        CallResources site =
                site(lost, RequestShaper.local(20, RequestShaper.JITTER, time, () -> time.now(NANOSECONDS)));
        ChunkCall call = firstCall(site);
        List<ChunkOutcome> held = new ArrayList<>();
        List<Throwable> proven = new ArrayList<>();
        call.answer().flatMap(call::settle).subscribe(held::add, proven::add);
        time.advanceTimeBy(Duration.ofHours(1));
        assertThat(proven).hasSize(reached == Phase.WRITTEN ? 1 : 0);
        assertThat(held).hasSize(reached == Phase.WRITTEN ? 0 : 1).allMatch(InDoubt.class::isInstance);
    }

    @Test
    void whatIsSignedAfterSendingWasHaltedIsNeverWritten() {
        Sinks.Empty<Void> halt = Sinks.empty();
        Sinks.Empty<Void> entered = Sinks.empty();
        // Hears of the halt before the attempt does, which is then signed.
        halt.asMono().subscribe(nothing -> {}, failure -> {}, entered::tryEmitEmpty);
        PlanJournal slow = new PassingJournal.Plan(memory) {
            @Override
            public Mono<Void> sending(CloneChunk chunk, long timestamp) {
                return entered.asMono();
            }
        };
        CallResources site =
                site(ledger, RequestShaper.local(20, RequestShaper.JITTER, time, () -> time.now(NANOSECONDS)));
        ChunkCall call = new ChunkCall(
                site,
                plan.chunk(0),
                RequestJson.shared().bodies(plan),
                plan.request(),
                slow,
                halt.asMono(),
                CloneObserver.RunObserver.NOOP);
        List<Throwable> failures = new ArrayList<>();
        call.answer().subscribe(outcome -> {}, failures::add);
        time.advanceTimeBy(Duration.ofMillis(10));
        halt.tryEmitEmpty();
        assertThat(sent).isEmpty();
        assertThat(failures).singleElement().isInstanceOf(NotSent.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 5, 6})
    void absenceIsProofOnlyIfEveryLookUpOfTheChunkHasSucceeded(int failing) {
        failingLook = failing;
        reconcileFor = Duration.ofSeconds(30);
        Ledger lost = new Ledger((call, books) -> call.flatMap(ready -> Mono.error(Ledger.lost())));
        CallResources site =
                site(lost, RequestShaper.local(20, RequestShaper.JITTER, time, () -> time.now(NANOSECONDS)));
        ChunkCall call = firstCall(site);
        List<ChunkOutcome> held = new ArrayList<>();
        List<Throwable> proven = new ArrayList<>();
        call.answer().flatMap(call::settle).subscribe(held::add, proven::add);
        time.advanceTimeBy(Duration.ofHours(1));
        assertThat(looks).as("five while it is reconciled, one as the proof").hasSize(6);
        assertThat(proven).hasSize(failing == 0 ? 1 : 0);
        assertThat(held).hasSize(failing == 0 ? 0 : 1).allMatch(InDoubt.class::isInstance);
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
                site(ledger, RequestShaper.local(20, RequestShaper.JITTER, time, () -> time.now(NANOSECONDS)));
        Flux.fromStream(plan.chunks())
                .flatMap(
                        chunk -> new ChunkCall(
                                        site,
                                        chunk,
                                        RequestJson.shared().bodies(plan),
                                        null,
                                        journal,
                                        Mono.never(),
                                        CloneObserver.RunObserver.NOOP)
                                .answer(),
                        40)
                .subscribe(outcomes::add);
        time.advanceTimeBy(Duration.ofMinutes(5));
        return outcomes;
    }

    private ChunkCall firstCall(CallResources site) {
        return new ChunkCall(
                site,
                plan.chunk(0),
                RequestJson.shared().bodies(plan),
                plan.request(),
                memory,
                Mono.never(),
                CloneObserver.RunObserver.NOOP);
    }

    private CallResources site(Ledger ledger, RequestShaper shaper) {
        ResponseJson json = ResponseJson.strict();
        return new CallResources(
                "ap-guangzhou",
                Mono.just(Credentials.of("id", "key")),
                json,
                new Tc3Signer("example", "CloneInstances"),
                shaper,
                ledger.open(new ApiTransport.Settings(
                        "purchases", URI.create("https://example"), 40, Duration.ofSeconds(1), 1 << 20, time)),
                new InstanceFinder(nothingThere),
                new InstanceFinder(nothingThere),
                Duration.ZERO,
                false,
                reconcileFor,
                Duration.ZERO,
                new Proof(Duration.ZERO),
                Mono.never(),
                CloneListener.NONE,
                new CloneObserver() {},
                new ServerClock(clock),
                time,
                () -> time.now(NANOSECONDS),
                new Random(1));
    }
}
