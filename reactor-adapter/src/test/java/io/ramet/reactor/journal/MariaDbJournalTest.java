package io.ramet.reactor.journal;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.ramet.reactor.parts.MySql.Kind;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class MariaDbJournalTest extends MySqlJournalContract {

    @BeforeAll
    static void start() throws Exception {
        start(Kind.MARIADB);
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

    /** Only MariaDB knows 3: the tables wait for the disk, too. */
    @Test
    void aServerWhoseTablesWaitForTheirDiskNeedsNoBinaryLogThatDoes() throws Exception {
        DataSource database = newDatabase();
        server.execute("SET GLOBAL sync_binlog = 0");
        server.execute("SET GLOBAL innodb_flush_log_at_trx_commit = 3");
        try {
            CloneJournal journal = CloneJournal.jdbc(database);
            assertThat(journal.plans().collectList().block(PATIENCE)).isEmpty();
            journal.close();
        } finally {
            server.execute("SET GLOBAL sync_binlog = 1");
            server.execute("SET GLOBAL innodb_flush_log_at_trx_commit = 1");
        }
    }
}
