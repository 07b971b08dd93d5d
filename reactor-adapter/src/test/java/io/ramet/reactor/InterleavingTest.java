package io.ramet.reactor;

import static org.assertj.core.api.Assertions.assertThat;

import io.ramet.error.RunFailure;
import io.ramet.outcome.ChunkOutcome;
import io.ramet.outcome.ChunkOutcome.Cloned;
import io.ramet.outcome.ChunkOutcome.InDoubt;
import io.ramet.outcome.ChunkOutcome.NotCloned;
import io.ramet.plan.CloneChunk;
import io.ramet.plan.ClonePlan;
import io.ramet.reactor.journal.CloneJournal;
import io.ramet.reactor.journal.JournalException;
import io.ramet.reactor.journal.PlanJournal;
import io.ramet.reactor.journal.UnverifiedPlanException;
import io.ramet.reactor.shape.RequestShaper;
import io.ramet.reactor.transport.ApiRequest;
import io.ramet.reactor.transport.ApiResponse;
import io.ramet.sign.Credentials;
import io.ramet.sign.CredentialsProvider;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SignalType;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.util.retry.Retry;

/**
 * A client between a transport, a journal and a shaper that respond at once or from another thread, and fail; with
 * subscribers that come twice, leave, are slow, or close the client; judged by the books of the transport. A seed
 * determines the schedule of faults, not that of the threads. {@code -Dramet.seed=N} repeats one seed as often as
 * {@code -Dramet.interleavings=N} says.
 */
@Tag("slow")
class InterleavingTest {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final int SEEDS = Integer.getInteger("ramet.interleavings", 200);
    private static final Scheduler SEED_THREADS = Schedulers.newBoundedElastic(4, 4, "seed", 60, true);
    private static final Scheduler OTHERS = Schedulers.newParallel("other", 3, true);
    private static final Integer ONLY = Integer.getInteger("ramet.seed");

    @Test
    void nothingIsBoughtTwiceNothingIsLostAndEveryStreamEndsUnderAnySeed() {
        List<String> failures = Flux.range(0, SEEDS)
                .map(seed -> ONLY == null ? seed : ONLY)
                .flatMap(seed -> Mono.fromCallable(() -> failureOf(seed)).subscribeOn(SEED_THREADS), 4)
                .filter(failure -> !failure.isEmpty())
                .take(5)
                .collectList()
                .block(Duration.ofMinutes(20));
        assertThat(failures).isEmpty();
    }

    private static String failureOf(int seed) {
        try {
            new InterleavingTest().run(seed);
            return "";
        } catch (Exception | AssertionError failure) {
            return "seed " + seed + ": " + failure;
        }
    }

    private void run(int seed) {
        Random random = new Random(seed);
        ClonePlan plan = Fixtures.plan("seed-" + seed, 1 + random.nextInt(600));
        int maxInFlight = 1 + random.nextInt(6);
        double faults = random.nextInt(3) == 0 ? 0 : random.nextDouble(0.5);
        AtomicLong wanted = new AtomicLong();
        AtomicLong ahead = new AtomicLong();
        Ledger ledger = new Ledger((call, books) -> course(seed, faults, call, books)
                .doOnTerminate(() -> ahead.accumulateAndGet(books.begun.size() - wanted.get(), Math::max)));
        CloneJournal memory = CloneJournal.inMemory();
        CloneClientBuilder builder = CloneClient.builder()
                .region("ap-guangzhou")
                .credentials(CredentialsProvider.fixed(Credentials.of("id", "key")))
                .transport(ledger)
                .time(new FastForwardScheduler(), FastForwardScheduler::nanoTime)
                .shaper(
                        random.nextBoolean()
                                ? new UnlimitedShaper()
                                : RequestShaper.paced(
                                        100, Duration.ZERO, new FastForwardScheduler(), FastForwardScheduler::nanoTime))
                .reconcileFor(Duration.ofMillis(random.nextInt(2) * 200L))
                .maxInFlight(maxInFlight)
                .maxInDoubt(1 + random.nextInt(6))
                .stopOnRefusal(random.nextBoolean())
                .random(new Random(seed));
        double journalFaults = random.nextInt(4) == 0 ? 0.05 : 0;
        boolean alone = random.nextInt(3) == 0;
        builder.journal(new PassingJournal(opening -> hop(random.nextInt(), memory.open(opening, Fixtures.REGION))
                .map(open -> new Unreliable(open, seed, journalFaults))));
        CloneClient client = builder.build();
        List<Mono<Void>> streams = new ArrayList<>();
        if (alone) {
            streams.add(slowly(client.clone(plan), wanted, random.nextLong()));
        } else {
            for (int i = 1 + random.nextInt(4); i > 0; i--) {
                streams.add(companion(client, plan, random));
            }
        }
        String label = "seed " + seed;
        AtomicReference<String> stuckAt = new AtomicReference<>();
        try {
            Flux.merge(streams.stream()
                            .map(stream -> stream.subscribeOn(Schedulers.parallel()))
                            .toList())
                    .doOnCancel(() -> stuckAt.set(client.toString()))
                    .blockLast(PATIENCE);
        } catch (IllegalStateException stuck) {
            throw new AssertionError("stuck: " + stuckAt, stuck);
        }
        client.disposeLater().block(PATIENCE);
        assertThat(ledger.executions.values()).as(label).allMatch(times -> times == 1);
        assertThat(ledger.mostInFlight.get()).as(label).isLessThanOrEqualTo(maxInFlight);
        if (alone) {
            assertThat(ahead.get()).as(label + ": ahead of demand").isLessThanOrEqualTo(maxInFlight);
        }
        // Another client resumes the plan.
        try (CloneClient next = builder.journal(new PassingJournal(opening -> memory.open(opening, Fixtures.REGION)))
                .build()) {
            assertTruth(
                    label,
                    plan,
                    ledger,
                    next.clone(plan)
                            .collectList()
                            .retryWhen(Retry.max(20).filter(UnverifiedPlanException.class::isInstance))
                            .block(PATIENCE));
            assertThat(ledger.executions.values()).as(label).allMatch(times -> times == 1);
        }
    }

