package io.ramet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.ramet.simulator.Fault;
import io.ramet.simulator.Fault.Stage;
import io.ramet.simulator.Misbehaviour;
import io.ramet.simulator.RateLimit;
import io.ramet.simulator.Simulator;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** What outlives a process: the journal, and the commands that go on with it. */
class JournalCommandsTest {

    @TempDir
    private Path folder;

    @AutoClose
    private final Simulator simulator = Simulator.builder()
            .limit(RateLimit.none())
            .latency(Duration.ofMillis(5), Duration.ofMillis(20))
            .start();

    @Test
    void theJournalIsInTheStateDirectoryUnlessToldOtherwiseAndReportReadsIt() {
        assertThat(buy("order-1", 45)).isZero();
        assertThat(Files.exists(folder.resolve("journal.db"))).isTrue();

        Session plan = session();
        assertThat(plan.run("report", "order-1", "--output=ndjson")).isZero();
        assertThat(plan.json()).hasSize(3);
        assertThat(plan.lastJson().get("cloned").asInt()).isEqualTo(45);

        buy("order-2", 10);
        Session all = session();
        assertThat(all.run("report")).isZero();
        assertThat(all.out().lines())
                .satisfiesExactly(
                        first -> assertThat(first).contains("plan order-1: 45 of 45 cloned in 2 deals"),
                        second -> assertThat(second).contains("plan order-2: 10 of 10 cloned in 1 deal"));
    }

    @Test
    void thePlanIsBoughtOnceHoweverOftenItIsAskedFor() {
        buy("order-1", 45);
        assertThat(buy("order-1", 45)).isZero();
        assertThat(simulator.books().bought()).isEqualTo(45);
    }

    @Test
    void theSamePlanIdForAnotherRequestIsRefused() {
        buy("order-1", 45);
        assertThat(buy("order-1", 46)).isEqualTo(1);
        assertThat(simulator.books().bought()).isEqualTo(45);
    }

    @Test
    void theCommandThatIsPrintedSendsWhatWasNotSent() {
        simulator.misbehave(Misbehaviour.always(Fault.error("ResourceUnavailable.SaleOut", false)));
        Session first = session();
        int code = first.clone(
                simulator, "--goods-num=300", "--billing=payg", "--yes", "--plan-id=order-1", "--max-in-flight=1");
        assertThat(code).isEqualTo(3);
        assertThat(simulator.books().bought()).isZero();
        simulator.misbehave(Misbehaviour.none());

        Session resumed = session();
        assertThat(resumed.run(printed(first, "ramet resume"))).isEqualTo(3);
        assertThat(simulator.books().bought())
                .as("all but the one that was refused")
                .isEqualTo(270);
        assertThat(simulator.books().boughtTwice()).isEmpty();
    }

    @Test
    void theCommandThatIsPrintedFindsWhatWasInDoubt() {
        simulator.misbehave(Misbehaviour.scripted(
                Fault.reset(Stage.AFTER_EXECUTING).and(Fault.lateVisibility(Duration.ofMillis(1500)))));
        Session first = session();
        int code = first.clone(
                simulator, "--goods-num=30", "--billing=payg", "--yes", "--plan-id=order-1", "--reconcile-for=100ms");
        assertThat(code).isEqualTo(4);

        Session settled = session();
        String[] command = Stream.concat(Stream.of(printed(first, "ramet settle")), Stream.of("--reconcile-for=4s"))
                .toArray(String[]::new);
        assertThat(settled.run(command)).isZero();
        assertThat(settled.out()).contains("30 of 30 cloned");
        assertThat(simulator.books().bought()).isEqualTo(30);
    }

    @Test
    void aKilledProcessIsResumedAndNothingIsBoughtTwiceOrLost() throws Exception {
        Path journal = folder.resolve("killed.db");
        List<String> arguments = Stream.of(
                        List.of("clone", "--endpoint=" + simulator.uri(), "--region=ap-guangzhou"),
                        Session.REQUEST,
                        List.of(
                                "--goods-num=900",
                                "--billing=payg",
                                "--yes",
                                "--plan-id=killed",
                                "--journal=" + journal))
                .flatMap(List::stream)
                .toList();
        Map<String, String> key = Map.of(
                "TENCENTCLOUD_SECRET_ID", simulator.secretId(), "TENCENTCLOUD_SECRET_KEY", simulator.secretKey());
        try (ChildProcess child = new ChildProcess(key, arguments.toArray(String[]::new))) {
            child.nextLine();
            child.nextLine();
            child.kill();
        }
        assertThat(simulator.books().bought()).isPositive().isLessThan(900);
        Session busy = session();
        String[] resume = {
            "resume",
            "killed",
            "--endpoint=" + simulator.uri(),
            "--region=ap-guangzhou",
            "--journal=" + journal,
            "--reconcile-for=1s",
            "--output=ndjson"
        };
        assertThat(busy.run(resume)).as("its lease is still running").isEqualTo(1);
        assertThat(busy.err()).contains("plan killed is held by");
        expireLease(journal);

        Session resumed = session();
        int code = resumed.run(resume);
        JsonNode report = resumed.lastJson();
        assertThat(simulator.books().boughtTwice()).isEmpty();
        assertThat(report.get("notCloned").asInt()).isZero();
        assertThat(report.get("cloned").asInt()).isEqualTo(simulator.books().bought());
        assertThat(code).isEqualTo(report.get("inDoubt").asInt() == 0 ? 0 : 4);
    }

