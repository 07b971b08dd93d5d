package io.ramet.reactor.journal;

import static io.ramet.reactor.journal.JournalContract.PATIENCE;
import static io.ramet.reactor.journal.JournalContract.REGION;
import static io.ramet.reactor.journal.JournalContract.cloned;
import static io.ramet.reactor.journal.JournalContract.outcomes;
import static io.ramet.reactor.journal.JournalContract.plan;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.ramet.plan.ClonePlan;
import io.ramet.reactor.ExhaustedScheduler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteDataSource;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.test.scheduler.VirtualTimeScheduler;

/** A database that hangs, lies or refuses, in front of a real one. */
@Timeout(60)
@Isolated
class UnreliableDatabaseTest {

    @TempDir
    private Path folder;

    private final SQLiteDataSource real = new SQLiteDataSource();
    private final JournalTime time = new JournalTime();
    private final ClonePlan plan = plan("order-1", 90);
    private final ClonePlan other = plan("order-2", 30);

    @BeforeEach
    void makeDatabase() {
        real.setUrl("jdbc:sqlite:" + folder.resolve("journal.db"));
    }

    @Test
    void aDatabaseThatGivesNoConnectionHoldsUpNeitherItsReaderNorClosing() {
        CountDownLatch never = new CountDownLatch(1);
        VirtualTimeScheduler timer = VirtualTimeScheduler.create();
        CloneJournal journal = time.on(
                        connecting(() -> {
                            awaitFor(never);
                            throw new SQLException("given up");
                        }),
                        timer)
                .build();
        assertThatThrownBy(() -> JournalTime.await(timer, journal.open(plan, REGION)))
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
        VirtualTimeScheduler timer = VirtualTimeScheduler.create();
        AtomicInteger readOnly = new AtomicInteger();
        CloneJournal journal = time.on(failing(readOnly, "25006"), timer).build();
        PlanJournal open = journal.open(plan, REGION).block(PATIENCE);
        readOnly.set(3);
        JournalTime.await(timer, open.sending(plan.chunk(0), 100));
        readOnly.set(3);
        JournalTime.await(timer, open.settled(cloned(plan.chunk(0))));
        assertThat(outcomes(open)).containsExactly(cloned(plan.chunk(0)));
        journal.close();
    }

    @Test
    void aClaimThatAnotherProcessHasTakenIsNoticedByTheRenewal() throws Exception {
        VirtualTimeScheduler timer = VirtualTimeScheduler.create();
        CloneJournal journal = time.on(real, timer).build();
        PlanJournal lost = journal.open(plan, REGION).block(PATIENCE);
        PlanJournal kept = journal.open(other, REGION).block(PATIENCE);
        JournalTime.execute(real, "UPDATE ramet_plan SET owner = 'another' WHERE plan_id = 'order-1'");
        timer.advanceTimeBy(CloneJournal.LEASE.dividedBy(3));
        assertThatThrownBy(() -> lost.lost().block(PATIENCE))
                .isInstanceOf(JournalException.class)
                .hasMessage("plan order-1 has been taken over by another process");
        kept.sending(other.chunk(0), 100).block(PATIENCE);
        journal.close();
    }

    @Test
    void aClaimWhoseCommitSeemedToFailRunsOut() throws Exception {
        VirtualTimeScheduler timer = VirtualTimeScheduler.create();
        AtomicInteger lies = new AtomicInteger();
        CloneJournal journal = time.on(
                        intercepting(method -> method.equals("commit") && lies.getAndDecrement() > 0), timer)
                .build();
        CloneJournal second = time.on(real).build();
        PlanJournal held = journal.open(other, REGION).block(PATIENCE);
        lies.set(1);
        assertThatThrownBy(() -> journal.open(plan, REGION).block(PATIENCE)).isInstanceOf(JournalException.class);
        timer.advanceTimeBy(CloneJournal.LEASE.dividedBy(3));
        journal.find(plan.id()).block(PATIENCE);
        assertThatThrownBy(() -> second.open(plan, REGION).block(PATIENCE)).isInstanceOf(PlanBusyException.class);
        time.passLease();
        timer.advanceTimeBy(CloneJournal.LEASE.dividedBy(3));
        journal.find(plan.id()).block(PATIENCE);
        assertThat(second.open(plan, REGION).block(PATIENCE)).isNotNull();
        held.release().block(PATIENCE);
        journal.close();
        second.close();
    }

