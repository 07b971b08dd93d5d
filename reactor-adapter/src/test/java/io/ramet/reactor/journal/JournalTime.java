package io.ramet.reactor.journal;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import reactor.core.publisher.Mono;
import reactor.test.scheduler.VirtualTimeScheduler;

/** The time of a test: leases run out when it says so, and what a journal does later is done when it says so. */
final class JournalTime extends Clock {

    private volatile Instant now = Instant.parse("2026-01-01T00:00:00Z");

    /** A journal with a timer that stands still, as that of a process that is paused or dead. */
    JdbcJournalBuilder on(DataSource database) {
        return on(database, VirtualTimeScheduler.create());
    }

    JdbcJournalBuilder on(DataSource database, VirtualTimeScheduler timer) {
        return CloneJournal.jdbcBuilder(database)
                .time(timer, () -> timer.now(TimeUnit.NANOSECONDS))
                .clock(this);
    }

    void pass(Duration time) {
        now = now.plus(time);
    }

    void passLease() {
        pass(CloneJournal.LEASE.plusSeconds(1));
    }

    /** Moves a journal's timer on, half a second at a time, until something has ended. */
    static <T> T await(VirtualTimeScheduler timer, Mono<T> what) {
        Mono<T> running = what.cache();
        Mono<Boolean> ended = running.then(Mono.just(true)).onErrorReturn(true).cache();
        ended.subscribe();
        for (int i = 0; i < 4_000; i++) {
            if (ended.timeout(Duration.ofMillis(5), Mono.just(false)).block()) {
                return running.block();
            }
            timer.advanceTimeBy(Duration.ofMillis(500));
        }
        throw new AssertionError("it has not ended");
    }

    static void execute(DataSource database, String sql) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Override
    public Instant instant() {
        return now;
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        return this;
    }
}
