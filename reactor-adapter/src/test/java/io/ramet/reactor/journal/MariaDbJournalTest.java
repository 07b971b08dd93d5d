package io.ramet.reactor.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.ramet.plan.ClonePlan;
import io.ramet.reactor.journal.UndoEntry.Step;
import io.ramet.reactor.parts.MariaDb;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Skipped where MariaDB is not installed. */
@Tag("slow")
@Tag("once")
class MariaDbJournalTest extends JdbcJournalContract {

    private static MariaDb mariaDb;
    private static int databases;

    @BeforeAll
    static void start() throws Exception {
        mariaDb = MariaDb.start("--log-bin", "--sync-binlog=1");
    }

    @AfterAll
    static void stop() {
        if (mariaDb != null) {
            mariaDb.close();
        }
    }

    @Override
    DataSource newDatabase() throws SQLException {
        String name = "journal_" + databases++;
        mariaDb.execute("CREATE DATABASE " + name);
        return mariaDb.source(name);
    }

    @Test
    void idsThatDifferInCaseAreDifferentPlans() throws Exception {
        CloneJournal journal = journal();
        journal.open(plan("order-1", 30), REGION).block(PATIENCE);
        journal.open(plan("Order-1", 60), REGION).block(PATIENCE);
        journal.close();
    }

    @Test
    void aSecondStartLogsNothing() throws Exception {
        CloneJournal first = journal();
        first.plans().blockLast(PATIENCE);
        first.close();
        ListAppender<ILoggingEvent> logged = new ListAppender<>();
        logged.start();
        Logger driver = (Logger) LoggerFactory.getLogger("org.mariadb");
        driver.setLevel(Level.WARN);
        driver.addAppender(logged);
        try {
            CloneJournal second = journal();
            second.plans().blockLast(PATIENCE);
            second.close();
        } finally {
            driver.detachAppender(logged);
            driver.setLevel(null);
        }
        assertThat(logged.list).isEmpty();
    }

    @Test
    void aDriverThatCountsChangedRowsIsRefused() throws Exception {
        newDatabase();
        CloneJournal journal =
                CloneJournal.jdbc(mariaDb.source("journal_" + (databases - 1) + "?useAffectedRows=true"));
        assertThatThrownBy(() -> journal.plans().blockLast(PATIENCE))
                .isInstanceOf(JournalException.class)
                .hasMessageContaining("useAffectedRows=false");
        journal.close();
    }

    @Test
    void aServerThatDoesNotWaitForItsDiskIsRefused() throws Exception {
        DataSource database = newDatabase();
        mariaDb.execute("SET GLOBAL innodb_flush_log_at_trx_commit = 2");
        try {
            CloneJournal journal = CloneJournal.jdbc(database);
            assertThatThrownBy(() -> journal.plans().blockLast(PATIENCE))
                    .isInstanceOf(JournalException.class)
                    .hasMessageContaining("innodb_flush_log_at_trx_commit=2");
            journal.close();
        } finally {
            mariaDb.execute("SET GLOBAL innodb_flush_log_at_trx_commit = 1");
        }
    }

    @Test
    void nothingMoreIsSentOnceAServerNoLongerWaitsForItsDiskButOutcomesAreWritten() throws Exception {
        DataSource database = newDatabase();
        CloneJournal journal = CloneJournal.jdbc(database);
        ClonePlan plan = plan("order-1", 60);
        PlanJournal open = journal.open(plan, REGION).block(PATIENCE);
        open.sending(plan.chunk(0), 100).block(PATIENCE);
        mariaDb.execute("SET GLOBAL innodb_flush_log_at_trx_commit = 2");
        try {
            assertThatThrownBy(() -> open.sending(plan.chunk(1), 100).block(PATIENCE))
                    .isInstanceOf(JournalException.class)
                    .hasMessageContaining("innodb_flush_log_at_trx_commit=2");
            open.settled(cloned(plan.chunk(0))).block(PATIENCE);
        } finally {
            mariaDb.execute("SET GLOBAL innodb_flush_log_at_trx_commit = 1");
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
        mariaDb.execute("SET GLOBAL innodb_flush_log_at_trx_commit = 2");
        try {
            assertThatThrownBy(() -> open.undo(new UndoEntry("crs-2", Step.ISOLATING, ""))
                            .block(PATIENCE))
                    .isInstanceOf(JournalException.class)
                    .hasMessageContaining("innodb_flush_log_at_trx_commit=2");
            open.undo(new UndoEntry("crs-1", Step.ISOLATED, "")).block(PATIENCE);
        } finally {
            mariaDb.execute("SET GLOBAL innodb_flush_log_at_trx_commit = 1");
        }
        assertThat(journal.undone(plan.id()).map(UndoEntry::step).collectList().block(PATIENCE))
                .containsExactly(Step.ISOLATED);
        journal.close();
    }

    /** After a crash, a transaction that is not in the binary log is rolled back. */
    @Test
    void aServerWhoseBinaryLogDoesNotWaitForItsDiskIsRefusedUnlessItsTablesDo() throws Exception {
        DataSource database = newDatabase();
        mariaDb.execute("SET GLOBAL sync_binlog = 0");
        try {
            CloneJournal journal = CloneJournal.jdbc(database);
            assertThatThrownBy(() -> journal.plans().blockLast(PATIENCE))
                    .isInstanceOf(JournalException.class)
                    .hasMessageContaining("a binary log and sync_binlog=0");
            mariaDb.execute("SET GLOBAL innodb_flush_log_at_trx_commit = 3");
            Thread.sleep(600);
            assertThat(journal.plans().collectList().block(PATIENCE)).isEmpty();
            journal.close();
        } finally {
            mariaDb.execute("SET GLOBAL sync_binlog = 1");
            mariaDb.execute("SET GLOBAL innodb_flush_log_at_trx_commit = 1");
        }
    }
}
