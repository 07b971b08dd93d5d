package io.ramet.reactor.shape;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.NANOSECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.bucket4j.distributed.AsyncBucketProxy;
import io.ramet.error.InvalidValueException;
import io.ramet.reactor.Fixtures;
import io.ramet.reactor.shape.PermitSource.Permit;
import io.ramet.reactor.shape.SharedShaperStatus.Mode;
import io.ramet.reactor.shape.VirtualStore.Link;
import io.ramet.reactor.shape.VirtualStore.Way;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.scheduler.VirtualTimeScheduler;

/** Replicas in virtual time, on a store that misbehaves as a schedule drawn from a seed says. */
class SharedShaperTest {

    private static final long MILLISECOND = 1_000_000L;
    private static final long SECOND = 1000 * MILLISECOND;

    private final VirtualTimeScheduler time = VirtualTimeScheduler.create();
    private final List<Replica> replicas = new ArrayList<>();
    private final List<Long> sent = new ArrayList<>();
    private Random random = new Random(1);
    private VirtualStore store = new VirtualStore(time, random);

    /** A process: its way to the store, its shaper, and its requests. */
    private final class Replica {
        private final Link link = store.new Link();
        private final List<Mode> modes = new ArrayList<>();
        private Mode mode = Mode.WAITING;
        private final SharedShaper shaper;
        private boolean dead;
        private int calls;

        Replica(int configured, int calls) {
            shaper = SharedShaper.on(link::bucket)
                    .membership(link)
                    .replicas(configured)
                    .time(time, () -> time.now(NANOSECONDS))
                    .random(random)
                    .build();
            var unused = time.schedulePeriodically(this::watch, 50, 50, MILLISECONDS);
            calls(calls).subscribe();
        }

        private void watch() {
            Mode now = shaper.state().mode();
            if (now != mode) {
                mode = now;
                modes.add(now);
            }
        }

        Flux<Void> calls(int count) {
            return Flux.range(0, count).flatMap(i -> shaper.shape(Mono.<Void>fromRunnable(this::send)), 8);
        }

        /** A request that is sent so long after its permit. */
        Mono<Void> stalled(Duration by) {
            return shaper.shape(permit ->
                    permit.flatMap(granted -> Mono.delay(by, time).then(Mono.fromRunnable(() -> {
                        if (granted.use()) {
                            send();
                        }
                        granted.written();
                    }))));
        }

        /** Requests that connect before they ask for their permits, 8 at once. */
        Flux<Void> connecting(Duration time) {
            return Flux.range(0, ENDLESS)
                    .flatMap(
                            i -> shaper.shape(permit -> Mono.delay(time, SharedShaperTest.this.time)
                                    .then(permit)
                                    .flatMap(granted -> {
                                        if (granted.use()) {
                                            send();
                                        }
                                        granted.written();
                                        return Mono.<Void>empty();
                                    })),
                            8);
        }

        private void send() {
            if (!dead) {
                calls++;
                sent.add(time.now(NANOSECONDS));
            }
        }

        /** Without leaving the registry. */
        void kill() {
            dead = true;
            link.become(Way.LOSES);
        }
    }

    private static final int ENDLESS = 1_000_000;

    static LongStream seeds() {
        return LongStream.range(0, Long.getLong("ramet.shaper.seeds", 8L));
    }

    @ParameterizedTest
    @Tag("slow")
    @Tag("once")
    @MethodSource("seeds")
    void noSecondAtTheServerHasMoreThanTwentyRequestsWhenTheStoreFails(long seed) {
        random = new Random(seed);
        store = new VirtualStore(time, random);
        int configured = 2 + (int) (seed % 4);
        start(configured, configured);
        List<String> happened = new ArrayList<>();
        Runnable older = store.snapshot();
        for (int i = 0; i < 15; i++) {
            advance(Duration.ofMillis(random.nextInt(6000)));
            Replica one = replicas.get(random.nextInt(configured));
            int what = random.nextInt(8);
            happened.add(time.now(NANOSECONDS) / MILLISECOND + ": " + what);
            switch (what) {
                case 0 -> one.link.become(Way.LOSES);
                case 1 -> one.link.become(Way.HOLDS);
                case 2 -> one.link.become(Way.SLOW);
                case 3 -> replicas.forEach(replica -> replica.link.become(Way.OPEN));
                case 4 -> store.loseBucket();
                case 5 -> outage(store::loseAll);
                case 6 -> failOver(older);
                default -> {
                    one.kill();
                    replicas.set(replicas.indexOf(one), new Replica(configured, ENDLESS));
                }
            }
            older = store.snapshot();
        }
        replicas.forEach(replica -> replica.link.become(Way.OPEN));
        advance(Duration.ofSeconds(8));
        int before = sent.size();
        advance(Duration.ofSeconds(5));

        String story = "seed " + seed + ", " + configured + " replicas, " + happened;
        assertThat(Window.peak(arrivals())).as(story).isLessThanOrEqualTo(20);
        assertThat(replicas)
                .as(story)
                .allMatch(replica -> replica.shaper.state().mode() == Mode.SHARED);
        assertThat(sent.size() - before).as(story).isGreaterThanOrEqualTo(85);
    }

