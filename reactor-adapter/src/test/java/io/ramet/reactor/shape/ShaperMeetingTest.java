package io.ramet.reactor.shape;

import static org.assertj.core.api.Assertions.assertThat;

import io.ramet.reactor.FastForwardScheduler;
import io.ramet.reactor.Meeting;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/** Three threads meet in the queue for permits. {@code -Dramet.meetings=N} lets them meet more often. */
@Tag("slow")
class ShaperMeetingTest {

    private static final Duration PATIENCE = Duration.ofSeconds(40);
    private static final int ROUNDS = Integer.getInteger("ramet.meetings", 1_000);
    private static final Scheduler FAST = new FastForwardScheduler();

    @Test
    void everyRequestHasItsPermitAndNoSecondHasTooManyThoughOthersComeOrLeaveJustThen() throws Exception {
        RequestShaper shaper = RequestShaper.strict(20, FAST, FastForwardScheduler::nanoTime);
        ConcurrentLinkedQueue<Long> sent = new ConcurrentLinkedQueue<>();
        Mono<Long> request = shaper.shape(Mono.fromCallable(() -> {
            long now = FastForwardScheduler.nanoTime();
            sent.add(now);
            return now;
        }));
        try (Meeting threads = new Meeting(3)) {
            for (int round = 0; round < ROUNDS; round++) {
                List<Object> results =
                        threads.of(round, () -> request.block(PATIENCE), () -> request.block(PATIENCE), () -> {
                            Disposable leaving = request.subscribe();
                            leaving.dispose();
                            return leaving;
                        });
                assertThat(results).as("round %d", round).doesNotContainNull();
            }
        }
        assertThat(sent.size()).isGreaterThanOrEqualTo(2 * ROUNDS);
        assertThat(Window.peak(List.copyOf(sent))).isLessThanOrEqualTo(20);
        // Twenty at once: whatever the requests that left had taken is back.
        shaper.quiet().block(PATIENCE);
        assertThat(Flux.range(0, 20).flatMap(number -> request, 20).count().block(PATIENCE))
                .isEqualTo(20);
    }
}