    @Test
    void writesThatWaitTogetherShareOneCommit() {
        AtomicInteger commits = new AtomicInteger();
        Gate gate = new Gate();
        CloneJournal journal = CloneJournal.jdbc(intercepting(method -> {
            if (method.equals("commit")) {
                commits.incrementAndGet();
                gate.pass();
            }
            return false;
        }));
        PlanJournal open = journal.open(plan("order-20", 600), REGION).block(PATIENCE);
        gate.close();
        Mono<StoredPlan> holdingUp = running(journal.find(plan.id()));
        gate.awaitVisitor();
        Mono<Void> writing = running(Flux.fromIterable(plan("order-20", 600))
                .flatMap(chunk -> open.sending(chunk, 100), 20)
                .then());
        commits.set(0);
        gate.open();
        holdingUp.block(PATIENCE);
        writing.block(PATIENCE);
        assertThat(commits).hasValue(1);
        journal.close();
    }

    @Test
    void aWriteThatTheFenceRefusesDoesNotFailThoseThatShareItsTransaction() throws Exception {
        Gate gate = new Gate();
        CloneJournal journal = CloneJournal.jdbc(intercepting(method -> {
            if (method.equals("commit")) {
                gate.pass();
            }
            return false;
        }));
        PlanJournal lost = journal.open(plan, REGION).block(PATIENCE);
        PlanJournal kept = journal.open(other, REGION).block(PATIENCE);
        JournalTime.execute(real, "UPDATE ramet_plan SET owner = 'another' WHERE plan_id = 'order-1'");
        gate.close();
        Mono<StoredPlan> holdingUp = running(journal.find(plan.id()));
        gate.awaitVisitor();
        Mono<Void> before = running(kept.sending(other.chunk(0), 100));
        Mono<Void> refused = running(lost.sending(plan.chunk(0), 100));
        Mono<Void> after = running(kept.settled(cloned(other.chunk(0))));
        gate.open();
        holdingUp.block(PATIENCE);
        before.block(PATIENCE);
        assertThatThrownBy(() -> refused.block(PATIENCE)).hasMessageContaining("has been taken over");
        after.block(PATIENCE);
        assertThat(outcomes(kept)).containsExactly(cloned(other.chunk(0)));
        assertThat(journal.sending(plan.id()).collectList().block(PATIENCE)).isEmpty();
        journal.close();
    }

    @Test
    void aReadThatFailsAfterItsReaderHasLeftIsNotDroppedAsAnError() {
        AtomicReference<Throwable> dropped = new AtomicReference<>();
        Hooks.onErrorDropped(dropped::set);
        try {
            Gate gate = new Gate();
            AtomicInteger failures = new AtomicInteger();
            CloneJournal journal = CloneJournal.jdbc(intercepting(method -> {
                if (method.equals("prepareStatement")) {
                    gate.pass();
                    return failures.getAndDecrement() > 0;
                }
                return false;
            }));
            journal.open(plan, REGION).block(PATIENCE);
            gate.close();
            failures.set(1);
            Disposable reader = journal.outcomes(plan.id(), 0).subscribe();
            gate.awaitVisitor();
            reader.dispose();
            gate.open();
            assertThat(journal.find(plan.id()).block(PATIENCE)).isNotNull();
            journal.close();
            assertThat(dropped).hasValue(null);
        } finally {
            Hooks.resetOnErrorDropped();
        }
    }

    @Test
    void anErrorInTheDriverFailsTheOperationAndItsConnectionAndNotTheJournal() {
        AtomicInteger errors = new AtomicInteger();
        AtomicInteger closed = new AtomicInteger();
        CloneJournal journal = CloneJournal.jdbc(intercepting(method -> {
            if (method.equals("prepareStatement") && errors.getAndDecrement() > 0) {
                throw new NoClassDefFoundError("driver/Rare");
            }
            if (method.equals("close")) {
                closed.incrementAndGet();
            }
            return false;
        }));
        PlanJournal open = journal.open(plan, REGION).block(PATIENCE);
        errors.set(1);
        assertThatThrownBy(() -> open.sending(plan.chunk(0), 100).block(PATIENCE))
                .isInstanceOf(JournalException.class)
                .hasMessageContaining("driver/Rare");
        assertThat(closed).as("its transaction is not committed with the next").hasValue(1);
        open.sending(plan.chunk(0), 100).block(PATIENCE);
        journal.close();
    }

