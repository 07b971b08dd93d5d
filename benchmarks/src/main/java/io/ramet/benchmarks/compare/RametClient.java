package io.ramet.benchmarks.compare;

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
import java.util.function.UnaryOperator;
import org.sqlite.SQLiteDataSource;
import reactor.core.publisher.Mono;

/** Ramet as its README shows it; without its shaper and its audit if the server has no limit. */
final class RametClient implements Competitor {

    private final CloneJournal journal;
    private final CloneClient client;

    private RametClient(Settings settings, CloneJournal journal, UnaryOperator<CloneClientBuilder> shape) {
        this.journal = journal;
        CloneClientBuilder builder = CloneClient.builder()
                .region(Fixtures.REGION)
                .endpoint(settings.uri())
                .credentials(CredentialsProvider.fixed(Fixtures.credentials()))
                .journal(journal)
                .maxInstances(Integer.MAX_VALUE)
                .callTimeout(Duration.ofMillis(settings.timeoutMillis()));
        if (settings.limited()) {
            // Every chunk is sent, whatever became of others.
            shape.apply(builder).maxInDoubt(1_000_000).stopOnRefusal(false).reconcileFor(Duration.ofSeconds(3));
        } else {
            builder.maxInFlight(settings.inFlight())
                    .shaper(new UnlimitedShaper())
                    .auditFor(Duration.ZERO);
        }
        this.client = builder.build();
    }

    static RametClient onDisk(Settings settings, UnaryOperator<CloneClientBuilder> shape) {
        return new RametClient(settings, sqlite(), shape);
    }

    static RametClient inMemory(Settings settings) {
        return new RametClient(settings, CloneJournal.inMemory(), UnaryOperator.identity());
    }

    private static CloneJournal sqlite() {
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
                .doOnNext(outcome -> outcome.<Void>fold(
                        cloned -> {
                            view.deal(cloned.deal().instanceIds());
                            return null;
                        },
                        notCloned -> {
                            view.failed(notCloned.chunk().goodsNum());
                            return null;
                        },
                        inDoubt -> {
                            view.inDoubt(inDoubt.chunk().goodsNum());
                            return null;
                        }))
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
