package io.ramet.reactor.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.ramet.outcome.ChunkOutcome.Cloned;
import io.ramet.plan.ClonePlan;
import io.ramet.reactor.CloneClient;
import io.ramet.reactor.Fixtures;
import io.ramet.reactor.shape.RequestShaper;
import io.ramet.sign.Credentials;
import io.ramet.sign.CredentialsProvider;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Disabled;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.scheduler.Schedulers;

/** I9: a client that lives long, with the journal that it has by default, and plans that come, are bought, and are done with. */
@Tag("slow")
class LongLivedTest {

    private static final int BATCH = Integer.getInteger("ramet.plans", 600);
    /** A hash to refuse the plan id by, and what a map needs to hold it. */
    private static final long KEPT_FOR_A_PLAN = 400;

    @Disabled("the journal in memory keeps every finished plan for ever")
    @Test
    @Timeout(value = 5, unit = TimeUnit.MINUTES)
    void memoryDoesNotGrowWithThePlansThatAreFinished() {
        try (World world = new World(1)) {
            Cloud cloud = new Cloud(world, new Random(1));
            cloud.accept("id");
            cloud.keepNoBooks();
            CloneClient client = CloneClient.builder()
                    .region(Fixtures.REGION)
                    .credentials(CredentialsProvider.fixed(Credentials.of("id", "key")))
                    .transport(cloud.way("one", () -> true))
                    .shaper(RequestShaper.window(1_000, Duration.ZERO, Schedulers.parallel(), world::nanoTime))
                    .time(Schedulers.parallel(), world::nanoTime)
                    .clock(world.clock(() -> Duration.ZERO))
                    .build();
            buy(client, world, 0);
            long before = used();
            for (int batch = 1; batch <= 4; batch++) {
                buy(client, world, batch);
            }
            world.advance(Duration.ofDays(2));
            long grown = (used() - before) / (4L * BATCH);
            assertThat(client.toString()).isEqualTo("CloneClient[]");
            assertThat(grown).as("bytes for each finished plan").isLessThan(KEPT_FOR_A_PLAN);
        }
    }

    private static void buy(CloneClient client, World world, int batch) {
        List<Reader> readers = new ArrayList<>();
        for (int i = 0; i < BATCH; i++) {
            ClonePlan plan = Fixtures.plan("long-" + batch + "-" + i, 60);
            Reader reader = new Reader(plan, Long.MAX_VALUE, () -> true, (self, outcome) -> {});
            readers.add(reader);
            client.clone(plan).subscribe(reader);
            world.advance(Duration.ofMillis(500));
        }
        world.advance(Duration.ofSeconds(30));
        assertThat(readers).allMatch(reader -> reader.completed);
        assertThat(readers).allMatch(reader -> reader.outcomes.get(1) instanceof Cloned);
    }

    private static long used() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
