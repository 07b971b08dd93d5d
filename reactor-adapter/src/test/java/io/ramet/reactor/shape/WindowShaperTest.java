package io.ramet.reactor.shape;

import static java.util.concurrent.TimeUnit.NANOSECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ramet.error.InvalidValueException;
import io.ramet.reactor.shape.RequestShaper.Permit;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.scheduler.VirtualTimeScheduler;

/**
 * Requests through a simulated network in virtual time: when each is sent, and how many the server receives in a
 * second.
 */
class WindowShaperTest {

    private static final long MILLISECOND = 1_000_000L;

    private final VirtualTimeScheduler time = VirtualTimeScheduler.create();
    /** A pause of the process: time passes, timers do not fire. */
    private long paused;

    private final RequestShaper window = RequestShaper.window(20, RequestShaper.JITTER, time, this::now);
    private final RequestShaper strict = RequestShaper.strict(20, time, this::now);

    private Supplier<Duration> connecting = () -> Duration.ZERO;
    private Supplier<Duration> journal = () -> Duration.ZERO;
    private Supplier<Duration> way = () -> Duration.ofMillis(5);
    private Supplier<Duration> serving = () -> Duration.ofMillis(40);
    private long blackoutFrom = Long.MAX_VALUE;
    private long blackoutUntil;

    private final List<Long> sent = new ArrayList<>();
    private final List<Long> arrived = new ArrayList<>();
    private int connections;
    private int responses;
    private int expired;

    @ParameterizedTest
    @CsvSource({"1, 0", "9, 0", "20, 0", "34, 1050", "40, 1050", "100, 4200", "1000, 51450"})
    void everyWindowIsUsed(int calls, long millis) {
        send(window, calls);
        time.advanceTimeBy(Duration.ofMinutes(2));
        assertThat(responses).isEqualTo(calls);
        assertThat(last(sent) - sent.get(0)).isLessThanOrEqualTo((millis + 5) * MILLISECOND);
        assertThat(Window.peak(arrived)).isEqualTo(Math.min(calls, 20));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void noSecondAtTheServerHasMoreThanTwentyRequestsWhateverIsLate(long seed) {
        Random random = new Random(seed);
        connecting = () -> Duration.ofMillis(random.nextInt(10) == 0 ? 400 : random.nextInt(30));
        journal = () -> Duration.ofMillis(random.nextInt(20) == 0 ? random.nextInt(1_500) : random.nextInt(8));
        way = () -> Duration.ofNanos(random.nextLong(10 * MILLISECOND, 60 * MILLISECOND));
        serving = () -> Duration.ofMillis(random.nextInt(15) == 0 ? 2_000 : 20 + random.nextInt(200));
        List<Disposable> requests = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            requests.add(request(window).subscribe(done -> {}, failure -> {}));
        }
        for (int i = 0; i < 400; i++) {
            time.advanceTimeBy(Duration.ofMillis(1 + random.nextInt(200)));
            if (random.nextInt(20) == 0) {
                paused += random.nextLong(3_000) * MILLISECOND;
            }
            if (random.nextInt(4) == 0) {
                requests.get(random.nextInt(requests.size())).dispose();
            }
        }
        time.advanceTimeBy(Duration.ofMinutes(2));
        assertThat(Window.peak(arrived)).as("seed %d", seed).isEqualTo(20);
    }

