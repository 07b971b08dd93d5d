package io.ramet.reactor.shape;

import static java.util.concurrent.TimeUnit.NANOSECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ramet.error.InvalidValueException;
import io.ramet.reactor.shape.RequestShaper.Permit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.scheduler.VirtualTimeScheduler;

class RequestShaperTest {

    private static final long MILLISECOND = 1_000_000L;
    private static final Duration PERIOD =
            Duration.ofSeconds(1).plus(RequestShaper.JITTER).dividedBy(20);

    private final VirtualTimeScheduler time = VirtualTimeScheduler.create();
    /** A pause of the process: time passes, timers do not fire. */
    private long paused;

    private final RequestShaper shaper =
            RequestShaper.paced(20, RequestShaper.JITTER, time, () -> time.now(NANOSECONDS) + paused);
    private final List<Long> sent = new ArrayList<>();
    private final List<Long> opened = new ArrayList<>();

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void noSecondAtTheServerHasMoreThanTwentyRequestsFromEightCallersUnderJitter(long seed) {
        Random random = new Random(seed);
        Flux.range(0, 8)
                .flatMap(caller -> Flux.range(0, 25).concatMap(call -> request()))
                .subscribe();
        time.advanceTimeBy(Duration.ofMinutes(1));

        List<Long> arrivals = sent.stream()
                .map(nanos -> nanos + random.nextLong(-25 * MILLISECOND, 25 * MILLISECOND))
                .toList();
        assertThat(sent).hasSize(200);
        assertThat(Window.peak(arrivals)).as("seed %d", seed).isEqualTo(20);
        long ideal = 199 * 1000 * MILLISECOND / 20;
        assertThat(sent.get(199) - sent.get(0)).isBetween(ideal, ideal * 106 / 100);
    }

    @Test
    void theFirstRequestDoesNotWait() {
        request().subscribe();
        time.advanceTime();
        assertThat(sent).containsExactly(0L);
    }

    @Test
    void permitsAreGrantedInTheOrderOfTheRequests() {
        List<Integer> order = new ArrayList<>();
        Flux.range(0, 5)
                .flatMap(i -> shaper.shape(Mono.fromRunnable(() -> order.add(i))))
                .subscribe();
        time.advanceTimeBy(Duration.ofSeconds(1));
        assertThat(order).containsExactly(0, 1, 2, 3, 4);
    }

    @Test
    void aRequestWithoutAConnectionWaitsForAnotherPermitIfItsOwnHasExpired() {
        AtomicInteger permits = new AtomicInteger();
        RequestShaper slow = new RequestShaper() {
            @Override
            public <T> Mono<T> shape(Function<Mono<Permit>, Mono<T>> exchange) {
                return exchange.apply(Mono.fromSupplier(() -> permit(permits.incrementAndGet() == 3)));
            }

            @Override
            public void pause(Duration time) {}
        };
        AtomicInteger sendings = new AtomicInteger();
        assertThat(slow.shape(Mono.fromCallable(sendings::incrementAndGet)).block(Duration.ofSeconds(10)))
                .isEqualTo(1);
        assertThat(permits).hasValue(3);
        assertThat(sendings).hasValue(1);
    }

    private static Permit permit(boolean valid) {
        return new Permit() {
            @Override
            public boolean use() {
                return valid;
            }

            @Override
            public void written() {}
        };
    }