    /** To a node that lacks the last writes and has another clock. */
    private void failOver(Runnable older) {
        outage(() -> {
            older.run();
            store.stepClock(Duration.ofMillis(random.nextInt(-200, 200)));
        });
    }

    private void outage(Runnable after) {
        store.down(true);
        advance(Duration.ofMillis(400 + random.nextInt(8000)));
        after.run();
        store.down(false);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4, 20})
    void replicasThatAreAllRegisteredShareTheWholeLimitFairly(int count) {
        start(count, count);
        advance(Duration.ofSeconds(32));
        List<Long> last = sent.stream().filter(at -> at >= 2 * SECOND).toList();
        assertThat(Window.peak(arrivals())).isLessThanOrEqualTo(20);
        assertThat(last.size()).isBetween(30 * 20 * 100 / 113, 30 * 20 * 100 / 110 + 1);
        assertThat(replicas).allSatisfy(replica -> assertThat(replica.calls).isBetween(160 / count, 1000 / count));
    }

    @Test
    void oneBusyReplicaHasTheWholeLimitWhileTheOthersAreIdle() {
        replicas.add(new Replica(4, ENDLESS));
        start(4, 3, 0);
        advance(Duration.ofSeconds(10));
        int before = sent.size();
        advance(Duration.ofSeconds(10));
        assertThat(sent.size() - before).isGreaterThanOrEqualTo(175);
    }

    @Test
    void theShareOfAnAbsentReplicaIsNotGranted() {
        start(4, 3);
        advance(Duration.ofSeconds(10));
        int before = sent.size();
        advance(Duration.ofSeconds(10));
        assertThat(sent.size() - before).isBetween(125, 150);
    }

    @Test
    void aReplicaThatIsCutOffSendsNothingThenOnItsOwnShareThenSharesAgain() {
        start(4, 4);
        advance(Duration.ofSeconds(10));
        Replica cut = replicas.get(0);
        cut.link.become(Way.LOSES);
        int before = cut.calls;
        advance(Duration.ofMillis(3400));
        assertThat(cut.calls - before).isLessThanOrEqualTo(1);
        assertThat(cut.shaper.state().mode()).isEqualTo(Mode.WAITING);
        assertThat(cut.shaper.state().reason()).isNotEmpty();
        advance(Duration.ofMillis(1100));
        assertThat(cut.shaper.state().mode()).isEqualTo(Mode.OWN_SHARE);
        before = cut.calls;
        advance(Duration.ofSeconds(20));
        assertThat(cut.calls - before).isBetween(85, 100);
        cut.link.become(Way.OPEN);
        advance(Duration.ofSeconds(4));
        assertThat(cut.shaper.state().mode()).isEqualTo(Mode.SHARED);
        assertThat(cut.modes).containsExactly(Mode.SHARED, Mode.WAITING, Mode.OWN_SHARE, Mode.WAITING, Mode.SHARED);
        assertThat(Window.peak(arrivals())).isLessThanOrEqualTo(20);
    }

    @Test
    void aStoreThatIsTooSlowIsNotUsed() {
        start(2, 2);
        replicas.forEach(replica -> replica.link.become(Way.SLOW));
        advance(Duration.ofSeconds(30));
        assertThat(replicas).allMatch(replica -> replica.shaper.state().mode() == Mode.OWN_SHARE);
        assertThat(Window.peak(arrivals())).isLessThanOrEqualTo(20);
    }

    @Test
    void aPermitThatComesTooLateIsNotUsed() {
        start(2, 2);
        advance(Duration.ofSeconds(5));
        replicas.forEach(replica -> replica.link.become(Way.TARDY));
        advance(Duration.ofMillis(500));
        SharedShaperStatus before = replicas.get(0).shaper.state();
        advance(Duration.ofSeconds(2));
        SharedShaperStatus after = replicas.get(0).shaper.state();
        assertThat(after.stale() - before.stale()).isPositive();
        assertThat(after.sharedPermits() - before.sharedPermits()).isLessThanOrEqualTo(1);
    }

    @Test
    void theAgeOfAPermitCountsFromItsRequest() {
        Link tardy = store.new Link();
        SharedPermitSource permits = new SharedPermitSource(
                tardy::bucket,
                new SharedLimit(20, 0, Duration.ofMillis(500)),
                null,
                "one",
                state -> {},
                time,
                () -> time.now(NANOSECONDS),
                random);
        permits.start();
        advance(Duration.ofSeconds(5));
        tardy.become(Way.TARDY);
        List<Permit> acquired = new ArrayList<>();
        permits.acquire().subscribe(acquired::add);
        advance(Duration.ofSeconds(5));
        // Twice to the store and back, each way at least 2 ms.
        assertThat(acquired)
                .singleElement()
                .satisfies(permit -> assertThat(permit.validFor()).isBetween(0L, (150 - 8) * MILLISECOND));
    }

    /**
     * A permit of a replica's own share whose request was cancelled would otherwise be granted much later, beside the
     * shared bucket that has the share by then.
     */
    @Test
    void aPermitOfTheOwnShareIsNotKeptForTheTimeWhenTheLimitIsSharedAgain() {
        start(20, 20, 0);
        store.down(true);
        advance(Duration.ofSeconds(10));
        replicas.forEach(replica -> {
            replica.calls(1).subscribe();
            Disposable cancelled = replica.calls(1).subscribe();
            advance(Duration.ofMillis(10));
            cancelled.dispose();
        });
        store.down(false);
        advance(Duration.ofSeconds(10));
        assertThat(replicas)
                .allMatch(
                        replica -> replica.calls == 1 && replica.shaper.state().mode() == Mode.SHARED);
        replicas.get(0).calls(ENDLESS).subscribe();
        advance(Duration.ofSeconds(10));
        replicas.forEach(replica -> replica.calls(1).subscribe());
        advance(Duration.ofSeconds(10));
        assertThat(Window.peak(sent)).isLessThanOrEqualTo(20);
    }

    /** Its permit comes after a second, and its request is sent a second later. */
    @ParameterizedTest
    @ValueSource(ints = {0, 250})
    void theOwnShareIsNotLentWhileARequestOfItMayStillBeSent(int later) {
        start(20, 20, 0);
        // So long that they lend their shares, and may lend them again as soon as they return.
        advance(Duration.ofSeconds(5));
        List<Replica> late = replicas.subList(0, 15);
        late.forEach(replica -> replica.link.become(Way.LOSES));
        replicas.subList(15, 20).forEach(replica -> replica.calls(ENDLESS).subscribe());
        advance(Duration.ofMillis(10_000 + later));
        late.forEach(replica -> replica.stalled(Duration.ZERO).subscribe());
        advance(Duration.ofMillis(10));
        late.forEach(replica -> replica.stalled(Duration.ofMillis(980)).subscribe());
        advance(Duration.ofMillis(10));
        late.forEach(replica -> replica.link.become(Way.OPEN));
        advance(Duration.ofSeconds(10));
        assertThat(late).allMatch(replica -> replica.calls == 2);
        assertThat(Window.peak(sent)).isLessThanOrEqualTo(20);
    }

    /** As with an account of Redis that may read and not write sorted sets. */
    @Test
    void aReplicaThatMayNotRegisterSaysWhy() {
        Link link = store.new Link();
        List<String> reasons = new ArrayList<>();
        SharedShaper shaper = SharedShaper.on(link::bucket)
                .membership(new Membership() {
                    @Override
                    public Mono<Members> call(Membership.Replica replica, Duration until) {
                        return until.isZero()
                                ? link.call(replica, until)
                                : Mono.error(new IllegalStateException("no permission"));
                    }

                    @Override
                    public Mono<Void> leave(Membership.Replica replica) {
                        return link.leave(replica);
                    }
                })
                .replicas(2)
                .time(time, () -> time.now(NANOSECONDS))
                .random(random)
                .build();
        for (int i = 0; i < 100; i++) {
            advance(Duration.ofMillis(100));
            reasons.add(shaper.state().reason());
        }
        assertThat(reasons).contains("the members are no longer known: the members cannot be read: no permission");
    }

    /** A request connects, closes the connection when it has waited for half a second, and connects again. */
    @ParameterizedTest
    @ValueSource(ints = {10, 43, 47, 50, 60, 100})
    @Tag("slow")
    @Tag("once")
    void theOwnShareIsUsedHoweverLongConnectingTakes(int connecting) {
        start(10, 10, 0);
        store.down(true);
        advance(Duration.ofSeconds(10));
        replicas.forEach(
                replica -> replica.connecting(Duration.ofMillis(connecting)).subscribe());
        advance(Duration.ofSeconds(120));
        assertThat(replicas)
                .extracting(replica -> replica.calls)
                .allSatisfy(calls -> assertThat(calls).isBetween(200, 219));
        assertThat(Window.peak(sent)).isLessThanOrEqualTo(20);
    }

    /** A failover to a node with another clock, from which one replica is cut off. */
    @ParameterizedTest
    @ValueSource(ints = {400, 1_500, 3_000, 5_000, 8_000, 60_000})
    void aClockThatStepsBackKeepsNoRegistrationOfAReplicaThatIsCutOff(int step) {
        start(4, 4);
        advance(Duration.ofMillis(8_300));
        store.stepClock(Duration.ofMillis(-step));
        store.loseBucket();
        replicas.get(0).link.become(Way.LOSES);
        advance(Duration.ofSeconds(20));
        assertThat(replicas.get(0).shaper.state().mode()).isEqualTo(Mode.OWN_SHARE);
        assertThat(Window.peak(sent)).isLessThanOrEqualTo(20);
    }

    static List<Error> errors() {
        return List.of(new NoClassDefFoundError("driver/Rare"), new StackOverflowError("driver"));
    }

    @ParameterizedTest
    @MethodSource("errors")
    void aBackEndThatFailsWithAnErrorForAWhileIsUsedAgain(Error error) {
        AtomicInteger errors = new AtomicInteger(2);
        Link link = store.new Link();
        SharedShaper shaper = SharedShaper.on(configuration -> {
                    AsyncBucketProxy bucket = link.bucket(configuration);
                    return (AsyncBucketProxy) Proxy.newProxyInstance(
                            getClass().getClassLoader(),
                            new Class<?>[] {AsyncBucketProxy.class},
                            (proxy, method, arguments) -> {
                                if (errors.getAndDecrement() > 0) {
                                    throw error;
                                }
                                return method.invoke(bucket, arguments);
                            });
                })
                .time(time, () -> time.now(NANOSECONDS))
                .random(random)
                .build();
        AtomicInteger sending = new AtomicInteger();
        shaper.shape(Mono.fromRunnable(sending::incrementAndGet)).subscribe();
        advance(Duration.ofSeconds(10));
        assertThat(errors).hasNonPositiveValue();
        assertThat(sending).hasValue(1);
    }

    @ParameterizedTest
    @MethodSource("errors")
    void aHeartbeatThatFailsWithAnErrorIsNotTheLast(Error error) {
        AtomicInteger errors = new AtomicInteger(3);
        Link link = store.new Link();
        SharedShaper shaper = SharedShaper.on(link::bucket)
                .membership((Membership) Proxy.newProxyInstance(
                        getClass().getClassLoader(), new Class<?>[] {Membership.class}, (proxy, method, arguments) -> {
                            if (errors.getAndDecrement() > 0) {
                                throw error;
                            }
                            return method.invoke(link, arguments);
                        }))
                .replicas(2)
                .time(time, () -> time.now(NANOSECONDS))
                .random(random)
                .build();
        advance(Duration.ofSeconds(10));
        assertThat(shaper.state().mode()).isEqualTo(Mode.SHARED);
    }

    /** Such as one that writes to a pipe whose reader is paused. */
    @Test
    void aListenerThatBlocksHoldsUpNoPermit() {
        CountDownLatch reading = new CountDownLatch(1);
        List<Mode> reported = new CopyOnWriteArrayList<>();
        Link link = store.new Link();
        SharedShaper shaper = SharedShaper.on(link::bucket)
                .membership(link)
                .replicas(1)
                .listener(state -> {
                    Fixtures.await(() -> reading.getCount() == 0);
                    reported.add(state.mode());
                })
                .time(time, () -> time.now(NANOSECONDS))
                .random(random)
                .build();
        Flux.range(0, 100)
                .flatMap(i -> shaper.shape(Mono.<Void>fromRunnable(() -> sent.add(time.now(NANOSECONDS)))))
                .subscribe();
        advance(Duration.ofSeconds(10));
        link.become(Way.LOSES);
        advance(Duration.ofSeconds(10));
        assertThat(sent).hasSize(100);
        assertThat(shaper.state().mode()).isEqualTo(Mode.OWN_SHARE);
        reading.countDown();
        Fixtures.await(() -> reported.contains(Mode.OWN_SHARE));
    }

    /** Such as a Redis whose memory is full: it can be read, and refuses what makes it larger. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aStoreThatCanBeReadButNotWrittenIsNotUsed(boolean fromTheStart) {
        if (!fromTheStart) {
            start(4, 4);
            advance(Duration.ofSeconds(10));
        }
        store.full(true);
        if (fromTheStart) {
            start(4, 4);
        }
        advance(Duration.ofSeconds(10));
        int before = sent.size();
        replicas.forEach(replica -> replica.modes.clear());
        advance(Duration.ofSeconds(30));
        assertThat(sent.size() - before).isGreaterThanOrEqualTo(500);
        assertThat(replicas).allSatisfy(replica -> {
            assertThat(replica.modes).isEmpty();
            assertThat(replica.shaper.state().mode()).isEqualTo(Mode.OWN_SHARE);
            assertThat(replica.shaper.state().reason()).contains("full");
        });
        store.full(false);
        advance(Duration.ofSeconds(5));
        assertThat(replicas).allMatch(replica -> replica.shaper.state().mode() == Mode.SHARED);
        assertThat(Window.peak(arrivals())).isLessThanOrEqualTo(20);
    }

    /** Such as a key of Redis that holds something else: the members can be read, but the bucket cannot. */
    @Test
    void aBucketThatCannotBeReadIsNotUsedThoughTheMembersAreKnown() {
        start(4, 4);
        advance(Duration.ofSeconds(10));
        store.damaged(true);
        advance(Duration.ofSeconds(10));
        int before = sent.size();
        advance(Duration.ofSeconds(30));
        assertThat(sent.size() - before).isGreaterThanOrEqualTo(500);
        store.damaged(false);
        advance(Duration.ofSeconds(5));
        assertThat(replicas).allMatch(replica -> replica.shaper.state().mode() == Mode.SHARED);
        assertThat(Window.peak(arrivals())).isLessThanOrEqualTo(20);
    }

    @Test
    void withoutSharesNothingIsSentWhileTheStoreIsDown() {
        start(0, 3);
        advance(Duration.ofSeconds(5));
        store.down(true);
        advance(Duration.ofMillis(100));
        int before = sent.size();
        advance(Duration.ofMinutes(10));
        assertThat(sent).hasSize(before);
        assertThat(replicas).allMatch(replica -> replica.shaper.state().mode() == Mode.WAITING);
        store.loseAll();
        store.down(false);
        advance(Duration.ofSeconds(5));
        assertThat(sent.size() - before).isGreaterThanOrEqualTo(50);
        assertThat(Window.peak(arrivals())).isLessThanOrEqualTo(20);
    }

    @Test
    void aClosedReplicaIsNoLongerCountedAndSendsNothing() {
        start(2, 2);
        advance(Duration.ofSeconds(5));
        Replica closed = replicas.get(0);
        closed.shaper.disposeLater().block();
        advance(Duration.ofMillis(100));
        int before = closed.calls;
        advance(Duration.ofSeconds(10));
        assertThat(closed.calls).isEqualTo(before);
        assertThat(replicas.get(1).shaper.state().present()).isEqualTo(1);
    }

    @Test
    void sharesNeedAMembership() {
        assertThatThrownBy(
                        () -> SharedShaper.on(configuration -> null).replicas(2).build())
                .isInstanceOf(InvalidValueException.class)
                .hasMessage("replicas 2: needs a membership");
    }

    private void start(int configured, int count) {
        start(configured, count, ENDLESS);
    }

    private void start(int configured, int count, int calls) {
        IntStream.range(0, count).forEach(i -> replicas.add(new Replica(configured, calls)));
    }

    private void advance(Duration by) {
        time.advanceTimeBy(by);
    }

    /** At the server, after ±25 ms of jitter on the way. */
    private List<Long> arrivals() {
        Random jitter = new Random(random.nextLong());
        return sent.stream()
                .map(at -> at + jitter.nextLong(-25 * MILLISECOND, 25 * MILLISECOND))
                .toList();
    }
}
