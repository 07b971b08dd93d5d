package io.ramet.reactor;

import static io.ramet.reactor.Fixtures.PATIENCE;
import static io.ramet.reactor.Fixtures.plan;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ramet.error.InvalidValueException;
import io.ramet.error.NotSent;
import io.ramet.model.Secret;
import io.ramet.outcome.CloneReport;
import io.ramet.plan.CloneChunk;
import io.ramet.plan.ClonePlan;
import io.ramet.plan.PlanId;
import io.ramet.reactor.journal.CloneJournal;
import io.ramet.reactor.journal.DamagedPlanException;
import io.ramet.reactor.journal.JournalException;
import io.ramet.reactor.journal.PlanBusyException;
import io.ramet.reactor.journal.PlanConflictException;
import io.ramet.reactor.journal.PlanJournal;
import io.ramet.reactor.journal.PlanPasswordException;
import io.ramet.reactor.journal.UnverifiedPlanException;
import io.ramet.reactor.transport.ApiResponse;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sqlite.SQLiteDataSource;
import reactor.core.Exceptions;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** Plans that a client leaves behind, and the clients that recover them; two clients on one journal. */
class OrphanRecoveryTest {

    private static final PasswordProvider PASSWORDS = PasswordProvider.fixed(Secret.of("Canary-Passw0rd"));

    private final CloneJournal journal = CloneJournal.inMemory();
    private final Sinks.Empty<Void> responding = Sinks.empty();
    private final Ledger server =
            new Ledger((call, books) -> call.map(books::deal).delayUntil(response -> responding.asMono()));
    private final List<CloneClient> clients = new ArrayList<>();

    @AfterEach
    public void close() {
        responding.tryEmitEmpty();
        clients.forEach(CloneClient::close);
    }

    @Test
    void aSubmittedPlanOfAClosedClientIsRecovered() {
        ClonePlan plan = plan("order-1", 300);
        submitAndClose(plan, 2);
        assertThat(server.executions.size()).isLessThan(10);

        CloneClient second = client(builder -> builder);
        assertThat(recover(second)).containsExactly(plan.id());
        assertThat(reportAtTheEnd(second, plan).complete()).isTrue();
        assertThat(server.executions)
                .hasSize(10)
                .allSatisfy((name, times) -> assertThat(times).isEqualTo(1));
        assertThat(recover(client(builder -> builder))).isEmpty();
    }

    @Test
    void aPlanThatWasCancelledIsNotRecovered() {
        responding.tryEmitEmpty();
        CloneClient first = client(builder -> builder.maxInFlight(1));
        first.clone(plan("order-1", 300)).take(2).blockLast(PATIENCE);
        first.close();
        int bought = server.executions.size();
        assertThat(bought).isLessThan(10);
        assertThat(recover(client(builder -> builder))).isEmpty();
        assertThat(server.executions).hasSize(bought);
    }

    @Test
    void aSubscribedPlanOfAClosedClientIsNotRecoveredBecauseItsSubscriberKnows() {
        CloneClient first = client(builder -> builder.maxInFlight(2));
        Mono<CloneReport> report = first.cloneReport(plan("order-1", 300)).cache();
        report.subscribe();
        awaitSending();
        Mono<Void> closed = first.disposeLater().cache();
        closed.subscribe();
        responding.tryEmitEmpty();
        closed.block(PATIENCE);
        assertThat(report.block(PATIENCE).complete()).isFalse();
        assertThat(recover(client(builder -> builder))).isEmpty();
    }

    @Test
    void aSubmittedPlanThatWasRefusedIsNotRecovered() {
        Ledger refusing = new Ledger(
                (call, books) -> call.map(sent -> books.refusal(sent, "ResourceUnavailable.AccountBalanceNotEnough")));
        CloneClient first = client(refusing, builder -> builder);
        ClonePlan plan = plan("order-1", 300);
        first.submit(plan).block(PATIENCE);
        first.follow(plan.id()).blockLast(PATIENCE);
        first.close();
        assertThat(recover(client(builder -> builder))).isEmpty();
        assertThat(server.begun).isEmpty();
    }