    /** More than {@link RequestShaper#JITTER} absorbs: ±40 ms on a way of 80 ms. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void underGreaterJitterNoSecondHasMoreThanTwentyOneRequests(long seed) {
        Random random = new Random(seed);
        way = () -> Duration.ofNanos(random.nextLong(40 * MILLISECOND, 120 * MILLISECOND));
        send(window, 300);
        time.advanceTimeBy(Duration.ofMinutes(2));
        assertThat(responses).isEqualTo(300);
        assertThat(Window.peak(arrived)).as("seed %d", seed).isLessThanOrEqualTo(21);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void theStrictFormKeepsToTwentyUnderAnyJitter(long seed) {
        Random random = new Random(seed);
        way = () -> Duration.ofMillis(random.nextInt(900));
        send(strict, 200);
        time.advanceTimeBy(Duration.ofMinutes(2));
        assertThat(responses).isEqualTo(200);
        assertThat(Window.peak(arrived)).as("seed %d", seed).isEqualTo(20);
    }

    @Test
    void aPermitOfTheStrictFormComesBackOnlyASecondAfterTheResponse() {
        serving = () -> Duration.ofSeconds(5);
        send(strict, 21);
        time.advanceTimeBy(Duration.ofSeconds(30));
        assertThat(sent.get(20)).isEqualTo(6_010 * MILLISECOND);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aBlackoutOfTwoSecondsDoesNotEndInABurst(boolean strictly) {
        send(strictly ? strict : window, 300);
        blackoutFrom = 5_000 * MILLISECOND;
        blackoutUntil = 7_000 * MILLISECOND;
        time.advanceTimeBy(Duration.ofMinutes(2));
        assertThat(responses).isEqualTo(300);
        assertThat(Window.peak(arrived)).isEqualTo(20);
        assertThat(sent)
                .filteredOn(at -> at >= blackoutFrom && at < blackoutUntil)
                .hasSizeLessThanOrEqualTo(20);
    }

    @Test
    void nothingIsSentIntoSilenceAndAResponseEndsIt() {
        send(window, 20);
        time.advanceTimeBy(Duration.ofSeconds(3));
        serving = () -> Duration.ofMillis(1_700);
        send(window, 1);
        time.advanceTimeBy(Duration.ofMillis(500));
        serving = () -> Duration.ofMillis(40);
        send(window, 5);
        time.advanceTimeBy(Duration.ofMillis(1_200));
        assertThat(sent).hasSize(21);
        time.advanceTimeBy(Duration.ofMillis(200));
        assertThat(sent).hasSize(26);
    }

    /** Otherwise one slow purchase would hold up all others for as long as it takes. */
    @Test
    void oneRequestIsSentIntoALongSilence() {
        send(window, 20);
        time.advanceTimeBy(Duration.ofSeconds(3));
        serving = () -> Duration.ofSeconds(50);
        send(window, 1);
        time.advanceTimeBy(Duration.ofMillis(500));
        serving = () -> Duration.ofMillis(40);
        send(window, 5);
        time.advanceTimeBy(Duration.ofMillis(1_520));
        assertThat(sent).hasSize(22);
        assertThat(connections).as("none is opened for the others").isEqualTo(22);
        time.advanceTimeBy(Duration.ofMillis(200));
        assertThat(sent).hasSize(26);
    }

    /** It holds one permit of twenty. */
    @Test
    void oneSlowPurchaseCostsItsOwnPermitOnly() {
        send(window, 20);
        time.advanceTimeBy(Duration.ofSeconds(3));
        serving = () -> Duration.ofMinutes(10);
        send(window, 1);
        serving = () -> Duration.ofMillis(40);
        time.advanceTimeBy(Duration.ofSeconds(3));
        send(window, 1_900);
        long began = now();
        time.advanceTimeBy(Duration.ofMinutes(5));
        long ideal = 94 * 1_050 * MILLISECOND;
        assertThat(sent).hasSize(1_921);
        assertThat(last(sent) - began).isLessThan(ideal * 1_055 / 1_000);
        assertThat(Window.peak(arrived)).isEqualTo(20);
    }

    /** A delay of more than the jitter, and of less than it takes to notice a silence. */
    @ParameterizedTest
    @ValueSource(longs = {60, 100, 150, 200, 250, 290, 340})
    void aHiccupOfTheNetworkDoesNotDoubleAWindow(long millis) {
        send(window, 400);
        for (long at = 5_250; at < 20_000; at += 7_350) {
            time.advanceTimeTo(Instant.ofEpochMilli(at - 1));
            blackoutFrom = at * MILLISECOND;
            blackoutUntil = blackoutFrom + millis * MILLISECOND;
            time.advanceTimeTo(Instant.ofEpochMilli(at + 500));
        }
        time.advanceTimeBy(Duration.ofMinutes(2));
        assertThat(responses).isEqualTo(400);
        assertThat(Window.peak(arrived)).isEqualTo(20);
    }