    static List<Throwable> poolFailures() {
        return List.of(new IllegalStateException("pool"), new NoClassDefFoundError("pool/Rare"), new Exception("pool"));
    }

    @ParameterizedTest
    @MethodSource("poolFailures")
    void aBrokenConnectionIsReplacedAlthoughItCannotBeClosed(Throwable failure) {
        Set<String> broken = ConcurrentHashMap.newKeySet();
        CloneJournal journal = CloneJournal.jdbc(intercepting(method -> {
            boolean fails = broken.remove(method);
            if (fails && method.equals("close")) {
                throw failure;
            }
            return fails;
        }));
        PlanJournal open = journal.open(plan, REGION).block(PATIENCE);
        broken.addAll(Set.of("commit", "close"));
        open.sending(plan.chunk(0), 100).block(PATIENCE);
        assertThat(broken).isEmpty();
        open.settled(cloned(plan.chunk(0))).block(PATIENCE);
        journal.close();
    }

    @ParameterizedTest
    @MethodSource("poolFailures")
    void aConnectionThatCannotBeRolledBackIsReplaced(Throwable failure) throws Exception {
        Set<String> broken = ConcurrentHashMap.newKeySet();
        CloneJournal journal = CloneJournal.jdbc(intercepting(method -> {
            if (broken.remove(method)) {
                throw failure;
            }
            return false;
        }));
        CloneJournal second = CloneJournal.jdbc(real);
        second.open(plan, REGION).block(PATIENCE);
        broken.add("rollback");
        assertThatThrownBy(() -> journal.open(plan, REGION).block(PATIENCE)).isInstanceOf(PlanBusyException.class);
        assertThat(broken).isEmpty();
        assertThat(journal.find(plan.id()).block(PATIENCE)).isNotNull();
        journal.close();
        second.close();
    }