    @Test
    void aSubmittedPlanWithoutAConnectionIsRecovered() {
        responding.tryEmitEmpty();
        ClonePlan plan = plan("order-1", 90);
        CloneClient first = client(
                new Ledger((call, books) -> Mono.<ApiResponse>error(Ledger.noConnection())),
                builder -> builder.time(new FastForwardScheduler(), FastForwardScheduler::nanoTime));
        first.submit(plan).block(PATIENCE);
        first.follow(plan.id()).blockLast(PATIENCE);
        CloneClient second = client(builder -> builder);
        assertThat(recover(second)).containsExactly(plan.id());
        assertThat(reportAtTheEnd(second, plan).complete()).isTrue();
    }

    @Test
    void aSubmittedPlanStaysAbandonedWhenASubscriberCannotLookItUp() {
        responding.tryEmitEmpty();
        ClonePlan plan = leave("order-1");
        Ledger blind = new Ledger(
                Ledger.responding(), response -> Mono.error(new NotSent(NotSent.Reason.NO_CREDENTIALS, "test", null)));
        CloneClient first = client(blind, builder -> builder);
        assertThatThrownBy(() -> first.cloneReport(plan).block(PATIENCE)).isInstanceOf(UnverifiedPlanException.class);
        assertThat(recover(client(builder -> builder))).containsExactly(plan.id());
    }

    @Test
    void aSubmittedPlanWhoseJournalFailedIsRecovered() {
        responding.tryEmitEmpty();
        ClonePlan plan = plan("order-1", 90);
        CloneClient first = client(builder -> builder.journal(new PassingJournal(
                journal, opening -> journal.open(opening, "ap-guangzhou").map(Broken::new))));
        first.submit(plan).block(PATIENCE);
        first.follow(plan.id()).onErrorComplete(JournalException.class).blockLast(PATIENCE);
        CloneClient second = client(builder -> builder);
        assertThat(recover(second)).containsExactly(plan.id());
        assertThat(reportAtTheEnd(second, plan).complete()).isTrue();
    }

    @Test
    void aPlanThatCannotBeBegunIsLeftForOthersAndTheRestIsRecovered() {
        responding.tryEmitEmpty();
        leave("without-password");
        leave("too-large");
        leave("order-1");
        CloneClient second = client(builder -> builder.maxInstances(100)
                .passwords(plan -> plan.value().equals("without-password") ? Mono.empty() : PASSWORDS.password(plan)));
        List<PlanId> taken = new ArrayList<>();
        assertThatThrownBy(() -> second.recover().doOnNext(taken::add).blockLast(PATIENCE))
                .satisfies(failures -> assertThat(Exceptions.unwrapMultiple(failures))
                        .hasAtLeastOneElementOfType(PlanPasswordException.class)
                        .hasAtLeastOneElementOfType(InvalidValueException.class));
        assertThat(taken).containsExactly(PlanId.of("order-1"));
        assertThat(recover(client(builder -> builder)))
                .containsExactly(PlanId.of("without-password"), PlanId.of("too-large"));
    }

    @Test
    void aPlanWhoseEntryIsDamagedIsReportedAndTheRestIsRecovered(@TempDir Path folder) throws SQLException {
        responding.tryEmitEmpty();
        SQLiteDataSource file = new SQLiteDataSource();
        file.setUrl("jdbc:sqlite:" + folder.resolve("journal.db"));
        CloneJournal inFile = CloneJournal.jdbc(file);
        for (String id : List.of("damaged", "order-1")) {
            inFile.open(plan(id, 90), "ap-guangzhou")
                    .flatMap(PlanJournal::handOff)
                    .block(PATIENCE);
        }
        try (Connection connection = file.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("UPDATE ramet_plan SET goods_num = 60 WHERE plan_id = 'damaged'");
        }
        CloneClient second = client(builder -> builder.journal(inFile));
        List<PlanId> taken = new ArrayList<>();
        assertThatThrownBy(() -> second.recover().doOnNext(taken::add).blockLast(PATIENCE))
                .isInstanceOfSatisfying(
                        DamagedPlanException.class,
                        damaged -> assertThat(damaged.planId()).isEqualTo(PlanId.of("damaged")));
        assertThat(taken).containsExactly(PlanId.of("order-1"));
    }