    @Test
    void withoutAJournalThereIsAWarning() {
        Session session = session();
        assertThat(session.clone(simulator, "--goods-num=1", "--billing=payg", "--yes", "--journal=none"))
                .isZero();
        assertThat(session.err()).contains("Warning: without a journal");
        assertThat(Files.exists(folder.resolve("journal.db"))).isFalse();
    }

    @Test
    void aPlanThatNobodyKnowsIsSaidSo() {
        Session session = session();
        assertThat(session.run("report", "no-such-plan")).isEqualTo(1);
        assertThat(session.run("resume", "no-such-plan", "--region=r")).isEqualTo(1);
        assertThat(session.run("settle", "no-such-plan", "--region=r")).isEqualTo(1);
        assertThat(session.err().lines())
                .hasSize(3)
                .allMatch(line -> line.equals("the journal knows no plan no-such-plan"));
    }

    @Test
    void resumingAsksForThePasswordThatTheJournalDoesNotKeep() throws IOException {
        Path secret = Files.writeString(folder.resolve("password"), "Canary-Passw0rd\n");
        simulator.misbehave(Misbehaviour.scripted(Fault.error("ResourceUnavailable.SaleOut", false)));
        Session first = session();
        first.run(
                "clone",
                "--endpoint=" + simulator.uri(),
                "--region=ap-guangzhou",
                "--instance-id=crs-source12",
                "--backup-id=1",
                "--zone-id=100003",
                "--security-group=sg-1",
                "--goods-num=90",
                "--billing=payg",
                "--plan-id=secret",
                "--max-in-flight=1",
                "--yes",
                "--password-file=" + secret);
        Session without = session();
        assertThat(without.run(printed(first, "ramet resume"))).isEqualTo(2);
        assertThat(without.err()).contains("password (none): is required");

        Session with = session();
        String[] command = Stream.concat(
                        Stream.of(printed(first, "ramet resume")), Stream.of("--password-file=" + secret))
                .toArray(String[]::new);
        assertThat(with.run(command)).isEqualTo(3);
        assertThat(simulator.books().bought()).isEqualTo(60);
        String kept = Files.readString(folder.resolve("journal.db"), StandardCharsets.ISO_8859_1);
        assertThat(kept).contains("crs-source12").doesNotContain("Canary-Passw0rd");
        assertThat(first.out() + first.err() + with.out() + with.err()).doesNotContain("Canary-Passw0rd");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "jdbc:h2:mem:x?sslpassword=canary-secret",
                "jdbc:postgresql://host:port/db?password=canary-secret&sslpassword=canary-secret",
                "jdbc:postgresql://127.0.0.1:1/db?user=u&sslpassword=canary-secret",
                "jdbc:mysql://root:canary-secret@host/db"
            })
    void noSecretInAJournalsUrlIsPrinted(String url) {
        Session session = session();
        assertThat(session.clone(simulator, "--goods-num=1", "--billing=payg", "--yes", "--journal=" + url))
                .isIn(1, 2);
        assertThat(session.out() + session.err()).doesNotContain("canary-secret");
        assertThat(simulator.books().arrivals()).isEmpty();
    }

    private Session session() {
        return new Session(folder).credentials(simulator.secretId(), simulator.secretKey());
    }

    private int buy(String plan, int goodsNum) {
        return session().clone(simulator, "--goods-num=" + goodsNum, "--billing=payg", "--yes", "--plan-id=" + plan);
    }

    /** The arguments of a command as it was printed for copying. */
    private static String[] printed(Session session, String command) {
        String line = session.err()
                .lines()
                .filter(candidate -> candidate.contains(command))
                .findFirst()
                .orElseThrow(() -> new AssertionError("not printed: " + command + " in " + session.err()));
        return line.substring(line.indexOf(command) + "ramet ".length())
                .replace("'", "")
                .split(" ");
    }

    private static void expireLease(Path journal) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + journal);
                Statement statement = connection.createStatement()) {
            statement.execute("UPDATE ramet_plan SET lease_until = 1");
        }
    }
}
