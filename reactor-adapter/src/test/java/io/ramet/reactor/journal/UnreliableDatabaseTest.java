package io.ramet.reactor.journal;

import static io.ramet.reactor.journal.JournalContract.PATIENCE;
import static io.ramet.reactor.journal.JournalContract.REGION;
import static io.ramet.reactor.journal.JournalContract.cloned;
import static io.ramet.reactor.journal.JournalContract.outcomes;
import static io.ramet.reactor.journal.JournalContract.plan;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ramet.plan.ClonePlan;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteDataSource;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.scheduler.VirtualTimeScheduler;

/** A database that hangs, lies or refuses, in front of a real one. */
@Timeout(60)
class UnreliableDatabaseTest {

    @TempDir
    private Path folder;

    private final SQLiteDataSource real = new SQLiteDataSource();
    private final ClonePlan plan = plan("order-1", 90);

    @BeforeEach
    void makeDatabase() {
        real.setUrl("jdbc:sqlite:" + folder.resolve("journal.db"));
    }

    @Test
    void aDatabaseThatGivesNoConnectionHoldsUpNeitherItsReaderNorClosing() {
        CountDownLatch never = new CountDownLatch(1);
        VirtualTimeScheduler timer = VirtualTimeScheduler.create();
        AtomicLong nanos = new AtomicLong();
        CloneJournal journal = CloneJournal.jdbcBuilder(connecting(() -> {
                    awaitFor(never);
                    throw new SQLException("given up");
                }))
                .time(timer, nanos::get)
                .build();
        Mono<PlanJournal> opening = journal.open(plan, REGION).cache();
        opening.subscribe(open -> {}, failure -> {});
        advance(timer, opening);
        assertThatThrownBy(() -> opening.block(PATIENCE))
                .isInstanceOf(JournalException.class)
                .hasMessageContaining("no connection within 10 s");
        journal.close();
        never.countDown();
    }

    @Test
    void aClaimFailsBeforeItsCommitOnceClosingHasBegun() throws Exception {
        CountDownLatch slow = new CountDownLatch(1);
        CloneJournal closing = CloneJournal.jdbc(connecting(() -> {
            awaitFor(slow);
            return real.getConnection();
        }));
        Mono<PlanJournal> opening = closing.open(plan, REGION).cache();
        opening.subscribe(open -> {}, failure -> {});
        Mono<Void> closed = closing.disposeLater().cache();
        closed.subscribe();
        slow.countDown();
        assertThatThrownBy(() -> opening.block(PATIENCE))
                .isInstanceOf(JournalException.class)
                .hasMessageContaining("closed");
        closed.block(PATIENCE);
        CloneJournal other = CloneJournal.jdbc(real);
        assertThat(other.claimAbandoned(REGION, Set.of()).blockOptional(PATIENCE))
                .isEmpty();
        assertThat(other.find(plan.id()).blockOptional(PATIENCE)).isEmpty();
        other.close();
    }