    @Test
    void aPlanThatWasSubmittedElsewhereIsStillRecoveredWhenItsSubscriberHereCancels() {
        ClonePlan plan = plan("order-1", 300);
        submitAndClose(plan, 1);
        CloneClient second = client(builder -> builder.maxInFlight(1));
        second.clone(plan).take(2).blockLast(PATIENCE);
        second.close();
        assertThat(server.executions.size()).isLessThan(10);
        CloneClient third = client(builder -> builder);
        assertThat(recover(third)).containsExactly(plan.id());
        assertThat(reportAtTheEnd(third, plan).complete()).isTrue();
        assertThat(recover(client(builder -> builder))).as("done is done").isEmpty();
    }

    @Test
    void anAbandonedPlanThatWasOnlyReconciledIsStillRecovered() {
        responding.tryEmitEmpty();
        ClonePlan plan = leave("order-1");
        client(builder -> builder).reconcile(plan.id()).block(PATIENCE);
        assertThat(recover(client(builder -> builder))).containsExactly(plan.id());
    }

    @Test
    void twoClientsOnOneJournalInMemoryDoNotRunOnePlanAtOnce() {
        ClonePlan plan = plan("order-1", 300);
        CloneClient first = client(builder -> builder.maxInFlight(2));
        Mono<CloneReport> report = first.cloneReport(plan).cache();
        report.subscribe();
        awaitSending();
        CloneClient second = client(builder -> builder);
        assertThatThrownBy(() -> second.cloneReport(plan).block(PATIENCE)).isInstanceOf(PlanBusyException.class);
        assertThatThrownBy(() -> second.reconcile(plan.id()).block(PATIENCE)).isInstanceOf(PlanBusyException.class);
        assertThat(recover(second)).isEmpty();
        responding.tryEmitEmpty();
        assertThat(report.block(PATIENCE).complete()).isTrue();
        assertThat(second.cloneReport(plan).block(PATIENCE).complete()).isTrue();
        assertThat(server.executions)
                .hasSize(10)
                .allSatisfy((name, times) -> assertThat(times).isEqualTo(1));
    }

    @Test
    void aClientRecoversAbandonedPlansByItselfIfItIsBuiltTo() {
        CloneClient second = client(builder -> builder.recoverEvery(Duration.ofMillis(100)));
        responding.tryEmitEmpty();
        ClonePlan plan = leave("order-1");
        Mono<CloneReport> complete = Flux.interval(Duration.ofMillis(20))
                .onBackpressureDrop()
                .concatMap(tick -> second.report(plan.id()))
                .filter(CloneReport::complete)
                .next();
        assertThat(complete.block(PATIENCE)).isNotNull();
    }

