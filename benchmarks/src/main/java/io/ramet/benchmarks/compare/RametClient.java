package io.ramet.benchmarks.compare;

import io.ramet.outcome.ChunkOutcome.Cloned;
import io.ramet.outcome.ChunkOutcome.InDoubt;
import io.ramet.plan.ClonePlan;
import io.ramet.reactor.CloneClient;
import io.ramet.reactor.CloneClientBuilder;
import io.ramet.reactor.journal.CloneJournal;
import io.ramet.reactor.shape.RequestShaper;
import io.ramet.sign.CredentialsProvider;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Function;
import org.sqlite.SQLiteDataSource;
import reactor.core.publisher.Mono;

/** Ramet as its README shows it; without its shaper and its audit if the server has no limit. */
final class RametClient implements Competitor {

    private final CloneJournal journal;
    private final CloneClient client;

    RametClient(Settings settings, CloneJournal journal, RequestShaper shaper) {
        this.journal = journal;
        CloneClientBuilder builder = CloneClient.builder()
                .region(Fixtures.REGION)
                .endpoint(settings.uri())
                .credentials(CredentialsProvider.fixed(Fixtures.credentials()))
                .journal(journal)
                .maxInstances(Integer.MAX_VALUE)
                .callTimeout(Duration.ofMillis(settings.timeoutMillis()));
        if (settings.limited()) {
            // Every chunk is sent, whatever becomes of the others.
            builder.shaper(shaper).maxInDoubt(1_000_000).stopOnRefusal(false).reconcileFor(Duration.ofSeconds(3));
        } else {
            builder.shaper(new UnlimitedShaper())
                    .maxInFlight(settings.inFlight())
                    .auditFor(Duration.ZERO);
        }
        this.client = builder.build();
    }

    /** A journal in a SQLite file that this process deletes when it ends. */
    static CloneJournal sqlite() {
        try {
            Path file = Files.createTempFile("ramet-benchmark", ".db");
            file.toFile().deleteOnExit();
            SQLiteDataSource database = new SQLiteDataSource();
            database.setUrl("jdbc:sqlite:" + file);
            return CloneJournal.jdbc(database);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void buy(ClonePlan plan, CallerView view) {
        client.clone(plan)
                .doOnNext(outcome -> {
                    if (outcome instanceof Cloned cloned) {
                        view.deal(cloned.deal().instanceIds());
                    } else if (outcome instanceof InDoubt inDoubt) {
                        view.inDoubt(inDoubt.chunk().goodsNum());
                    }
                })
                .blockLast();
    }

    @Override
    public void close() {
        client.close();
        journal.close();
    }

    /** A shaper that makes no request wait. */
    private static final class UnlimitedShaper implements RequestShaper {

        private static final Permit FREE = new Permit() {
            @Override
            public boolean use() {
                return true;
            }

            @Override
            public void written() {
                // There is no limit.
            }
        };

        @Override
        public <T> Mono<T> shape(Function<Mono<Permit>, Mono<T>> exchange) {
            return Mono.defer(() -> exchange.apply(Mono.just(FREE)));
        }

        @Override
        public void pause(Duration time) {
            // There is no limit, so no request is throttled.
        }
    }
}