    @Test
    void aRequestThatIsDelayedOnItsWayKeepsItsPermitUntilItsResponse() {
        send(window, 20);
        time.advanceTimeBy(Duration.ofSeconds(3));
        way = () -> Duration.ofSeconds(3);
        send(window, 1);
        time.advanceTimeBy(Duration.ofMillis(1));
        way = () -> Duration.ofMillis(5);
        send(window, 300);
        time.advanceTimeBy(Duration.ofMinutes(1));
        assertThat(responses).isEqualTo(321);
        assertThat(Window.peak(arrived)).isEqualTo(20);
    }

    /** Where responses usually take longer than a window, time alone would give these permits back. */
    @Test
    void requestsThatWereHeldUpKeepTheirPermitsForAWindowAfterTheSilence() {
        serving = () -> Duration.ofMillis(1_300);
        send(window, 20);
        time.advanceTimeBy(Duration.ofSeconds(5));
        serving = () -> Duration.ofMillis(40);
        blackoutFrom = now();
        blackoutUntil = now() + 6_000 * MILLISECOND;
        send(window, 20);
        time.advanceTimeBy(Duration.ofMillis(4_500));
        send(window, 20);
        time.advanceTimeBy(Duration.ofSeconds(30));
        assertThat(responses).isEqualTo(60);
        assertThat(Window.peak(arrived)).isEqualTo(20);
    }

    @Test
    void aRequestThatHasFailedIsNoSilence() {
        send(window, 20);
        time.advanceTimeBy(Duration.ofSeconds(3));
        window.shape(permit -> permit.doOnNext(Permit::use)
                        .then(after(Duration.ofMillis(100)))
                        .then(Mono.error(new IllegalStateException("test"))))
                .subscribe(nothing -> {}, failure -> {});
        time.advanceTimeBy(Duration.ofSeconds(1));
        send(window, 5);
        time.advanceTimeBy(Duration.ofMillis(1));
        assertThat(sent).hasSize(25);
    }

    @ParameterizedTest
    @CsvSource({"90, 1050", "91, 1101"})
    void aResponseThatIsLaterThanUsualByMoreThanTheJitterDelaysItsPermit(long millis, long next) {
        send(window, 20);
        time.advanceTimeBy(Duration.ofSeconds(3));
        // Usually 50 ms: 40 at the server and 5 each way.
        serving = () -> Duration.ofMillis(millis);
        send(window, 40);
        time.advanceTimeBy(Duration.ofSeconds(10));
        assertThat(sent.get(40) - sent.get(39)).isEqualTo(next * MILLISECOND);
    }

    @Test
    void aPermitComesBackByTimeThoughResponsesUsuallyTakeLongerAndItsBytesLeftLater() {
        serving = () -> Duration.ofSeconds(5);
        send(window, 20);
        time.advanceTimeBy(Duration.ofSeconds(10));
        journal = () -> Duration.ofMillis(10);
        send(window, 21);
        time.advanceTimeBy(Duration.ofMillis(1_070));
        assertThat(sent).hasSize(41);
    }

    @Test
    void lostPacketsThatAreSentAgainBreakNoWindow() {
        Random random = new Random(7);
        way = () -> Duration.ofMillis(random.nextInt(100) < 2 ? 205 : 5);
        send(window, 1_000);
        time.advanceTimeBy(Duration.ofMinutes(2));
        assertThat(responses).isEqualTo(1_000);
        assertThat(Window.peak(arrived)).isEqualTo(20);
    }