    @ParameterizedTest
    @MethodSource("poolFailures")
    void aJournalClosesAlthoughItsConnectionCannotBeClosed(Throwable failure) {
        CloneJournal journal = CloneJournal.jdbc(intercepting(method -> {
            if (method.equals("close")) {
                throw failure;
            }
            return false;
        }));
        journal.open(plan, REGION).flatMap(PlanJournal::release).block(PATIENCE);
        journal.disposeLater().block(PATIENCE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ramet-journal-", "ramet-journal-connect-"})
    void aThreadThatCannotStartFailsOneOperationAndNotTheJournal(String name) {
        StartFailures failures = new StartFailures(name, 5);
        VirtualTimeScheduler timer = VirtualTimeScheduler.create();
        Schedulers.setFactory(failures);
        try {
            CloneJournal journal = time.on(real, timer).build();
            for (int i = 0; i < 5; i++) {
                assertThatThrownBy(() -> journal.find(plan.id()).block(PATIENCE))
                        .isInstanceOf(JournalException.class)
                        .hasMessageContaining("unable to create native thread")
                        .matches(Database::mayPass);
                timer.advanceTimeBy(Duration.ofSeconds(1));
            }
            assertThat(journal.find(plan.id()).blockOptional(PATIENCE)).isEmpty();
            journal.close();
        } finally {
            Schedulers.resetFactory();
        }
    }

    @Test
    void aJournalWhoseThreadCannotStartIsClosed() {
        Schedulers.setFactory(new StartFailures("ramet-journal-", Integer.MAX_VALUE));
        try {
            CloneJournal journal = CloneJournal.jdbc(real);
            journal.disposeLater().block(PATIENCE);
        } finally {
            Schedulers.resetFactory();
        }
    }

    @Test
    void aLogThatFailsDoesNotEndTheRenewals() throws Exception {
        Logger logger = (Logger) LoggerFactory.getLogger(LeaseRenewal.class);
        AppenderBase<ILoggingEvent> failing = new AppenderBase<>() {
            @Override
            protected void append(ILoggingEvent event) {
                throw new AssertionError("test");
            }
        };
        failing.setContext(logger.getLoggerContext());
        failing.start();
        logger.addAppender(failing);
        logger.setLevel(Level.WARN);
        try {
            VirtualTimeScheduler timer = VirtualTimeScheduler.create();
            AtomicInteger failures = new AtomicInteger();
            CloneJournal journal = time.on(failing(failures, "08006"), timer).build();
            PlanJournal open = journal.open(plan, REGION).block(PATIENCE);
            failures.set(1);
            timer.advanceTimeBy(CloneJournal.LEASE.dividedBy(3));
            journal.find(plan.id()).block(PATIENCE);
            JournalTime.execute(real, "UPDATE ramet_plan SET owner = 'another' WHERE plan_id = 'order-1'");
            timer.advanceTimeBy(CloneJournal.LEASE.dividedBy(3));
            assertThatThrownBy(() -> open.lost().block(PATIENCE)).hasMessageContaining("has been taken over");
            journal.close();
        } finally {
            logger.detachAppender(failing);
            logger.setLevel(null);
        }
    }

    @Test
    void leasesAreRenewedThoughTheTimerOfTheFirstOneCouldNotStart() throws Exception {
        VirtualTimeScheduler timer = VirtualTimeScheduler.create();
        Scheduler exhausted =
                ExhaustedScheduler.forWorker(timer, new OutOfMemoryError("unable to create native thread"));
        CloneJournal journal = time.on(real)
                .time(exhausted, () -> timer.now(TimeUnit.NANOSECONDS))
                .build();
        assertThatThrownBy(() -> journal.open(plan("order-2", 30), REGION).block(PATIENCE))
                .hasMessageContaining("native thread");
        PlanJournal open = journal.open(plan, REGION).block(PATIENCE);
        JournalTime.execute(real, "UPDATE ramet_plan SET owner = 'another' WHERE plan_id = 'order-1'");
        timer.advanceTimeBy(CloneJournal.LEASE.dividedBy(3));
        assertThatThrownBy(() -> open.lost().block(PATIENCE)).hasMessageContaining("has been taken over");
        journal.close();
    }

    @Test
    void aDriverThatSaysItInSeveralLinesIsQuotedInOne() {
        CloneJournal journal = CloneJournal.jdbc(connecting(() -> {
            throw new SQLException("Communications link failure\n\nThe last packet", "08S01");
        }));
        assertThatThrownBy(() -> journal.open(plan, REGION).block(PATIENCE))
                .isInstanceOf(JournalException.class)
                .hasMessage("the journal could not claim plan order-1: Communications link failure")
                .hasRootCauseMessage("Communications link failure\n\nThe last packet");
        journal.close();
    }

    @Test
    void anErrorInTheDriverWhileItConnectsIsARefusedConnection() {
        AtomicInteger errors = new AtomicInteger(1);
        CloneJournal journal = CloneJournal.jdbc(connecting(() -> {
            if (errors.getAndDecrement() > 0) {
                throw new NoClassDefFoundError("driver/Rare");
            }
            return real.getConnection();
        }));
        assertThatThrownBy(() -> journal.open(plan, REGION).block(PATIENCE))
                .isInstanceOf(JournalException.class)
                .hasMessageContaining("driver/Rare");
        journal.close();
    }

    @Test
    void anErrorInTheDriverWhileAConnectionIsPreparedIsARefusedConnection() {
        AtomicInteger errors = new AtomicInteger(1);
        CloneJournal journal = CloneJournal.jdbc(intercepting(method -> {
            if (method.equals("getMetaData") && errors.getAndDecrement() > 0) {
                throw new NoClassDefFoundError("driver/Rare");
            }
            return false;
        }));
        assertThatThrownBy(() -> journal.open(plan, REGION).block(PATIENCE))
                .isInstanceOf(JournalException.class)
                .hasMessageContaining("driver/Rare");
        journal.close();
    }

    @Test
    void aConnectionThatTheServerClosedWhileItWasIdleIsReplaced() {
        AtomicInteger failures = new AtomicInteger();
        CloneJournal journal = CloneJournal.jdbc(failing(failures, "08003"));
        failures.set(0);
        journal.open(other, REGION).flatMap(PlanJournal::release).block(PATIENCE);
        failures.set(1);
        assertThat(journal.find(other.id()).block(PATIENCE)).isNotNull();
        failures.set(1);
        assertThat(journal.open(plan, REGION).block(PATIENCE)).isNotNull();
        failures.set(2);
        assertThatThrownBy(() -> journal.find(other.id()).block(PATIENCE)).isInstanceOf(JournalException.class);
        journal.close();
    }

    @Test
    void aClaimThatIsCancelledWhileItIsCommittedIsReleased() {
        Gate gate = new Gate();
        CloneJournal journal = CloneJournal.jdbc(intercepting(method -> {
            if (method.equals("commit")) {
                gate.pass();
            }
            return false;
        }));
        journal.open(other, REGION).block(PATIENCE);
        journal.open(plan, REGION).flatMap(PlanJournal::release).block(PATIENCE);
        gate.close();
        Disposable claiming = journal.reopen(plan.id(), REGION).subscribe();
        gate.awaitVisitor();
        claiming.dispose();
        gate.open();
        assertThat(Flux.defer(() -> journal.held(plan.id()))
                        .repeatWhen(again -> again.delayElements(Duration.ofMillis(20)))
                        .takeUntil(held -> !held)
                        .blockLast(PATIENCE))
                .isFalse();
        journal.close();
    }

    @Test
    void theListOfPlansHoldsEachPlanAlthoughTwoProcessesGaveTheSameNumber() throws Exception {
        CloneJournal journal = CloneJournal.jdbc(real);
        for (int i = 0; i < Transaction.PAGE + 1; i++) {
            journal.open(plan("order-" + i, 30), REGION)
                    .flatMap(PlanJournal::release)
                    .block(PATIENCE);
        }
        JournalTime.execute(real, "UPDATE ramet_plan SET number = 256 WHERE number = 257");
        assertThat(journal.plans().count().block(PATIENCE)).isEqualTo(Transaction.PAGE + 1L);
        journal.close();
    }

    @Test
    void theListOfPlansContinuesAfterADamagedEntryAndNamesIt() throws Exception {
        CloneJournal journal = CloneJournal.jdbc(real);
        for (String id : new String[] {"a", "b", "c"}) {
            journal.open(plan(id, 30), REGION).flatMap(PlanJournal::release).block(PATIENCE);
        }
        JournalTime.execute(real, "UPDATE ramet_plan SET goods_num = 60 WHERE plan_id = 'b'");
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
        boolean at(String method) throws Throwable;
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

    /** The system has no threads left: so many threads of that name do not start. */
    private static final class StartFailures implements Schedulers.Factory {
        private final String name;
        private final AtomicInteger left;

        StartFailures(String name, int count) {
            this.name = name;
            this.left = new AtomicInteger(count);
        }

        @Override
        public Scheduler newBoundedElastic(int threads, int queue, ThreadFactory factory, int ttl) {
            return Schedulers.Factory.super.newBoundedElastic(
                    threads,
                    queue,
                    task -> {
                        String made = factory.newThread(task).getName();
                        Thread thread = new Thread(task, made) {
                            @Override
                            public void start() {
                                if (made.matches(name + "\\d+") && left.getAndUpdate(n -> Math.max(0, n - 1)) > 0) {
                                    throw new OutOfMemoryError("unable to create native thread");
                                }
                                super.start();
                            }
                        };
                        thread.setDaemon(true);
                        return thread;
                    },
                    ttl);
        }
    }

    private static void awaitFor(CountDownLatch latch) {
        try {
            assertThat(latch.await(50, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static <T> Mono<T> running(Mono<T> what) {
        Mono<T> running = what.cache();
        running.subscribe(value -> {}, failure -> {});
        return running;
    }

    /** Holds up the journal's thread. */
    private static final class Gate {
        private volatile CountDownLatch opened = new CountDownLatch(0);
        private volatile CountDownLatch visited = new CountDownLatch(0);

        void close() {
            visited = new CountDownLatch(1);
            opened = new CountDownLatch(1);
        }

        void open() {
            opened.countDown();
        }

        void pass() {
            visited.countDown();
            awaitFor(opened);
        }

        void awaitVisitor() {
            awaitFor(visited);
        }
    }
}
