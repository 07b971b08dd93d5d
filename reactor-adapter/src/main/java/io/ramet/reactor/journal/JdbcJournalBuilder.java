package io.ramet.reactor.journal;

import static java.util.Objects.requireNonNull;

import io.ramet.error.InvalidValueException;
import io.ramet.reactor.concurrent.OwnSchedulers;
import java.time.Clock;
import java.time.Duration;
import java.util.function.LongSupplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Scheduler;

/** Builds a journal in a database. Not thread-safe. */
public final class JdbcJournalBuilder {

    private final DataSource database;
    private Duration lease = CloneJournal.LEASE;
    private Scheduler timer = OwnSchedulers.WORK;
    private LongSupplier nanoTime = System::nanoTime;
    private @Nullable Clock clock;
    private boolean makeTables = true;

    JdbcJournalBuilder(DataSource database) {
        this.database = requireNonNull(database, "database");
    }

    /**
     * Sets how long a plan is held without a renewal by its process, before another process may claim it. Defaults to
     * {@link CloneJournal#LEASE}.
     *
     * @param lease 1 s or more
     * @return this builder
     */
    public JdbcJournalBuilder lease(Duration lease) {
        this.lease = requireNonNull(lease, "lease");
        return this;
    }

    /**
     * Sets the scheduler and the clock for the pauses between renewals and between the repetitions of a write. Defaults
     * to threads that all journals of this process share, so that an application that blocks Reactor's threads cannot
     * delay Ramet, and to {@link System#nanoTime}.
     *
     * @param timer runs delayed tasks, and emits what the database returns; its threads must not be blocked. It is not
     *     disposed of
     * @param nanoTime nanoseconds that never go backwards, in step with the timer
     * @return this builder
     */
    public JdbcJournalBuilder time(Scheduler timer, LongSupplier nanoTime) {
        this.timer = requireNonNull(timer, "timer");
        this.nanoTime = requireNonNull(nanoTime, "nanoTime");
        return this;
    }

    /**
     * Sets the clock for leases and the history. Defaults to the clock of the database, so that the clocks of the
     * processes need not agree. Meant for tests: all journals in one database must have the same clock, otherwise a
     * plan that is held may be claimed.
     *
     * @param clock the clock of every journal in this database
     * @return this builder
     */
    public JdbcJournalBuilder clock(Clock clock) {
        this.clock = requireNonNull(clock, "clock");
        return this;
    }

    /**
     * Sets whether the journal creates its tables when it connects. Defaults to true. If false, the database user needs
     * only the rights to select, insert and update in tables that were created with {@link CloneJournal#schema}; if
     * they are missing, nothing is sent.
     *
     * @param make whether the journal creates them
     * @return this builder
     */
    public JdbcJournalBuilder makeTables(boolean make) {
        this.makeTables = make;
        return this;
    }

    /**
     * Builds the journal, which connects when it is first used.
     *
     * @return the journal
     * @throws InvalidValueException if the lease is shorter than a second
     */
    public CloneJournal build() {
        InvalidValueException.unless(lease.toMillis() >= 1000, "lease", lease, "must be 1 s or more");
        Connector connector = new Connector(database, timer, makeTables);
        return new JdbcJournal(new Database(connector, timer, nanoTime, clock), lease, timer, nanoTime);
    }
}
