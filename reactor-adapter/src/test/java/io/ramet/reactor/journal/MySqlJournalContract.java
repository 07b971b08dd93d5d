package io.ramet.reactor.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ramet.plan.ClonePlan;
import io.ramet.reactor.journal.UndoEntry.Step;
import io.ramet.reactor.parts.MySql;
import io.ramet.reactor.parts.MySql.Kind;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The promises of a journal in MariaDB or MySQL. Skipped where the server is not installed. */
@Tag("slow")
@Tag("once")
abstract class MySqlJournalContract extends JdbcJournalContract {

    static @Nullable MySql server;

    /** Called once by each class. */
    static void start(Kind kind) throws Exception {
        server = MySql.start(kind, "--log-bin", "--sync-binlog=1");
    }

    @AfterAll
    static void stop() {
        if (server != null) {
            server.close();
        }
    }

    @Override
    DataSource newDatabase() throws SQLException {
        return MySql.source(server.newDatabase());
    }

    @Test
    void idsThatDifferInCaseAreDifferentPlans() throws Exception {
        CloneJournal journal = journal();
        journal.open(plan("order-1", 30), REGION).block(PATIENCE);
        journal.open(plan("Order-1", 60), REGION).block(PATIENCE);
        journal.close();
    }

    @Test
    void aDriverThatCountsChangedRowsIsRefused() throws Exception {
        CloneJournal journal = CloneJournal.jdbc(MySql.source(server.newDatabase() + "&useAffectedRows=true"));
        assertThatThrownBy(() -> journal.plans().blockLast(PATIENCE))
                .isInstanceOf(JournalException.class)
                .hasMessageContaining("useAffectedRows=false");
        journal.close();
    }

    @Test
    void aServerThatDoesNotWaitForItsDiskIsRefused() throws Exception {
        DataSource database = newDatabase();
        server.execute("SET GLOBAL innodb_flush_log_at_trx_commit = 2");
        try {
            CloneJournal journal = CloneJournal.jdbc(database);
            assertThatThrownBy(() -> journal.plans().blockLast(PATIENCE))
                    .isInstanceOf(JournalException.class)
                    .hasMessageContaining("innodb_flush_log_at_trx_commit=2");
            journal.close();
        } finally {
            server.execute("SET GLOBAL innodb_flush_log_at_trx_commit = 1");
        }
    }

    @Test
    void nothingMoreIsSentOnceAServerNoLongerWaitsForItsDiskButOutcomesAreWritten() throws Exception {
        DataSource database = newDatabase();
        CloneJournal journal = CloneJournal.jdbc(database);
        ClonePlan plan = plan("order-1", 60);
        PlanJournal open = journal.open(plan, REGION).block(PATIENCE);
        open.sending(plan.chunk(0), 100).block(PATIENCE);
        server.execute("SET GLOBAL innodb_flush_log_at_trx_commit = 2");
        try {
            assertThatThrownBy(() -> open.sending(plan.chunk(1), 100).block(PATIENCE))
                    .isInstanceOf(JournalException.class)
                    .hasMessageContaining("innodb_flush_log_at_trx_commit=2");
            open.settled(cloned(plan.chunk(0))).block(PATIENCE);
        } finally {
            server.execute("SET GLOBAL innodb_flush_log_at_trx_commit = 1");
        }
        open.sending(plan.chunk(1), 100).block(PATIENCE);
        assertThat(outcomes(open)).containsExactly(cloned(plan.chunk(0)));
        journal.close();
    }

    @Test
    void nothingMoreIsIsolatedOnceAServerNoLongerWaitsForItsDiskButResultsAreWritten() throws Exception {
        DataSource database = newDatabase();
        CloneJournal journal = CloneJournal.jdbc(database);
        ClonePlan plan = plan("order-1", 60);
        journal.open(plan, REGION).flatMap(PlanJournal::release).block(PATIENCE);
        PlanJournal open = journal.openToUndo(plan.id(), REGION).block(PATIENCE);
        open.undo(new UndoEntry("crs-1", Step.ISOLATING, "")).block(PATIENCE);
        server.execute("SET GLOBAL innodb_flush_log_at_trx_commit = 2");
        try {
            assertThatThrownBy(() -> open.undo(new UndoEntry("crs-2", Step.ISOLATING, ""))
                            .block(PATIENCE))
                    .isInstanceOf(JournalException.class)
                    .hasMessageContaining("innodb_flush_log_at_trx_commit=2");
            open.undo(new UndoEntry("crs-1", Step.ISOLATED, "")).block(PATIENCE);
        } finally {
            server.execute("SET GLOBAL innodb_flush_log_at_trx_commit = 1");
        }
        assertThat(journal.undone(plan.id()).map(UndoEntry::step).collectList().block(PATIENCE))
                .containsExactly(Step.ISOLATED);
        journal.close();
    }

    /** After a crash, a transaction that is not in the binary log is rolled back. */
    @Test
    void aServerWhoseBinaryLogDoesNotWaitForItsDiskIsRefused() throws Exception {
        DataSource database = newDatabase();
        server.execute("SET GLOBAL sync_binlog = 0");
        try {
            CloneJournal journal = CloneJournal.jdbc(database);
            assertThatThrownBy(() -> journal.plans().blockLast(PATIENCE))
                    .isInstanceOf(JournalException.class)
                    .hasMessageContaining("a binary log and sync_binlog=0");
            journal.close();
        } finally {
            server.execute("SET GLOBAL sync_binlog = 1");
        }
    }
}