    @Test
    void itIsQuietWhenTheLastPermitIsBack() {
        assertThat(window.quiet().blockOptional(Duration.ZERO)).as("at first").isEmpty();
        send(window, 20);
        time.advanceTimeBy(Duration.ofMillis(200));
        AtomicBoolean quiet = new AtomicBoolean();
        window.quiet().subscribe(nothing -> {}, failure -> {}, () -> quiet.set(true));
        time.advanceTimeBy(Duration.ofMillis(849));
        assertThat(quiet).isFalse();
        time.advanceTimeBy(Duration.ofMillis(1));
        assertThat(quiet).isTrue();
        send(RequestShaper.window(20, RequestShaper.JITTER, time, this::now), 20);
        time.advanceTimeBy(Duration.ofSeconds(5));
        assertThat(Window.peak(arrived)).isEqualTo(20);
        assertThat(window.quiet().blockOptional(Duration.ZERO)).isEmpty();
    }

    @Test
    void beforeTheFirstResponseAtMostOneWindowIsSent() {
        serving = () -> Duration.ofSeconds(4);
        send(window, 60);
        time.advanceTimeBy(Duration.ofSeconds(4));
        assertThat(sent).hasSize(20);
        time.advanceTimeBy(Duration.ofMillis(20));
        assertThat(sent).hasSize(40);
        time.advanceTimeBy(Duration.ofMillis(1_060));
        assertThat(sent).hasSize(60);
    }

