package io.ramet.reactor.lookup;

import static io.ramet.reactor.Fixtures.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ramet.error.ApiRefusal;
import io.ramet.error.LostResponse;
import io.ramet.model.Backup.Clonable;
import io.ramet.model.Backup.Kind;
import io.ramet.model.PointInTime;
import io.ramet.reactor.CloneClient;
import io.ramet.reactor.Fixtures;
import io.ramet.reactor.MovableClock;
import io.ramet.simulator.Backup;
import io.ramet.simulator.Misbehaviour;
import io.ramet.simulator.RateLimit;
import io.ramet.simulator.Simulator;
import io.ramet.simulator.SimulatorBuilder;
import io.ramet.simulator.Source;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BackupsTest {

    private static final String SOURCE = "crs-xjhsdj12";

    private final MovableClock clock = new MovableClock();
    private final Instant now = clock.instant();

    private Simulator simulator;
    private CloneClient client;

    @AfterEach
    void close() {
        client.close();
        simulator.close();
    }

    @Test
    void backupsComeNewestFirstWithWhatDecidesWhetherTheyCanBeCloned() {
        start(simulated()
                .backup(daily("b-3", 3))
                .backup(daily("b-1", 1).lockedByTask())
                .backup(daily("b-2", 2).manual("before the sale"))
                .backup(daily("b-4", 4).status(1))
                .backup(daily("b-9", 9)));
        List<io.ramet.model.Backup> backups =
                client.lookups().backups(SOURCE).collectList().block(PATIENCE);
        assertThat(backups)
                .extracting(io.ramet.model.Backup::backupId)
                .containsExactly("b-1", "b-2", "b-3", "b-4", "b-9");
        assertThat(backups)
                .extracting(backup -> backup.verdict(now).clonable())
                .containsExactly(Clonable.NO, Clonable.YES, Clonable.YES, Clonable.NO, Clonable.NO);
        assertThat(backups)
                .extracting(backup -> backup.verdict(now).reason())
                .containsExactly(
                        "another task holds it",
                        "",
                        "",
                        "its status is 1 (in progress, or held by another task)",
                        "its status is -1 (expired)");
        assertThat(backups.get(1).kind()).isEqualTo(Kind.MANUAL);
        assertThat(backups.get(2).kind()).isEqualTo(Kind.AUTOMATIC);
        assertThat(backups.get(2).startedAt()).isEqualTo(LocalDateTime.parse("2026-11-21T18:00:00"));
        assertThat(client.lookups().latestBackup(SOURCE).block(PATIENCE).backupId())
                .isEqualTo("b-2");
    }

    @Test
    void moreBackupsThanFitOnAPageAreListed() {
        SimulatorBuilder builder = simulated();
        for (int hour = 1; hour <= 250; hour++) {
            builder.backup(Backup.of("b-" + hour, SOURCE, now.minus(Duration.ofHours(hour))));
        }
        start(builder);
        assertThat(client.lookups().backups(SOURCE).collectList().block(PATIENCE))
                .hasSize(250)
                .element(0)
                .satisfies(newest -> assertThat(newest.backupId()).isEqualTo("b-1"));
        assertThat(simulator.books().arrivals("DescribeInstanceBackups")).hasSize(3);
    }

    @Test
    void aListingThatWasCutShortIsNoListing() {
        start(simulated());
        simulator.misbehave(Misbehaviour.scripted(
                "DescribeInstanceBackups", Fixtures.response("\"TotalCount\":7,\"BackupSet\":[]")));
        assertThatThrownBy(() -> client.lookups().backups(SOURCE).blockLast(PATIENCE))
                .isInstanceOf(LostResponse.class)
                .hasMessageContaining("a listing with TotalCount 7 whose BackupSet holds only 0 (RequestId r-1)");
    }

    @Test
    void withoutABackupThatCanBeClonedThereIsNoLatestOne() {
        start(simulated().backup(daily("b-1", 1).lockedByTask()));
        assertThat(client.lookups().latestBackup(SOURCE).blockOptional(PATIENCE))
                .isEmpty();
    }

    @Test
    void anUnknownInstanceIsRefusedByItsCode() {
        start(simulated().knownSources(SOURCE));
        assertThatThrownBy(() -> client.lookups().backups("crs-other").blockLast(PATIENCE))
                .isInstanceOfSatisfying(
                        ApiRefusal.class,
                        refusal -> assertThat(refusal.code().name()).isEqualTo("ResourceNotFound.InstanceNotExists"));
    }

    @Test
    void aPointInTimeNamesItsBackupAndTheSecondThatIsOffered() {
        Instant wanted = now.minus(Duration.ofHours(5));
        start(simulated()
                .source(Source.of(SOURCE).withSecondLevelBackup())
                .missingSecondLevelBackup(SOURCE, wanted.minusSeconds(60), wanted.plusSeconds(60)));
        PointInTime free = client.lookups()
                .pointInTime(SOURCE, now.minus(Duration.ofHours(7)))
                .block(PATIENCE);
        assertThat(free.time()).isEqualTo(now.minus(Duration.ofHours(7)));
        assertThat(free.backupId()).isNotEmpty();
        assertThat(free.gap()).isEmpty();
        PointInTime moved = client.lookups().pointInTime(SOURCE, wanted).block(PATIENCE);
        assertThat(moved.time()).isBefore(wanted);
        assertThat(moved.gaps()).hasSize(1);
        assertThat(new PointInTime("b", wanted, null, moved.gaps()).gap()).isPresent();
    }

    @Test
    void aSourceWithoutSecondLevelBackupIsRefused() {
        start(simulated());
        assertThatThrownBy(() -> client.lookups().pointInTime(SOURCE, now).block(PATIENCE))
                .isInstanceOf(ApiRefusal.class);
    }

    private Backup daily(String id, int daysAgo) {
        return Backup.of(id, SOURCE, now.minus(Duration.ofDays(daysAgo)));
    }

    private SimulatorBuilder simulated() {
        return Simulator.builder()
                .limit("DescribeInstanceBackups", RateLimit.none())
                .clock(clock);
    }

    private void start(SimulatorBuilder builder) {
        simulator = builder.start();
        client = Fixtures.client(simulator).clock(clock).build();
    }
}
