package io.ramet.reactor.shape;

import static java.util.concurrent.TimeUnit.NANOSECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.ramet.reactor.Fixtures;
import io.ramet.reactor.shape.SharedShaperStatus.Mode;
import io.ramet.reactor.shape.VirtualStore.Link;
import io.ramet.reactor.shape.VirtualStore.Way;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.scheduler.VirtualTimeScheduler;

/** Processes that share a limit and do not all have the same number of replicas; in virtual time. */
class SharedReplicasTest {

    private static final long MILLISECOND = 1_000_000L;

    private final VirtualTimeScheduler time = VirtualTimeScheduler.create();
    private final Random random = new Random(1);
    private final VirtualStore store = new VirtualStore(time, random);
    private final List<Link> links = new ArrayList<>();
    private final List<Long> arrivals = new ArrayList<>();

    @ParameterizedTest(name = "{0} of 4 replicas are cut off")
    @ValueSource(ints = {0, 1, 2, 3, 4})
    void aReplicaWithoutANumberBesideReplicasWithSharesSendsNothing(int interrupted) {
        start(4, 4);
        SharedShaper other = start(0);
        advance(10);
        interrupted(interrupted);
        long before = permits(other);
        advance(20);
        assertThat(permits(other)).isEqualTo(before);
        assertThat(other.state().mode()).isEqualTo(Mode.WAITING);
        assertThat(other.state().reason())
                .isEqualTo("replicas is 0 here, and 4 for those that share this limit or have shared it:"
                        + " it must be the same number for all. Once those with the other number are gone, delete what they"
                        + " left behind: in Redis, the key ramet:{account}:shares");
        assertThat(Window.peak(arrivals)).isLessThanOrEqualTo(20);
    }

    @ParameterizedTest(name = "{0} of 5 replicas are cut off")
    @ValueSource(ints = {0, 1, 2, 3, 4})
    void withOneNumberForAllTheLimitIsKeptWhicheverReplicaIsCutOff(int interrupted) {
        start(5, 5);
        advance(10);
        interrupted(interrupted);
        advance(20);
        assertThat(Window.peak(arrivals)).isBetween(15, 20);
    }

    @Test
    void aReplicaWithAnotherNumberJoinsWhenTheOthersHaveLeft() {
        List<SharedShaper> service = start(2, 2);
        advance(5);
        List<SharedShaperStatus> reported = new CopyOnWriteArrayList<>();
        SharedShaper other = begin(3, reported::add);
        advance(10);
        assertThat(permits(other)).isZero();
        Fixtures.await(() -> !reported.isEmpty());
        assertThat(reported)
                .singleElement()
                .satisfies(state -> assertThat(state.reason()).contains("replicas is 3 here, and 2"));
        assertThat(service).allMatch(shaper -> shaper.state().mode() == Mode.SHARED);
        service.forEach(shaper -> shaper.disposeLater().block());
        advance(5);
        assertThat(other.state().mode()).isEqualTo(Mode.SHARED);
        assertThat(permits(other)).isPositive();
    }

    @Test
    void theNumberOfAbsentReplicasIsRemembered() {
        start(4, 4);
        advance(5);
        interrupted(4);
        advance(120);
        SharedShaper other = start(0);
        SharedShaper another = start(5);
        advance(20);
        assertThat(permits(other) + permits(another)).isZero();
        assertThat(Window.peak(arrivals)).isLessThanOrEqualTo(20);
    }

    @Test
    void whenTheStoreHasLostTheNumberTheRegisteredReplicasComeFirst() {
        List<SharedShaper> service = start(4, 4);
        SharedShaper other = start(6);
        advance(10);
        for (int i = 0; i < 20; i++) {
            store.loseAll();
            time.advanceTimeBy(Duration.ofMillis(3000 + random.nextInt(500)));
        }
        assertThat(permits(other)).isZero();
        assertThat(service).allMatch(shaper -> shaper.state().mode() == Mode.SHARED);
        assertThat(Window.peak(arrivals)).isLessThanOrEqualTo(20);
    }

    /** While the limit is shared, a permit comes to each replica more rarely than the limit alone would let it. */
    @ParameterizedTest(name = "cut off: {0}")
    @ValueSource(booleans = {false, true})
    void fewConnectionsAreOpenedInVainHoweverRarelyPermitsCome(boolean isCutOff) {
        AtomicInteger connections = new AtomicInteger();
        for (int i = 0; i < 4; i++) {
            SharedShaper shaper = shaper(4, state -> {});
            Flux.range(0, 1_000_000)
                    .flatMap(
                            request -> shaper.shape(permit ->
                                    connected(connections).then(permit).map(this::send)),
                            40)
                    .subscribe();
        }
        advance(10);
        interrupted(isCutOff ? 4 : 0);
        advance(60);
        assertThat(arrivals).hasSizeGreaterThan(isCutOff ? 800 : 1_000);
        assertThat(connections.get())
                .as("connections for %d requests", arrivals.size())
                .isLessThan(arrivals.size() * 3 / 2);
    }

    private Mono<Void> connected(AtomicInteger connections) {
        return Mono.defer(() -> {
            connections.incrementAndGet();
            return Mono.delay(Duration.ofMillis(300 + random.nextInt(200)), time)
                    .then();
        });
    }

    private boolean send(RequestShaper.Permit permit) {
        if (permit.use()) {
            arrive();
        }
        permit.written();
        return true;
    }

    private List<SharedShaper> start(int replicas, int count) {
        List<SharedShaper> started = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            started.add(start(replicas));
        }
        return started;
    }

    private SharedShaper start(int replicas) {
        return begin(replicas, state -> {});
    }

    private SharedShaper begin(int replicas, Consumer<SharedShaperStatus> listener) {
        SharedShaper shaper = shaper(replicas, listener);
        Flux.range(0, 1_000_000)
                .flatMap(i -> shaper.shape(Mono.<Void>fromRunnable(this::arrive)), 8)
                .subscribe();
        return shaper;
    }

    private SharedShaper shaper(int replicas, Consumer<SharedShaperStatus> listener) {
        Link link = store.new Link();
        links.add(link);
        return SharedShaper.on(link::bucket)
                .membership(link)
                .replicas(replicas)
                .listener(listener)
                .time(time, () -> time.now(NANOSECONDS))
                .random(random)
                .build();
    }

    private void arrive() {
        arrivals.add(time.now(NANOSECONDS) + random.nextInt(50) * MILLISECOND);
    }

    private void interrupted(int count) {
        links.subList(0, count).forEach(link -> link.become(Way.LOSES));
    }

    private void advance(int seconds) {
        for (int i = 0; i < seconds * 10; i++) {
            time.advanceTimeBy(Duration.ofMillis(100));
        }
    }

    private static long permits(SharedShaper shaper) {
        SharedShaperStatus state = shaper.state();
        return state.sharedPermits() + state.ownPermits();
    }
}