    @Test
    void aRequestThatIsCancelledInTheQueueDelaysNoOther() {
        List<Disposable> leaving = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            leaving.add(shaper.shape(Mono.empty()).subscribe());
        }
        request().subscribe();
        leaving.subList(1, 20).forEach(Disposable::dispose);
        time.advanceTimeBy(Duration.ofSeconds(2));
        assertThat(sent).hasSize(1);
        assertThat(sent.get(0)).isLessThanOrEqualTo(53 * MILLISECOND);
    }

    @Test
    void aRequestThatIsCancelledBeforeItQueuesDelaysNoOther() {
        Mono<Void> gone = Mono.error(new IllegalStateException("test"));
        for (int i = 0; i < 20; i++) {
            shaper.shape(Mono.empty()).takeUntilOther(gone).subscribe(nothing -> {}, failure -> {});
        }
        request().subscribe();
        time.advanceTimeBy(Duration.ofSeconds(2));
        assertThat(sent).hasSize(1);
        assertThat(sent.get(0)).isLessThanOrEqualTo(53 * MILLISECOND);
    }

    @Test
    void aBurstAfterIdlenessKeepsToTwentyInAnySecond() {
        request(30);
        time.advanceTimeBy(Duration.ofSeconds(10));
        request(40);
        time.advanceTimeBy(Duration.ofSeconds(10));
        assertThat(sent).hasSize(70);
        assertThat(Window.peak(sent)).isEqualTo(20);
    }

    @ParameterizedTest
    @ValueSource(longs = {30, 60, 200, 999, 5000})
    void aPauseOfTheProcessIsNotFollowedByABurst(long pauseMillis) {
        List<Long> real = new ArrayList<>();
        Flux.range(0, 100)
                .flatMap(i -> shaper.shape(Mono.fromRunnable(() -> real.add(time.now(NANOSECONDS) + paused))))
                .subscribe();
        for (int i = 0; i < 20; i++) {
            time.advanceTimeBy(Duration.ofMillis(210));
            paused += pauseMillis * MILLISECOND;
        }
        time.advanceTimeBy(Duration.ofSeconds(20));
        assertThat(real).hasSize(100);
        List<Long> gaps = Flux.range(1, 99)
                .map(i -> real.get(i) - real.get(i - 1))
                .collectList()
                .block();
        // The gap after a late request is a whole one, less the lateness of a timer.
        assertThat(gaps).allSatisfy(gap -> assertThat(gap).isGreaterThanOrEqualTo(50 * MILLISECOND));
        assertThat(Window.peak(real)).isLessThanOrEqualTo(20);
    }

    @Test
    void aSlowSendingDoesNotBunchWithTheNextOnes() {
        Random random = new Random(3);
        Flux.range(0, 100)
                .flatMap(i -> shaper.shape(Mono.delay(Duration.ofMillis(random.nextInt(10) == 0 ? 300 : 0), time)
                        .doOnNext(done -> sent.add(time.now(NANOSECONDS)))))
                .subscribe();
        time.advanceTimeBy(Duration.ofSeconds(30));
        assertThat(sent).hasSize(100);
        assertThat(Window.peak(sent)).isLessThanOrEqualTo(20);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 5, 20, 40})
    void aSendingThatAlwaysTakesTheSameTimeCostsLittleMoreThanItsTime(long millis) {
        Flux.range(0, 200)
                .flatMap(i -> shaper.shape(
                        Mono.delay(Duration.ofMillis(millis), time).doOnNext(done -> sent.add(time.now(NANOSECONDS)))))
                .subscribe();
        time.advanceTimeBy(Duration.ofSeconds(30));
        assertThat(sent.get(199) - sent.get(0)).isLessThanOrEqualTo((199 * 53 + 8 * millis) * MILLISECOND);
        assertThat(Window.peak(sent)).isEqualTo(20);
    }

    @ParameterizedTest
    @ValueSource(longs = {30, 60, 100, 300, 900})
    void aLatenessThatWasUsualAndEndsDoesNotBunchTheRequestsBeforeAndAfter(long millis) {
        Flux.range(0, 100)
                .flatMap(i -> shaper.shape(Mono.delay(Duration.ofMillis(i < 40 ? millis : 0), time)
                        .doOnNext(done -> sent.add(time.now(NANOSECONDS)))))
                .subscribe();
        time.advanceTimeBy(Duration.ofMinutes(1));
        assertThat(sent).hasSize(100);
        assertThat(Window.peak(sent)).isLessThanOrEqualTo(20);
    }

    @Test
    void aRequestThatIsLateAfterAPauseDoesNotBunchWithTheNextOnes() {
        Flux.range(0, 100)
                .flatMap(i -> shaper.shape(Mono.delay(Duration.ofMillis(i == 11 ? 100 : 0), time)
                        .doOnNext(done -> sent.add(time.now(NANOSECONDS)))))
                .subscribe();
        time.advanceTimeBy(Duration.ofMillis(10 * 52 + 3));
        assertThat(sent).hasSize(10);
        shaper.pause(Duration.ofSeconds(1));
        time.advanceTimeBy(Duration.ofMinutes(1));
        assertThat(sent).hasSize(100);
        assertThat(Window.peak(sent)).isLessThanOrEqualTo(20);
    }

    @Test
    void shapersThatFollowEachOtherWhenTheLastIsQuietKeepThePaceTogether() {
        for (int i = 0; i < 60; i++) {
            RequestShaper next =
                    RequestShaper.paced(20, RequestShaper.JITTER, time, () -> time.now(NANOSECONDS) + paused);
            assertThat(next.quiet().blockOptional(Duration.ZERO)).as("at first").isEmpty();
            AtomicInteger quiet = new AtomicInteger();
            next.shape(Mono.delay(Duration.ofMillis(2), time).doOnNext(done -> sent.add(time.now(NANOSECONDS))))
                    .then(Mono.defer(next::quiet))
                    .subscribe(nothing -> {}, failure -> {}, quiet::incrementAndGet);
            for (int waited = 0; quiet.get() == 0 && waited < 100; waited++) {
                time.advanceTimeBy(Duration.ofMillis(1));
            }
            assertThat(quiet).hasValue(1);
        }
        assertThat(sent).hasSize(60);
        assertThat(Window.peak(sent)).isLessThanOrEqualTo(20);
    }

    @Test
    void aSendingThatNeverEndsDelaysTheOthersByOneSecond() {
        shaper.shape(Mono.never()).subscribe();
        request().subscribe();
        time.advanceTimeBy(Duration.ofSeconds(2));
        assertThat(sent).hasSize(1);
    }

    @Test
    void aRequestWhoseBytesAreWrittenHoldsUpNoOtherHoweverLongItsResponseTakes() {
        Flux.range(0, 3)
                .flatMap(i -> shaper.shape(permit -> permit.doOnNext(Permit::use)
                        .doOnNext(granted -> sent.add(time.now(NANOSECONDS)))
                        .doOnNext(Permit::written)
                        .then(Mono.never())))
                .subscribe();
        time.advanceTimeBy(Duration.ofMillis(110));
        assertThat(sent).hasSize(3);
    }

    @Test
    void aPermitIsGoodForASecondAndForOneExchange() {
        List<Permit> permits = new ArrayList<>();
        shaper.shape(permit -> permit.doOnNext(permits::add).then(Mono.never())).subscribe();
        time.advanceTimeBy(Duration.ofMillis(999));
        assertThat(permits.get(0).use()).isTrue();
        paused = MILLISECOND;
        assertThat(permits.get(0).use())
                .as("a second has passed, and no timer fired")
                .isFalse();
        Disposable ending = shaper.shape(permit -> permit.doOnNext(permits::add).then(Mono.never()))
                .subscribe();
        time.advanceTimeBy(Duration.ofMillis(100));
        ending.dispose();
        assertThat(permits.get(1).use()).as("its exchange has ended").isFalse();
    }

    @Test
    void aConnectionIsOpenedWhenItsPermitIsNear() {
        AtomicInteger connections = new AtomicInteger();
        Flux.range(0, 100)
                .flatMap(
                        i -> shaper.shape(permit -> {
                            connections.incrementAndGet();
                            return permit.doOnNext(granted -> sent.add(time.now(NANOSECONDS)));
                        }),
                        100)
                .subscribe();
        time.advanceTimeBy(Duration.ofSeconds(2));
        assertThat(sent).hasSizeBetween(38, 40);
        assertThat(connections.get() - sent.size()).isBetween(0, 2);
        shaper.pause(Duration.ofSeconds(2));
        time.advanceTimeBy(Duration.ofMillis(1_900));
        assertThat(connections.get() - sent.size()).isBetween(0, 2);
    }

    @Test
    void aSendingThatFailsOrIsCancelledLetsTheNextOnePass() {
        shaper.shape(Mono.error(new IllegalStateException("test"))).subscribe(nothing -> {}, failure -> {});
        Disposable cancelled = shaper.shape(Mono.never()).subscribe();
        request().subscribe();
        time.advanceTimeBy(Duration.ofMillis(60));
        cancelled.dispose();
        time.advanceTimeBy(Duration.ofMillis(60));
        assertThat(sent).hasSize(1);
    }

    @Test
    void aPauseHoldsAllRequestsAndDoesNotEndInABurst() {
        request(60);
        time.advanceTimeBy(Duration.ofMillis(500));
        int before = sent.size();
        shaper.pause(Duration.ofSeconds(1));
        time.advanceTimeBy(Duration.ofMillis(999));
        assertThat(sent).hasSize(before);
        time.advanceTimeBy(Duration.ofSeconds(10));
        assertThat(sent).hasSize(60);
        assertThat(sent.get(before) - sent.get(before - 1)).isGreaterThanOrEqualTo(1000 * MILLISECOND);
        assertThat(sent.get(before + 1) - sent.get(before)).isGreaterThanOrEqualTo(50 * MILLISECOND);
    }

    @Test
    void noConnectionIsOpenedLateAfterAPause() {
        Flux.range(0, 100)
                .flatMap(
                        i -> shaper.shape(permit -> Mono.delay(Duration.ofMillis(200), time)
                                .then(permit)
                                .doOnNext(granted -> sent.add(time.now(NANOSECONDS)))
                                .doOnNext(Permit::written)),
                        100)
                .subscribe();
        time.advanceTimeBy(Duration.ofSeconds(2));
        int before = sent.size();
        shaper.pause(Duration.ofSeconds(1));
        time.advanceTimeBy(Duration.ofSeconds(3));
        assertThat(sent.get(before + 10) - sent.get(before)).isEqualTo(sent.get(before - 1) - sent.get(before - 11));
    }

    @Test
    void aShorterPauseDoesNotEndALongerOne() {
        shaper.pause(Duration.ofSeconds(3));
        shaper.pause(Duration.ofSeconds(1));
        request().subscribe();
        time.advanceTimeBy(Duration.ofSeconds(10));
        assertThat(sent).containsExactly(3000 * MILLISECOND);
    }

    @Test
    void aLimitBelowOneIsRefused() {
        assertThatThrownBy(() -> RequestShaper.paced(0))
                .isInstanceOf(InvalidValueException.class)
                .hasMessage("callsPerSecond 0: must be 1 or more");
    }

    @Test
    void aNegativeJitterIsRefusedAndAJitterOfZeroIsNot() {
        assertThatThrownBy(() -> RequestShaper.paced(1, Duration.ofNanos(-1), time, () -> time.now(NANOSECONDS)))
                .isInstanceOf(InvalidValueException.class)
                .hasMessage("jitter PT-0.000000001S: must not be negative");
        RequestShaper.paced(1, Duration.ZERO, time, () -> time.now(NANOSECONDS))
                .shape(Mono.just(7L))
                .subscribe(sent::add);
        time.advanceTime();
        assertThat(sent).containsExactly(7L);
    }

    @Test
    void aLatenessOfLessThanATokenIsNotCharged() {
        LocalPermitSource permits = new LocalPermitSource(1, Duration.ofSeconds(10), () -> time.now(NANOSECONDS));
        assertThat(permits.acquire().blockOptional())
                .hasValueSatisfying(first -> assertThat(first.delay()).isZero());
        permits.charge(MILLISECOND).block();
        permits.charge(15 * MILLISECOND).block();
        assertThat(permits.acquire().blockOptional())
                .hasValueSatisfying(next -> assertThat(next.delay()).isEqualTo(10_010 * MILLISECOND));
    }

    /** Reactor throws such an error past all operators. */
    @Test
    void aSourceOfPermitsThatFailsWithAnErrorIsAskedAgain() {
        LocalPermitSource permits = new LocalPermitSource(20, Duration.ofSeconds(1), () -> time.now(NANOSECONDS));
        AtomicInteger errors = new AtomicInteger(3);
        PermitSource failing = new PermitSource() {
            @Override
            public Mono<Permit> acquire() {
                fail();
                return permits.acquire();
            }

            @Override
            public Mono<Void> charge(long late) {
                fail();
                return permits.charge(late);
            }

            private void fail() {
                if (errors.getAndDecrement() % 2 == 1) {
                    throw new OutOfMemoryError("unable to create native thread");
                }
            }
        };
        RequestShaper shaper = new BucketShaper(failing, Duration.ofMillis(50), time, () -> time.now(NANOSECONDS));
        for (int i = 0; i < 3; i++) {
            shaper.shape(Mono.delay(Duration.ofMillis(20), time).doOnNext(sending -> sent.add(time.now(NANOSECONDS))))
                    .subscribe();
        }
        time.advanceTimeBy(Duration.ofSeconds(10));
        assertThat(sent).hasSize(3);
    }

    @Test
    void itIsQuietOnePeriodAfterTheLastBytes() {
        time.advanceTimeBy(Duration.ofSeconds(10));
        request().subscribe();
        time.advanceTime();
        AtomicInteger quiet = new AtomicInteger();
        shaper.quiet().subscribe(nothing -> {}, failure -> {}, quiet::incrementAndGet);
        time.advanceTimeBy(PERIOD.minusNanos(1));
        assertThat(quiet).hasValue(0);
        time.advanceTimeBy(Duration.ofNanos(1));
        assertThat(quiet).hasValue(1);
    }

    @ParameterizedTest
    @CsvSource({"150, 1", "151, 2"})
    void aPermitThatItsRequestHasLeftGoesToTheNextOneWhileItIsValid(long millis, int acquired) {
        Source source = new Source(Duration.ofMillis(50), Duration.ofMillis(100));
        RequestShaper shaper = shaper(source);
        Disposable leaving = shaper.shape(Mono.never()).subscribe();
        time.advanceTimeBy(Duration.ofMillis(20));
        leaving.dispose();
        time.advanceTimeBy(Duration.ofMillis(millis - 20));
        shaper.shape(Mono.empty()).subscribe();
        time.advanceTime();
        assertThat(source.acquired).isEqualTo(acquired);
    }

    @ParameterizedTest
    @CsvSource({"2000000, 0", "2000001, 1"})
    void aLatenessOfMoreThanTwoMillisecondsIsCharged(long nanos, int charges) {
        Source source = new Source(Duration.ZERO, Duration.ofDays(1));
        shaper(source).shape(Mono.delay(Duration.ofNanos(nanos), time)).subscribe();
        time.advanceTimeBy(Duration.ofSeconds(1));
        assertThat(source.charged).hasSize(charges);
    }

    @Test
    void aPermitThatIsDueWhenAPauseEndsIsNotLateBecauseOfIt() {
        Source source = new Source(Duration.ofMillis(400), Duration.ofDays(1));
        RequestShaper shaper = shaper(source);
        Flux.range(0, 2)
                .concatMap(i -> shaper.shape(Mono.delay(Duration.ofMillis(40), time)))
                .subscribe();
        shaper.pause(Duration.ofMillis(400));
        time.advanceTimeBy(Duration.ofSeconds(10));
        assertThat(source.charged)
                .as("the second lateness is less unusual")
                .containsExactly(40 * MILLISECOND, 35 * MILLISECOND);
    }

    @Test
    void aConnectionIsOpenedFiftyMillisecondsBeforeItsPermit() {
        Flux.range(0, 3).flatMap(i -> connecting(shaper, Duration.ZERO)).subscribe();
        time.advanceTimeBy(Duration.ofSeconds(1));
        assertThat(opened)
                .containsExactly(
                        0L,
                        PERIOD.minusMillis(50).toNanos(),
                        PERIOD.multipliedBy(2).minusMillis(50).toNanos());
    }

    @Test
    void noConnectionIsOpenedWhileTheRequestBeforeWaitsLongForItsPermit() {
        RequestShaper slow = shaper(new Source(Duration.ofMillis(400), Duration.ofDays(1)));
        connecting(slow, Duration.ofMillis(100)).subscribe();
        time.advanceTimeBy(Duration.ofMillis(300));
        connecting(slow, Duration.ofMillis(100)).subscribe();
        time.advanceTimeBy(Duration.ofSeconds(5));
        assertThat(opened).as("when the first permit is granted").containsExactly(0L, 500 * MILLISECOND);
    }

    @Test
    void noConnectionIsOpenedEarlyWhilePermitsUsuallyTakeLong() {
        RequestShaper slow = shaper(new Source(Duration.ofMillis(400), Duration.ofDays(1)));
        Flux.range(0, 8)
                .concatMap(i -> connecting(slow, Duration.ofMillis(100)))
                .subscribe();
        time.advanceTimeBy(Duration.ofSeconds(10));
        opened.clear();
        connecting(slow, Duration.ofMillis(100)).subscribe();
        connecting(slow, Duration.ofMillis(100)).subscribe();
        time.advanceTimeBy(Duration.ofSeconds(5));
        assertThat(opened).containsExactly(10_000 * MILLISECOND, 10_500 * MILLISECOND);
    }

    @Test
    void aRequestThatWaitsForItsPermitKeepsNoThreadBusy() {
        AtomicInteger looks = new AtomicInteger();
        RequestShaper watched = RequestShaper.paced(20, RequestShaper.JITTER, time, () -> {
            looks.incrementAndGet();
            return time.now(NANOSECONDS);
        });
        Flux.range(0, 2).flatMap(i -> watched.shape(Mono.just(i))).subscribe();
        time.advanceTimeBy(Duration.ofSeconds(1));
        assertThat(looks).hasValueLessThan(100);
    }

    private RequestShaper shaper(PermitSource source) {
        return new BucketShaper(source, PERIOD, time, () -> time.now(NANOSECONDS));
    }

    private Mono<Void> connecting(RequestShaper shaper, Duration taking) {
        return shaper.shape(permit -> {
            opened.add(time.now(NANOSECONDS));
            return (taking.isZero() ? permit : Mono.delay(taking, time).then(permit)).then();
        });
    }

    /** Its permits are valid after the same time each, as if other processes acquired all before. */
    private static final class Source implements PermitSource {

        private final Permit permit;
        private final List<Long> charged = new ArrayList<>();
        private int acquired;

        Source(Duration delay, Duration validFor) {
            this.permit = new Permit(delay.toNanos(), validFor.toNanos());
        }

        @Override
        public Mono<Permit> acquire() {
            return Mono.fromSupplier(() -> {
                acquired++;
                return permit;
            });
        }

        @Override
        public Mono<Void> charge(long late) {
            return Mono.fromRunnable(() -> charged.add(late));
        }
    }

    private void request(int count) {
        Flux.range(0, count).flatMap(i -> request(), count).subscribe();
    }

    private Mono<Void> request() {
        return shaper.shape(Mono.fromRunnable(() -> sent.add(time.now(NANOSECONDS))));
    }
}
