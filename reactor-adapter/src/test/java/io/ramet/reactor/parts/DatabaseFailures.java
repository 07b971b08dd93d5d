package io.ramet.reactor.parts;

import static org.assertj.core.api.Assertions.assertThat;

import io.ramet.outcome.ChunkOutcome;
import io.ramet.outcome.ChunkOutcome.Cloned;
import io.ramet.plan.ClonePlan;
import io.ramet.reactor.BooksAssert;
import io.ramet.reactor.CloneClient;
import io.ramet.reactor.CloneClientBuilder;
import io.ramet.reactor.Fixtures;
import io.ramet.reactor.PassingJournal;
import io.ramet.reactor.journal.CloneJournal;
import io.ramet.reactor.journal.JournalException;
import io.ramet.reactor.journal.PlanBusyException;
import io.ramet.simulator.Simulator;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import javax.sql.DataSource;
import reactor.util.retry.Retry;

/** A plan that is bought while the database of its journal fails. */
abstract class DatabaseFailures {

    static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final Duration LEASE = Duration.ofSeconds(3);

    static Simulator respondingAfter(Duration latency) {
        return Simulator.builder().latency(latency, latency).start();
    }

    static CloneClientBuilder client(Simulator simulator, DataSource database) {
        return client(simulator, database, LEASE);
    }

    static CloneClientBuilder client(Simulator simulator, DataSource database, Duration lease) {
        return Fixtures.client(simulator)
                .callTimeout(Duration.ofSeconds(20))
                .journal(PassingJournal.waiting(
                        CloneJournal.jdbcBuilder(database).lease(lease).build(), Duration.ofSeconds(20)));
    }

    /** Subscribes again, as an application would, when the journal fails or another process holds the plan. */
    static CompletableFuture<List<ChunkOutcome>> buying(CloneClient client, ClonePlan plan) {
        return client.clone(plan)
                .collectList()
                .retryWhen(Retry.fixedDelay(20, Duration.ofSeconds(1))
                        .filter(failure -> failure instanceof JournalException || failure instanceof PlanBusyException)
                        .doBeforeRetry(again -> System.out.println(plan.id() + ": " + again.failure())))
                .timeout(PATIENCE)
                .toFuture();
    }

    static void assertBoughtAsAsked(Simulator simulator, ClonePlan plan, List<ChunkOutcome> outcomes) {
        BooksAssert.assertTruth(plan.id().value(), simulator, plan, outcomes);
        assertThat(outcomes).as("%s: outcomes", plan.id()).allMatch(Cloned.class::isInstance);
        assertThat(simulator.books().bought()).isEqualTo(plan.request().goodsNum());
    }

    static void awaitExecutions(Simulator simulator, int count) throws Exception {
        Program.awaitThat(
                count + " calls executed", () -> simulator.books().executions().size() >= count);
    }
}
