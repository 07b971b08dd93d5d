package io.ramet.reactor;

import io.ramet.model.Secret;
import io.ramet.outcome.ChunkOutcome;
import io.ramet.plan.CloneChunk;
import io.ramet.reactor.journal.CloneJournal;
import io.ramet.reactor.observe.CloneObserver;
import io.ramet.reactor.parts.MySql;
import io.ramet.reactor.shape.SharedShaper;
import io.ramet.reactor.shape.redis.RedisShaper;
import io.ramet.sign.Credentials;
import io.ramet.sign.CredentialsProvider;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * A process that shares a limit in Redis and a journal in a database with others like it. It submits plans of its own
 * when it is signalled to, recovers plans that others have abandoned, and runs until it is signalled to stop.
 */
public final class Replica {

    public static final Duration LEASE = Duration.ofSeconds(2);

    private Replica() {}

    /**
     * The arguments of a replica.
     *
     * @param plans how many to submit
     * @param chunks how many each plan has
     * @param replicas how many share the limit
     */
    public record Order(
            String name,
            URI server,
            String secretId,
            String secretKey,
            String redis,
            String database,
            int replicas,
            int plans,
            int chunks) {

        public String[] arguments() {
            return new String[] {
                name,
                server.toString(),
                secretId,
                secretKey,
                redis,
                database,
                String.valueOf(replicas),
                String.valueOf(plans),
                String.valueOf(chunks)
            };
        }

        public static Order of(String... arguments) {
            return new Order(
                    arguments[0],
                    URI.create(arguments[1]),
                    arguments[2],
                    arguments[3],
                    arguments[4],
                    arguments[5],
                    Integer.parseInt(arguments[6]),
                    Integer.parseInt(arguments[7]),
                    Integer.parseInt(arguments[8]));
        }

        /** {@return the ids of its plans} */
        public List<String> planIds() {
            return IntStream.range(0, plans).mapToObj(i -> name + "-" + i).toList();
        }
    }

    public static void main(String... arguments) throws IOException, SQLException {
        Order order = Order.of(arguments);
        SharedShaper shaper = RedisShaper.connect(order.redis(), "account")
                .replicas(order.replicas())
                .name(order.name())
                .listener(state -> report("shaper " + state.mode()))
                .build();
        CloneJournal journal = CloneJournal.jdbcBuilder(database(order.database()))
                .lease(LEASE)
                .build();
        CloneClient client = CloneClient.builder()
                .region("ap-guangzhou")
                .endpoint(order.server())
                .credentials(CredentialsProvider.fixed(Credentials.of(order.secretId(), order.secretKey())))
                .shaper(shaper)
                .journal(journal)
                .callTimeout(Duration.ofSeconds(5))
                .reconcileFor(Duration.ofSeconds(1))
                .maxInDoubt(1_000)
                .maxInstances(Integer.MAX_VALUE)
                .passwords(PasswordProvider.fixed(Secret.of("Canary-Passw0rd")))
                .recoverEvery(Duration.ofMillis(500))
                .observer(new Teller())
                .build();
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        // Everything that is slow the first time.
        client.reports().blockLast(Duration.ofSeconds(30));
        report("ready");
        in.readLine();
        Flux.fromIterable(order.planIds())
                .flatMap(id -> client.submit(Fixtures.plan(id, 30 * order.chunks()))
                        .onErrorResume(failure -> Mono.fromRunnable(() -> report("refused " + id + " " + failure))))
                .blockLast(Duration.ofSeconds(30));
        report("submitted");
        in.readLine();
        client.disposeLater().then(journal.disposeLater()).block(Duration.ofSeconds(30));
        report("permits " + shaper.state());
        shaper.disposeLater().block(Duration.ofSeconds(5));
        report("closed");
        System.exit(0);
    }

    /** {@return the database at a URL of PostgreSQL, MariaDB or MySQL} */
    public static DataSource database(String url) throws SQLException {
        if (!url.startsWith("jdbc:postgresql:")) {
            return MySql.source(url);
        }
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(url);
        source.setApplicationName("replica");
        return source;
    }

    private static void report(String step) {
        System.out.print(ChildJvm.STEP + step + "\n");
        System.out.flush();
    }

    private static final class Teller implements CloneObserver {

        @Override
        public void sending(CloneChunk chunk, int attempt) {
            report("bytes " + chunk.planId() + " " + chunk.index());
        }

        @Override
        public void settled(ChunkOutcome outcome) {
            report("settled " + outcome.chunk().planId() + " " + outcome.chunk().index());
        }
    }
}