    @Test
    void aRequestCancelledBetweenPermitAndSendingGivesThePermitBackAtOnce() {
        journal = () -> Duration.ofMillis(600);
        List<Disposable> leaving = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            leaving.add(request(window).subscribe());
        }
        time.advanceTimeBy(Duration.ofMillis(500));
        leaving.forEach(Disposable::dispose);
        journal = () -> Duration.ZERO;
        send(window, 20);
        time.advanceTimeBy(Duration.ofMillis(1));
        assertThat(sent).hasSize(20);
    }

    @Test
    void aPermitWhoseRequestGotStuckExpiresAndComesBack() {
        journal = () -> Duration.ofSeconds(3);
        send(window, 20);
        time.advanceTimeBy(Duration.ofMillis(500));
        journal = () -> Duration.ZERO;
        send(window, 20);
        time.advanceTimeBy(Duration.ofMillis(600));
        assertThat(sent).hasSize(20);
        time.advanceTimeBy(Duration.ofSeconds(5));
        assertThat(expired).isEqualTo(20);
        assertThat(sent).hasSize(20);
    }

    @ParameterizedTest
    @CsvSource({"999, 0", "1000, 1"})
    void aPermitIsGoodForASecond(long millis, int late) {
        journal = () -> Duration.ofMillis(millis);
        send(window, 1);
        time.advanceTimeBy(Duration.ofSeconds(2));
        assertThat(expired).isEqualTo(late);
    }

    @Test
    void aPauseBeforeTheFirstRequestHoldsItForNoLonger() {
        window.pause(Duration.ofSeconds(1));
        send(window, 1);
        time.advanceTimeBy(Duration.ofSeconds(3));
        assertThat(sent).containsExactly(1_000 * MILLISECOND);
    }

    @Test
    void throttlingPausesAllRequestsThenPacesThemUntilTenQuietSecondsHavePassed() {
        send(window, 5);
        time.advanceTimeBy(Duration.ofSeconds(5));
        sent.clear();
        long throttledAt = now();
        window.pause(Duration.ofSeconds(1));
        send(window, 300);
        time.advanceTimeBy(Duration.ofMinutes(1));
        assertThat(sent.get(0) - throttledAt).isEqualTo(1_000 * MILLISECOND);
        List<Long> paced = sent.stream()
                .filter(at -> at < throttledAt + 11_000 * MILLISECOND)
                .toList();
        assertThat(paced).hasSizeBetween(185, 192);
        for (int i = 1; i < paced.size(); i++) {
            assertThat(paced.get(i) - paced.get(i - 1)).isGreaterThanOrEqualTo(52 * MILLISECOND);
        }
        assertThat(last(sent) - throttledAt).isLessThan(17_500 * MILLISECOND);
        assertThat(Window.peak(arrived)).isEqualTo(20);
        sent.clear();
        send(window, 20);
        time.advanceTimeBy(Duration.ofMillis(1));
        assertThat(sent).as("no longer paced").hasSize(20);
    }

    @Test
    void aConnectionIsOpenedWhenItsPermitIsNear() {
        connecting = () -> Duration.ofMillis(60);
        send(window, 200);
        time.advanceTimeBy(Duration.ofMillis(800));
        assertThat(connections).isEqualTo(20);
        time.advanceTimeBy(Duration.ofMillis(240));
        assertThat(connections).isEqualTo(40);
        assertThat(sent).hasSize(20);
    }

    @Test
    void aConnectionIsOpenedWhenItsPermitIsNearAlsoWhileRequestsArePaced() {
        connecting = () -> Duration.ofMillis(60);
        send(window, 20);
        time.advanceTimeBy(Duration.ofSeconds(3));
        window.pause(Duration.ofSeconds(1));
        send(window, 100);
        time.advanceTimeBy(Duration.ofMillis(1_600));
        assertThat(sent).hasSizeBetween(30, 33);
        assertThat(connections - sent.size()).isBetween(1, 4);
    }

    @Test
    void aConnectionWaitsForAtMostHalfASecondAndItsRequestKeepsItsPlace() {
        send(window, 20);
        time.advanceTimeBy(Duration.ofMillis(1_000));
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            int number = i;
            request(window).doOnNext(done -> order.add(number)).subscribe();
        }
        // They have connected, and now all requests pause.
        int before = connections;
        window.pause(Duration.ofSeconds(2));
        time.advanceTimeBy(Duration.ofMillis(500));
        assertThat(connections).isEqualTo(before);
        time.advanceTimeBy(Duration.ofSeconds(5));
        assertThat(connections).isEqualTo(before + 3);
        assertThat(order).containsExactly(0, 1, 2);
    }

    @Test
    void aRequestThatConnectsSlowlyHoldsUpNoOther() {
        connecting = () -> Duration.ofSeconds(9);
        send(window, 1);
        connecting = () -> Duration.ZERO;
        send(window, 19);
        time.advanceTimeBy(Duration.ofMillis(1));
        assertThat(sent).hasSize(19);
    }

    @Test
    void aLimitBelowOneIsRefused() {
        assertThatThrownBy(() -> RequestShaper.window(0))
                .isInstanceOf(InvalidValueException.class)
                .hasMessage("callsPerSecond 0: must be 1 or more");
        assertThat(RequestShaper.window(1)).isNotNull();
    }

    @Test
    void aNegativeJitterIsRefused() {
        assertThatThrownBy(() -> RequestShaper.window(1, Duration.ofNanos(-1), time, this::now))
                .isInstanceOf(InvalidValueException.class)
                .hasMessage("jitter PT-0.000000001S: must not be negative");
    }

    @Test
    void requestsAreNoLongerPacedTenSecondsAfterThePause() {
        window.pause(Duration.ofSeconds(1));
        time.advanceTimeBy(Duration.ofSeconds(11));
        send(window, 5);
        time.advanceTime();
        assertThat(sent).hasSize(5);
    }

    /** Some permits are free and others come back soon, while more requests wait than there are free permits. */
    @Test
    void aConnectionIsOpenedForAPermitThatComesBackSoonWhileOthersConnect() {
        send(window, 3);
        time.advanceTimeBy(Duration.ofMillis(700));
        send(window, 14);
        time.advanceTimeBy(Duration.ofMillis(310));
        connecting = () -> Duration.ofMillis(400);
        send(window, 10);
        time.advanceTime();
        assertThat(connections).as("three permits are free, and three are near").isEqualTo(17 + 6);
    }

    @Test
    void aPermitWhoseBytesLeaveWhenAnotherRequestWaitsAlreadyComesBackInTime() {
        serving = () -> Duration.ofSeconds(2);
        send(window, 1);
        time.advanceTimeBy(Duration.ofSeconds(5));
        Flux.range(0, 20)
                .flatMap(
                        i -> window.shape(permit -> permit.doOnNext(Permit::use)
                                .delayUntil(granted -> after(Duration.ofMillis(100)))
                                .doOnNext(Permit::written)
                                .then(Mono.never())),
                        20)
                .subscribe();
        time.advanceTimeBy(Duration.ofMillis(50));
        send(window, 1);
        time.advanceTimeBy(Duration.ofSeconds(3));
        assertThat(last(sent)).isEqualTo((5_000 + 100 + 1_050) * MILLISECOND);
    }

    /** The network may have held up requests in the silence, so they may arrive at its end. */
    @Test
    void aPermitThatWasUsedInTheSilenceComesBackOneWindowAfterItsEnd() {
        serving = () -> Duration.ofMillis(1_490);
        send(window, 1);
        time.advanceTimeBy(Duration.ofSeconds(5));
        serving = () -> Duration.ofMillis(4_790);
        send(window, 1);
        time.advanceTimeBy(Duration.ofMillis(4_600));
        serving = () -> Duration.ofSeconds(10);
        send(window, 1);
        assertThat(last(sent)).as("the one that is sent into the silence").isEqualTo(9_600 * MILLISECOND);
        time.advanceTimeBy(Duration.ofMillis(200));
        assertThat(responses).as("the silence has ended").isEqualTo(2);
        time.advanceTimeBy(Duration.ofMillis(100));
        send(window, 20);
        time.advanceTimeBy(Duration.ofSeconds(5));
        sent.sort(null);
        assertThat(sent.subList(21, 23))
                .as("one permit comes back a second after its response, the other a window after the silence")
                .containsExactly((9_800 + 1_000) * MILLISECOND, (9_800 + 1_050) * MILLISECOND);
    }

    @Test
    void aRequestThatWaitsForItsPermitKeepsNoThreadBusy() {
        AtomicInteger looks = new AtomicInteger();
        RequestShaper watched = RequestShaper.window(20, RequestShaper.JITTER, time, () -> {
            looks.incrementAndGet();
            return now();
        });
        send(watched, 20);
        time.advanceTimeBy(Duration.ofMillis(900));
        looks.set(0);
        send(watched, 1);
        time.advanceTimeBy(Duration.ofMillis(140));
        assertThat(connections).as("connected, and waiting").isEqualTo(21);
        assertThat(sent).hasSize(20);
        assertThat(looks).hasValueLessThan(50);
    }

    private void send(RequestShaper shaper, int count) {
        Flux.range(0, count)
                .flatMap(i -> request(shaper).onErrorResume(failure -> Mono.empty()), count)
                .subscribe();
    }

    private Mono<Boolean> request(RequestShaper shaper) {
        return shaper.shape(permit -> Mono.defer(() -> {
                    connections++;
                    return after(connecting.get());
                })
                .then(permit)
                .delayUntil(granted -> after(journal.get()))
                .flatMap(this::send));
    }

    private Mono<Boolean> send(Permit permit) {
        if (!permit.use()) {
            expired++;
            return Mono.error(new IllegalStateException("expired"));
        }
        sent.add(now());
        permit.written();
        long arrival = through(now());
        arrived.add(arrival);
        long response = through(arrival + serving.get().toNanos());
        return after(Duration.ofNanos(response - now())).thenReturn(true).doOnNext(done -> responses++);
    }

    /** {@return when a message that is sent at this time arrives} */
    private long through(long at) {
        long leaves = at >= blackoutFrom && at < blackoutUntil ? blackoutUntil : at;
        return leaves + way.get().toNanos();
    }

    private Mono<Void> after(Duration delay) {
        return delay.isZero() ? Mono.empty() : Mono.delay(delay, time).then();
    }

    private static long last(List<Long> times) {
        return Collections.max(times);
    }

    private long now() {
        return time.now(NANOSECONDS) + paused;
    }
}