    @Test
    void aPlanThatWasClaimedIsRunThoughTheRecoveryIsCancelled() {
        responding.tryEmitEmpty();
        ClonePlan plan = leave("order-1");
        Sinks.One<Secret> password = Sinks.one();
        CloneClient second = client(builder -> builder.passwords(id -> password.asMono()));
        second.recover().subscribe().dispose();
        password.tryEmitValue(Secret.of("Canary-Passw0rd"));
        assertThat(reportAtTheEnd(second, plan).complete()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anErrorOfThePasswordProviderLeavesThePlanToOthers(boolean deferred) {
        responding.tryEmitEmpty();
        ClonePlan plan = leave("order-1");
        Supplier<Mono<Secret>> failing = () -> {
            throw new NoClassDefFoundError("provider/Rare");
        };
        CloneClient broken = client(builder -> builder.passwords(id -> deferred ? Mono.defer(failing) : failing.get()));
        assertThatThrownBy(() -> broken.recover().blockLast(PATIENCE)).hasMessageContaining("NoClassDefFoundError");
        assertThat(client(builder -> builder).recover().collectList().block(PATIENCE))
                .containsExactly(plan.id());
    }

    @Test
    void aSubscriberOfAPlanThatIsBeingRecoveredNeedNotWaitForItsPassword() {
        responding.tryEmitEmpty();
        ClonePlan plan = leave("order-1");
        Sinks.Empty<Void> asked = Sinks.empty();
        Sinks.One<Secret> password = Sinks.one();
        CloneClient second = client(builder -> builder.passwords(id -> {
            asked.tryEmitEmpty();
            return password.asMono();
        }));
        Mono<List<PlanId>> takingOver = second.recover().collectList().cache();
        takingOver.subscribe();
        asked.asMono().block(PATIENCE);
        assertThatThrownBy(() -> second.cloneReport(plan("order-1", 60)).block(PATIENCE))
                .as("another request of that name")
                .isInstanceOf(PlanConflictException.class);
        assertThat(second.cloneReport(plan).block(PATIENCE).complete()).isTrue();
        password.tryEmitValue(Secret.of("Canary-Passw0rd"));
        assertThat(takingOver.block(PATIENCE)).containsExactly(plan.id());
        assertThat(journal.find(plan.id())
                        .repeatWhen(looked -> looked.delayElements(Duration.ofMillis(10)))
                        .filter(found -> !found.held())
                        .blockFirst(PATIENCE))
                .as("released in the end")
                .isNotNull();
        assertThat(server.executions)
                .hasSize(3)
                .allSatisfy((name, times) -> assertThat(times).isEqualTo(1));
    }

    @Test
    void aPollIntervalOfLessThanATenthOfASecondIsRefused() {
        assertThatThrownBy(() -> client(builder -> builder.recoverEvery(Duration.ofMillis(99))))
                .isInstanceOf(InvalidValueException.class)
                .hasMessage("recoverEvery PT0.099S: must be 100 ms or more");
    }

    /** With requests in flight, whose responses arrive while it closes. */
    private void submitAndClose(ClonePlan plan, int maxInFlight) {
        CloneClient first = client(builder -> builder.maxInFlight(maxInFlight));
        first.submit(plan).block(PATIENCE);
        awaitSending();
        Mono<Void> closed = first.disposeLater().cache();
        closed.subscribe();
        responding.tryEmitEmpty();
        closed.block(PATIENCE);
    }

    private void awaitSending() {
        Flux.interval(Duration.ofMillis(10))
                .filter(tick -> !server.begun.isEmpty())
                .blockFirst(PATIENCE);
    }

    /** A plan of eight requests, or three, that a process has abandoned. */
    private ClonePlan leave(String id) {
        ClonePlan plan = plan(id, id.equals("too-large") ? 240 : 90);
        journal.open(plan, "ap-guangzhou").flatMap(PlanJournal::handOff).block(PATIENCE);
        return plan;
    }

    private CloneClient client(UnaryOperator<CloneClientBuilder> setting) {
        return client(server, setting);
    }

    private CloneClient client(Ledger ledger, UnaryOperator<CloneClientBuilder> setting) {
        CloneClient client = HardeningTest.client(
                ledger, builder -> setting.apply(builder.journal(journal).passwords(PASSWORDS)));
        clients.add(client);
        return client;
    }

    private static List<PlanId> recover(CloneClient client) {
        return client.recover().collectList().block(PATIENCE);
    }

    private static CloneReport reportAtTheEnd(CloneClient client, ClonePlan plan) {
        client.follow(plan.id()).blockLast(PATIENCE);
        return client.report(plan.id()).block(PATIENCE);
    }

    /** Fails at the second chunk. */
    private static final class Broken extends PassingJournal.Plan {
        private final AtomicInteger sendings = new AtomicInteger();

        Broken(PlanJournal passed) {
            super(passed);
        }

        @Override
        public Mono<Void> sending(CloneChunk chunk, long timestamp) {
            return sendings.incrementAndGet() == 1
                    ? super.sending(chunk, timestamp)
                    : Mono.error(new JournalException("test", null));
        }
    }
}
