package io.ramet.reactor;

import static io.ramet.reactor.Fixtures.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import io.ramet.model.Secret;
import io.ramet.outcome.ChunkOutcome;
import io.ramet.outcome.ChunkOutcome.Cloned;
import io.ramet.plan.ClonePlan;
import io.ramet.reactor.credentials.CredentialsSource;
import io.ramet.reactor.credentials.RefreshingCredentials;
import io.ramet.reactor.credentials.SourcedCredentials;
import io.ramet.reactor.transport.ApiRequest;
import io.ramet.reactor.transport.ApiResponse;
import io.ramet.sign.Credentials;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * Keys that are rotated every few requests, on their way from source to server, and no purchase fails because of it.
 */
@Tag("slow")
class KeyRotationTest {

    private static final int SEEDS = Integer.getInteger("ramet.seeds", 150);
    private static final List<String> CODES =
            List.of("AuthFailure.TokenFailure", "AuthFailure.SecretIdNotFound", "AuthFailure.SignatureExpire");

    /**
     * The account's keys. One is valid at a time, and it lives longer than a request takes to arrive, or to be sent
     * again: nothing is rotated while a request with an older key is on its way or was refused.
     */
    private static final class Keys implements CredentialsSource {

        private final Random random;
        private final int every;
        private final Set<String> refused = new HashSet<>();
        private final Map<String, String> onTheirWay = new HashMap<>();
        private final AtomicInteger fetching = new AtomicInteger();
        private final AtomicInteger mostFetching = new AtomicInteger();
        private int current = 1;
        private int arrivals;
        private int refusals;

        Keys(long seed) {
            random = new Random(seed);
            every = 3 + random.nextInt(6);
        }

        @Override
        public String name() {
            return "rotated keys";
        }

        @Override
        public Mono<SourcedCredentials> fetch() {
            return Mono.defer(() -> {
                mostFetching.accumulateAndGet(fetching.incrementAndGet(), Math::max);
                return Mono.delay(Duration.ofMillis(random(2)), Schedulers.parallel())
                        .map(tick -> {
                            // Not in doFinally, which runs after the next fetch may have begun.
                            fetching.decrementAndGet();
                            return key();
                        });
            });
        }

        private synchronized int random(int bound) {
            return random.nextInt(bound);
        }

        private synchronized SourcedCredentials key() {
            Credentials key = new Credentials("id" + current, Secret.of("key" + current), Secret.of("token" + current));
            // Some live for less than a run of a plan, so that they are refreshed in the background as well.
            return new SourcedCredentials(name(), key, Duration.ofMillis(random.nextBoolean() ? 7_200_000 : 40), true);
        }

        private synchronized void leave(ApiRequest request) {
            onTheirWay.put(
                    Ledger.name(request), request.headers().authorization().reveal());
        }

        private boolean isCurrent(String authorization) {
            return authorization.contains("Credential=id" + current + "/");
        }

        private synchronized ApiResponse arrive(ApiRequest request, Ledger books) {
            if (++arrivals > every
                    && refused.isEmpty()
                    && onTheirWay.values().stream().allMatch(this::isCurrent)) {
                arrivals = 1;
                current++;
            }
            String name = Ledger.name(request);
            onTheirWay.remove(name);
            if (isCurrent(request.headers().authorization().reveal())
                    && request.headers().token() != null
                    && request.headers().token().reveal().equals("token" + current)) {
                refused.remove(name);
                return books.deal(request);
            }
            refusals++;
            refused.add(name);
            return books.refusal(request, CODES.get(random.nextInt(CODES.size())));
        }
    }

    @Test
    void noPurchaseFailsBecauseItsKeyWasRotated() {
        AtomicInteger refusals = new AtomicInteger();
        List<String> failures = Flux.range(0, SEEDS)
                .flatMap(
                        seed -> Mono.fromCallable(() -> failureOf(seed, refusals))
                                .subscribeOn(Schedulers.boundedElastic()),
                        4)
                .filter(failure -> !failure.isEmpty())
                .collectList()
                .block(Duration.ofMinutes(10));

        assertThat(failures).isEmpty();
        assertThat(refusals).as("refused requests").hasValueGreaterThan(SEEDS / 2);
    }

    private static String failureOf(int seed, AtomicInteger refusals) {
        try {
            run(seed, refusals);
            return "";
        } catch (RuntimeException | AssertionError failure) {
            return "seed " + seed + ": " + failure;
        }
    }

    private static void run(int seed, AtomicInteger refusals) {
        Random random = new Random(seed);
        Keys keys = new Keys(seed);
        Ledger ledger = new Ledger((call, books) -> call.doOnNext(keys::leave)
                .delayUntil(signed -> Mono.delay(Duration.ofMillis(keys.random(2)), Schedulers.parallel()))
                .map(arrived -> keys.arrive(arrived, books)));
        ClonePlan plan = Fixtures.plan("seed-" + seed, 30 * (2 + random.nextInt(12)));
        try (RefreshingCredentials credentials =
                        RefreshingCredentials.of(keys).random(new Random(seed)).build();
                CloneClient client = CloneClient.builder()
                        .region(Fixtures.REGION)
                        .credentials(credentials)
                        .transport(ledger)
                        .shaper(new UnlimitedShaper())
                        .maxInFlight(1 + random.nextInt(4))
                        .random(new Random(seed))
                        .build()) {
            List<ChunkOutcome> outcomes = client.clone(plan).collectList().block(PATIENCE);

            assertThat(outcomes).hasSize(plan.size()).allMatch(Cloned.class::isInstance);
            assertThat(ledger.executions.values()).allMatch(times -> times == 1);
            assertThat(keys.mostFetching).as("refreshes at once").hasValueLessThanOrEqualTo(1);
            refusals.addAndGet(keys.refusals);
        }
        assertThat(IntStream.range(0, plan.size()).mapToObj(plan::chunk))
                .allMatch(chunk -> ledger.begun.get(chunk.instanceName()) <= 2);
    }
}