    private static void assertTruth(String label, ClonePlan plan, Ledger ledger, List<ChunkOutcome> outcomes) {
        assertExactlyOnce(label, plan, outcomes);
        for (ChunkOutcome outcome : outcomes) {
            int executed = ledger.executions.getOrDefault(outcome.chunk().instanceName(), 0);
            if (outcome instanceof Cloned cloned) {
                assertThat(executed).as(label + " " + outcome).isOne();
                assertThat(cloned.deal().instanceIds())
                        .as(label)
                        .allMatch(id -> id.startsWith("crs-" + outcome.chunk().instanceName() + "-"));
            } else if (outcome instanceof NotCloned) {
                assertThat(executed).as(label + " " + outcome).isZero();
            } else {
                assertThat(outcome).isInstanceOf(InDoubt.class);
            }
        }
    }

    private static void assertExactlyOnce(String label, ClonePlan plan, List<ChunkOutcome> outcomes) {
        assertThat(outcomes).as(label + ": one outcome per chunk").hasSize(plan.size());
        Set<Integer> seen = new HashSet<>();
        outcomes.forEach(outcome ->
                assertThat(seen.add(outcome.chunk().index())).as(label).isTrue());
    }

    private static Mono<ApiResponse> course(int seed, double faults, Mono<ApiRequest> call, Ledger books) {
        // The request is not known before the permit, and some exchanges fail before that.
        Random early = new Random(31L * seed + books.begun.size());
        if (early.nextDouble() < faults / 8) {
            return hop(early.nextInt(), Mono.error(Ledger.noConnection()));
        }
        return hop(early.nextInt(), call).flatMap(ready -> {
            String name = Ledger.name(ready);
            Random random = new Random(31L * seed + name.hashCode() + 7L * books.begun.getOrDefault(name, 0));
            Mono<ApiResponse> what = random.nextDouble() >= faults
                    ? Mono.fromSupplier(() -> books.deal(ready))
                    : fault(random.nextInt(10), ready, books);
            return hop(random.nextInt(), what);
        });
    }

    private static Mono<ApiResponse> fault(int which, ApiRequest call, Ledger books) {
        return switch (which) {
            case 0 -> Mono.error(Ledger.noConnection());
            case 1 -> Mono.fromSupplier(() -> books.deal(call)).then(Mono.error(Ledger.lost()));
            case 2 -> Mono.fromSupplier(() -> books.refusal(call, "unseen")).then(Mono.error(Ledger.lost()));
            case 3, 4 -> Mono.fromSupplier(() -> books.refusal(call, "RequestLimitExceeded"));
            case 5 -> Mono.fromSupplier(() -> books.deal(call)).map(deal -> books.refusal(call, "InternalError"));
            case 6 -> Mono.fromSupplier(() -> books.refusal(call, "ResourceUnavailable.SaleOut"));
            case 7 -> Mono.fromSupplier(() -> books.deal(call, 1));
            case 8 -> Mono.fromSupplier(() -> books.deal(call)).then(Mono.error(new IllegalStateException("a bug")));
            default -> Mono.fromSupplier(() -> books.deal(call)).then(Mono.empty());
        };
    }