    @Test
    void aReaderThatCancelsInterruptsNothing() throws Exception {
        CountDownLatch reached = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        AtomicBoolean interrupted = new AtomicBoolean();
        CloneJournal journal = CloneJournal.jdbc(connecting(() -> {
            reached.countDown();
            try {
                assertThat(go.await(20, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
                interrupted.set(true);
            }
            return real.getConnection();
        }));
        Disposable reader = journal.find(plan.id()).subscribe();
        assertThat(reached.await(20, TimeUnit.SECONDS)).isTrue();
        Mono<PlanJournal> opening = journal.open(plan, REGION).cache();
        opening.subscribe();
        reader.dispose();
        go.countDown();
        assertThat(opening.block(PATIENCE)).isNotNull();
        assertThat(interrupted).isFalse();
        journal.close();
    }

    @Test
    void aServerThatIsReadOnlyForAWhileEndsNeitherAnEntryNorAnOutcome() {
        AtomicInteger readOnly = new AtomicInteger();
        CloneJournal journal = CloneJournal.jdbc(failing(readOnly, "25006"));
        PlanJournal open = journal.open(plan, REGION).block(PATIENCE);
        readOnly.set(3);
        open.sending(plan.chunk(0), 100).block(PATIENCE);
        readOnly.set(3);
        open.settled(cloned(plan.chunk(0))).block(PATIENCE);
        assertThat(outcomes(open)).containsExactly(cloned(plan.chunk(0)));
        journal.close();
    }

    @Test
    void aClaimThatAnotherProcessHasTakenIsNoticedByTheRenewal() throws Exception {
        CloneJournal journal =
                CloneJournal.jdbcBuilder(real).lease(Duration.ofSeconds(1)).build();
        PlanJournal lost = journal.open(plan, REGION).block(PATIENCE);
        PlanJournal kept = journal.open(plan("order-2", 30), REGION).block(PATIENCE);
        JdbcJournalTest.OnADatabase.execute(real, "UPDATE ramet_plan SET owner = 'another' WHERE plan_id = 'order-1'");
        assertThatThrownBy(() -> lost.lost().block(PATIENCE))
                .isInstanceOf(JournalException.class)
                .hasMessage("plan order-1 has been taken over by another process");
        kept.sending(plan("order-2", 30).chunk(0), 100).block(PATIENCE);
        journal.close();
    }

    @Test
    void aClaimWhoseCommitSeemedToFailRunsOut() throws Exception {
        AtomicInteger lies = new AtomicInteger();
        CloneJournal journal = CloneJournal.jdbcBuilder(
                        intercepting(method -> method.equals("commit") && lies.getAndDecrement() > 0))
                .lease(Duration.ofSeconds(1))
                .build();
        PlanJournal held = journal.open(plan("order-2", 30), REGION).block(PATIENCE);
        lies.set(1);
        assertThatThrownBy(() -> journal.open(plan, REGION).block(PATIENCE)).isInstanceOf(JournalException.class);
        CloneJournal patient = CloneJournal.jdbcBuilder(real).patience(PATIENCE).build();
        assertThat(patient.open(plan, REGION).block(PATIENCE)).isNotNull();
        held.release().block(PATIENCE);
        journal.close();
        patient.close();
    }

    @Test
    void aListOfPlansGoesOnPastADamagedEntryAndNamesIt() throws Exception {
        CloneJournal journal = CloneJournal.jdbc(real);
        for (String id : new String[] {"a", "b", "c"}) {
            journal.open(plan(id, 30), REGION).flatMap(PlanJournal::release).block(PATIENCE);
        }
        JdbcJournalTest.OnADatabase.execute(real, "UPDATE ramet_plan SET goods_num = 60 WHERE plan_id = 'b'");
        assertThat(journal.plans()
                        .map(stored -> stored.id().value())
                        .onErrorResume(DamagedPlanException.class, damaged -> Mono.just("damaged: " + damaged.planId()))
                        .collectList()
                        .block(PATIENCE))
                .containsExactly("a", "c", "damaged: b");
        journal.close();
    }

    private interface Connecting {
        Connection connect() throws SQLException;
    }

    private static DataSource connecting(Connecting how) {
        return (DataSource) Proxy.newProxyInstance(
                UnreliableDatabaseTest.class.getClassLoader(),
                new Class<?>[] {DataSource.class},
                (proxy, method, arguments) -> how.connect());
    }

    /** Fails so many statements. */
    private DataSource failing(AtomicInteger failures, String state) {
        return intercepting(
                method -> method.equals("prepareStatement") && failures.getAndUpdate(n -> Math.max(0, n - 1)) > 0,
                state);
    }

    private interface Fault {
        boolean at(String method);
    }

    private DataSource intercepting(Fault fault) {
        return intercepting(fault, "08006");
    }

    /** A commit that fails has committed all the same. */
    private DataSource intercepting(Fault fault, String state) {
        return connecting(() -> {
            Connection connection = real.getConnection();
            return (Connection) Proxy.newProxyInstance(
                    UnreliableDatabaseTest.class.getClassLoader(),
                    new Class<?>[] {Connection.class},
                    (proxy, method, arguments) -> {
                        boolean fails = fault.at(method.getName());
                        try {
                            if (!fails || method.getName().equals("commit")) {
                                Object result = method.invoke(connection, arguments);
                                if (!fails) {
                                    return result;
                                }
                            }
                        } catch (InvocationTargetException e) {
                            throw e.getCause();
                        }
                        throw new SQLException("made to fail", state);
                    });
        });
    }

    private static void awaitFor(CountDownLatch latch) {
        try {
            assertThat(latch.await(50, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void advance(VirtualTimeScheduler timer, Mono<?> until) {
        AtomicBoolean ended = new AtomicBoolean();
        until.subscribe(value -> {}, failure -> ended.set(true));
        while (!ended.get()) {
            timer.advanceTimeBy(Duration.ofSeconds(1));
            Mono.delay(Duration.ofMillis(5), Schedulers.parallel()).block();
        }
    }
}
