package io.ramet.reactor.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.ramet.error.LostResponse;
import io.ramet.outcome.ChunkOutcome;
import io.ramet.outcome.ChunkOutcome.InDoubt;
import io.ramet.plan.ClonePlan;
import io.ramet.reactor.Fixtures;
import io.ramet.reactor.journal.PlacedOutcome;
import io.ramet.reactor.run.OutcomeFeed.Progress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

class OutcomeFeedTest {

    private static final int ROUNDS = 20_000;

    private final ClonePlan plan = Fixtures.plan(150);
    private final List<ChunkOutcome> all = plan.chunks()
            .<ChunkOutcome>map(chunk -> new InDoubt(chunk, LostResponse.brokenOff()))
            .toList();

    @Test
    void aStreamEndsWithTheRestThoughItAsksForMoreWhileTheEndIsAnnounced() {
        for (int round = 0; round < ROUNDS; round++) {
            AtomicReference<Progress> latest = new AtomicReference<>(new Progress(1, false));
            AtomicBoolean firstTold = new AtomicBoolean();
            OutcomeFeed feed = new OutcomeFeed(latest::get);
            Mono<List<ChunkOutcome>> outcomes = feed.outcomes(
                            after -> Flux.just(new PlacedOutcome(1, all.get(0)))
                                    .filter(placed -> placed.place() > after),
                            told -> Flux.fromIterable(all).skip(told.cardinality()))
                    .doOnNext(outcome -> firstTold.set(true))
                    .collectList()
                    .cache();
            outcomes.subscribe(done -> {}, failure -> {});
            feed.announce();
            while (!firstTold.get()) {
                Thread.onSpinWait();
            }
            // Just now it asks for the second.
            latest.set(new Progress(1, true));
            feed.announce();
            assertThat(outcomes.block(Duration.ofSeconds(5))).isEqualTo(all);
        }
    }
}
