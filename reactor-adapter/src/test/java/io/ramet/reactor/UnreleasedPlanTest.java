package io.ramet.reactor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ramet.outcome.CloneReport;
import io.ramet.plan.ClonePlan;
import io.ramet.reactor.journal.CloneJournal;
import io.ramet.reactor.journal.JournalException;
import io.ramet.reactor.journal.PlanJournal;
import io.ramet.simulator.Fault;
import io.ramet.simulator.Misbehaviour;
import io.ramet.simulator.Simulator;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteDataSource;
import reactor.core.publisher.Mono;

/** Runs that have stopped for good, but whose plan could not be released, so that another process resumes it. */
class UnreleasedPlanTest {

    private static final Duration PATIENCE = Duration.ofMinutes(1);

    @TempDir
    private Path folder;

    @AutoClose
    private final Simulator simulator = Simulator.start();

    private final ClonePlan plan = Fixtures.plan("order-1", 90);
    private final SQLiteDataSource file = new SQLiteDataSource();
    private final List<CloneJournal> journals = new ArrayList<>();

    @BeforeEach
    void chooseTheFile() {
        file.setUrl("jdbc:sqlite:" + folder.resolve("journal.db"));
    }

    @AfterEach
    void closeTheJournals() {
        journals.forEach(CloneJournal::close);
    }

    /** Its process stood still for longer than the lease while the run ended. */
    @Test
    void theRestOfAPlanThatAnotherProcessHasClaimedIsNotReportedAsNotSent() {
        simulator.misbehave(Misbehaviour.scripted(Fault.error("ResourceUnavailable.SaleOut", false)));
        try (CloneClient other = Fixtures.client(simulator).journal(journal()).build();
                CloneClient paused = releasing(release -> Mono.fromCallable(this::expireLeases)
                        .thenMany(other.recover())
                        .then(Mono.defer(() -> release)))) {
            assertThatThrownBy(() -> paused.cloneReport(plan).block(PATIENCE))
                    .isInstanceOf(JournalException.class)
                    .hasMessageContaining("taken over by another process");
            other.follow(plan.id()).blockLast(PATIENCE);
            assertThat(simulator.books().bought()).isEqualTo(60);
        }
    }

    @Test
    void theRestOfAPlanThatCannotBeReleasedIsNotReportedAsNotSent() {
        simulator.misbehave(Misbehaviour.scripted(Fault.error("ResourceUnavailable.SaleOut", false)));
        try (CloneClient client = releasing(release -> Mono.error(new JournalException("no database", null)))) {
            assertThatThrownBy(() -> client.cloneReport(plan).block(PATIENCE))
                    .isInstanceOf(JournalException.class)
                    .hasMessageContaining("no database");
        }
    }

    @Test
    void aPlanThatWasBoughtIsReportedThoughItCannotBeReleased() {
        try (CloneClient client = releasing(release -> Mono.error(new JournalException("no database", null)))) {
            assertThat(client.cloneReport(plan).block(PATIENCE)).matches(CloneReport::complete);
        }
        assertThat(simulator.books().bought()).isEqualTo(90);
    }

    /** {@return a client that sends one chunk at a time, and whose journal releases its plans in this way} */
    private CloneClient releasing(UnaryOperator<Mono<Void>> way) {
        CloneJournal journal = journal();
        CloneJournal passing = new PassingJournal(
                journal, opening -> journal.open(opening, Fixtures.REGION).map(open -> new Releasing(open, way)));
        return Fixtures.client(simulator).maxInFlight(1).journal(passing).build();
    }

    private CloneJournal journal() {
        CloneJournal journal = CloneJournal.jdbc(file);
        journals.add(journal);
        return journal;
    }

    private int expireLeases() throws SQLException {
        try (Connection connection = file.getConnection();
                Statement statement = connection.createStatement()) {
            return statement.executeUpdate("UPDATE ramet_plan SET lease_until = 0");
        }
    }

    private static final class Releasing extends PassingJournal.Plan {

        private final UnaryOperator<Mono<Void>> way;

        Releasing(PlanJournal passed, UnaryOperator<Mono<Void>> way) {
            super(passed);
            this.way = way;
        }

        @Override
        public Mono<Void> release() {
            return way.apply(super.release());
        }
    }
}
