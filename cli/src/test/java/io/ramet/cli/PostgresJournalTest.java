package io.ramet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.ramet.simulator.Fault;
import io.ramet.simulator.Misbehaviour;
import io.ramet.simulator.RateLimit;
import io.ramet.simulator.Simulator;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** A journal in a real PostgreSQL that asks for a password. The tests share a database, so they do not run at once. */
@Execution(ExecutionMode.SAME_THREAD)
@Timeout(120)
class PostgresJournalTest {

    private static final String PASSWORD = "canary-Passw0rd";

    private static EmbeddedPostgres postgres;

    @AutoClose
    private final Simulator simulator =
            Simulator.builder().limit(RateLimit.none()).start();

    @BeforeAll
    static void start(@TempDir Path folder) throws IOException, SQLException {
        Path rules = Files.writeString(
                folder.resolve("pg_hba.conf"),
                "host all postgres 127.0.0.1/32 trust\nhost all all 127.0.0.1/32 scram-sha-256\n");
        // The server runs as another user where the tests run as root.
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        postgres = EmbeddedPostgres.builder()
                .setServerConfig("fsync", "on")
                .setServerConfig("hba_file", rules.toString())
                .start();
        administer("CREATE ROLE ramet LOGIN PASSWORD '" + PASSWORD + "'");
    }

    @AfterAll
    static void stop() throws IOException {
        postgres.close();
    }

    @BeforeEach
    void anEmptyDatabase() throws SQLException {
        administer("DROP DATABASE IF EXISTS journals");
        administer("CREATE DATABASE journals OWNER ramet");
    }

    @Test
    void userAndPasswordComeFromTheEnvironment() {
        Session bought = session(Map.of("PGUSER", "ramet", "PGPASSWORD", PASSWORD));
        assertThat(buy(bought, 45, url(""))).isZero();
        Session report = session(Map.of("PGUSER", "ramet", "PGPASSWORD", PASSWORD));
        assertThat(report.run("report", "order-1", "--journal=" + url(""), "--output=ndjson"))
                .isZero();
        assertThat(report.lastJson().get("cloned").asInt()).isEqualTo(45);
    }

    @Test
    void theUserOfTheUrlOverridesThatOfTheEnvironment() {
        Session session = session(Map.of("PGUSER", "somebody", "PGPASSWORD", PASSWORD));
        assertThat(buy(session, 1, url("?user=ramet"))).isZero();
    }

    @Test
    void thePasswordFileOfPostgresIsReadForAUserOfTheEnvironment(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("pgpass"), "127.0.0.1:*:*:ramet:" + PASSWORD + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        System.setProperty("org.postgresql.pgpassfile", file.toString());
        try {
            assertThat(buy(session(Map.of("PGUSER", "ramet")), 1, url(""))).isZero();
        } finally {
            System.clearProperty("org.postgresql.pgpassfile");
        }
    }

    @Test
    void aWrongPasswordSendsNothingAndIsNotPrinted() {
        Session session = session(Map.of("PGUSER", "ramet", "PGPASSWORD", "canary-wrong"));
        assertThat(buy(session, 1, url(""))).isEqualTo(7);
        assertThat(session.err()).contains("password authentication failed");
        assertThat(session.out() + session.err()).doesNotContain("canary");
        assertThat(simulator.books().arrivals()).isEmpty();
    }

    @Test
    void thePrintedCommandResumesWithThePasswordFromTheEnvironment() throws IOException {
        simulator.misbehave(Misbehaviour.scripted(Fault.error("ResourceUnavailable.SaleOut", false)));
        Session first = session(Map.of("PGPASSWORD", PASSWORD));
        String secret = url("?user=ramet&sslmode=disable&prepareThreshold=0&passwort=canary");
        assertThat(buy(first, 90, secret, "--max-in-flight=1")).isEqualTo(3);
        assertThat(first.err()).contains("PGPASSWORD", "prepareThreshold=0").doesNotContain("canary");

        Session resumed = session(Map.of("PGPASSWORD", PASSWORD));
        assertThat(resumed.run(first.printed("ramet resume"))).isEqualTo(3);
        assertThat(resumed.err()).doesNotContain("PGPASSWORD");
        assertThat(simulator.books().bought()).isEqualTo(60);
        Session settled = session(Map.of("PGPASSWORD", PASSWORD));
        assertThat(settled.run(Stream.of(first.printed("ramet resume"))
                        .map(word -> word.equals("resume") ? "reconcile" : word)
                        .toArray(String[]::new)))
                .isEqualTo(3);
        assertThat(settled.out()).contains("60 of 90 cloned in 2 deals, 30 not cloned");
    }

    @Test
    void aDatabaseWithoutAJournalIsReportedAndLeftAsItIs() throws SQLException {
        Session session = session(Map.of("PGUSER", "ramet", "PGPASSWORD", PASSWORD));
        assertThat(session.run("report", "--journal=" + url(""))).isEqualTo(2);
        assertThat(session.err()).contains("--journal " + url("") + ": there is no journal there");
        assertThat(count("SELECT count(*) FROM pg_tables WHERE tablename LIKE 'ramet%'"))
                .isZero();
    }

    @Test
    void anUnknownPlanLeavesNoConnectionBehind() throws SQLException {
        Map<String, String> environment = Map.of("PGUSER", "ramet", "PGPASSWORD", PASSWORD);
        buy(session(environment), 1, url(""));
        for (String command : new String[] {"report", "resume", "reconcile"}) {
            Session session = session(environment);
            assertThat(session.run(command, "no-such-plan", "--journal=" + url("")))
                    .isEqualTo(2);
            assertThat(session.err())
                    .isEqualToIgnoringNewLines("the journal knows no plan no-such-plan"
                            + "ramet report lists the plans of a journal, and --journal names another one.");
        }
        // PostgreSQL refuses to drop a database that has a connection.
        administer("DROP DATABASE journals");
    }

    private Session session(Map<String, String> environment) {
        return Session.withKeyOf(simulator).environment(environment);
    }

    private int buy(Session session, int goodsNum, String url, String... more) {
        return session.clone(
                simulator,
                Stream.concat(
                                Stream.of(
                                        "--goods-num=" + goodsNum,
                                        "--billing=payg",
                                        "--yes",
                                        "--plan-id=order-1",
                                        "--journal=" + url),
                                Stream.of(more))
                        .toArray(String[]::new));
    }

    private static String url(String settings) {
        return "jdbc:postgresql://127.0.0.1:" + postgres.getPort() + "/journals" + settings;
    }

    private static void administer(String sql) throws SQLException {
        try (Connection connection = postgres.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static int count(String sql) throws SQLException {
        try (Connection connection =
                        postgres.getDatabase("postgres", "journals").getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getInt(1);
        }
    }
}