    private static <T> Mono<T> hop(int chance, Mono<T> what) {
        return switch (Math.floorMod(chance, 4)) {
            case 0 -> what.publishOn(OTHERS);
            case 1 -> what.publishOn(Schedulers.parallel());
            case 2 -> what.subscribeOn(OTHERS);
            default -> what;
        };
    }

    private static Mono<Void> companion(CloneClient client, ClonePlan plan, Random random) {
        int count = 1 + random.nextInt(4);
        Flux<ChunkOutcome> outcomes = client.clone(plan);
        Flux<ChunkOutcome> whole = outcomes.collectList()
                .doOnNext(all -> assertExactlyOnce("companion of " + plan, plan, all))
                .flatMapIterable(all -> all);
        Flux<ChunkOutcome> what = switch (random.nextInt(9)) {
            case 0 -> outcomes.take(count);
            case 1 -> whole.repeat(count);
            case 2 ->
                whole.map(outcome -> {
                            outcome.orElseThrow();
                            return outcome;
                        })
                        .retry(count);
            case 3 -> whole.mergeWith(whole).mergeWith(outcomes.take(count));
            case 4 -> client.submit(plan).thenMany(Flux.empty());
            case 5 -> client.submit(plan).thenMany(whole);
            case 6 -> outcomes.limitRate(1).flatMap(outcome -> outcomes.take(1)).take(count);
            case 7 ->
                whole.mergeWith(outcomes.index().concatMap(outcome -> {
                    if (outcome.getT1() == count) {
                        client.close();
                    }
                    return Mono.just(outcome.getT2());
                }));
            default -> whole;
        };
        return what.onErrorResume(InterleavingTest::isNormal, failed -> Mono.empty())
                .onErrorResume(io.ramet.outcome.ChunkNotClonedException.class, failed -> Mono.empty())
                .then();
    }

    /** On a busy machine a look-up takes longer than 30 s, which are 0.3 s here: then nothing is sent. */
    private static boolean isNormal(Throwable failure) {
        return failure instanceof RunFailure || failure instanceof UnverifiedPlanException;
    }

    private static Mono<Void> slowly(Flux<ChunkOutcome> outcomes, AtomicLong wanted, long seed) {
        return Mono.create(done -> outcomes.subscribe(new BaseSubscriber<>() {
            private final Random random = new Random(seed);
            private final AtomicInteger due = new AtomicInteger();

            @Override
            protected void hookOnSubscribe(Subscription subscription) {
                more();
            }

            @Override
            protected void hookOnNext(ChunkOutcome outcome) {
                if (due.decrementAndGet() == 0) {
                    Schedulers.parallel()
                            .schedule(this::more, random.nextInt(200), java.util.concurrent.TimeUnit.MICROSECONDS);
                }
            }

            private void more() {
                int count = 1 + random.nextInt(3);
                due.addAndGet(count);
                wanted.addAndGet(count);
                request(count);
            }

            @Override
            protected void hookOnError(Throwable failure) {
                if (!isNormal(failure)) {
                    done.error(failure);
                }
            }

            @Override
            protected void hookFinally(SignalType signal) {
                done.success();
            }
        }));
    }

    /** Completes its writes on varying threads, and fails some of them. */
    private static final class Unreliable extends PassingJournal.Plan {
        private final Random random;
        private final double faults;

        Unreliable(PlanJournal passed, long seed, double faults) {
            super(passed);
            this.random = new Random(seed);
            this.faults = faults;
        }

        @Override
        public Mono<Void> sending(CloneChunk chunk, long timestamp) {
            return written(super.sending(chunk, timestamp));
        }

        @Override
        public Mono<Void> withdrawn(CloneChunk chunk) {
            return written(super.withdrawn(chunk));
        }

        @Override
        public Mono<Void> settled(ChunkOutcome outcome) {
            return written(super.settled(outcome));
        }

        @Override
        public Mono<Void> release() {
            return hop(random.nextInt(), super.release());
        }

        private Mono<Void> written(Mono<Void> write) {
            boolean fails = random.nextDouble() < faults;
            Mono<Void> what = !fails
                    ? write
                    : random.nextBoolean()
                            ? Mono.error(new JournalException("test", null))
                            : write.then(Mono.error(new JournalException("test, but written", null)));
            // The order of writing is that of subscribing; the signal may come on any thread.
            return random.nextBoolean() ? what.publishOn(OTHERS) : what;
        }
    }
}
