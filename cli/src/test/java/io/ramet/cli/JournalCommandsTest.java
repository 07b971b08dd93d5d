package io.ramet.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.ramet.plan.ClonePlan;
import io.ramet.reactor.journal.CloneJournal;
import io.ramet.simulator.Fault;
import io.ramet.simulator.Fault.Stage;
import io.ramet.simulator.Misbehaviour;
import io.ramet.simulator.RateLimit;
import io.ramet.simulator.Simulator;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** The journal, which outlives a process, and the commands that continue from it. */
class JournalCommandsTest {

    @TempDir
    private Path folder;

    @AutoClose
    private final Simulator simulator = Simulator.builder()
            .limit(RateLimit.none())
            .latency(Duration.ofMillis(5), Duration.ofMillis(20))
            .start();

    @Test
    void theJournalIsInTheStateFolderByDefaultAndReportReadsIt() {
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
                        heading -> assertThat(heading).startsWith("PLAN"),
                        first -> assertThat(first).startsWith("order-1 ").endsWith("complete     45/45"),
                        second -> assertThat(second).startsWith("order-2 ").endsWith("complete     10/10"));
    }

    @Test
    void aPlanIsBoughtOnceHoweverOftenTheCommandRuns() {
        buy("order-1", 45);
        assertThat(buy("order-1", 45)).isZero();
        assertThat(simulator.books().bought()).isEqualTo(45);
    }

    @Test
    void theSamePlanIdForAnotherRequestIsRefusedAndTheJournalIsClosed() throws IOException {
        buy("order-1", 45);
        assertThat(buy("order-1", 46)).isEqualTo(2);
        assertThat(open(folder.resolve("journal.db"))).isEmpty();
        assertThat(simulator.books().bought()).isEqualTo(45);
    }

    @Test
    void aPlanThatWasBoughtWithAnotherJournalIsNotBoughtAgain() {
        buy("order-1", 45);
        Session session = session();
        assertThat(session.clone(
                        simulator,
                        "--goods-num=45",
                        "--billing=payg",
                        "--yes",
                        "--plan-id=order-1",
                        "--journal=" + folder.resolve("another.db")))
                .isEqualTo(2);
        assertThat(session.err()).contains("the journal knows nothing of plan order-1, but instances of it exist");
        assertThat(session.out()).isEmpty();
        assertThat(simulator.books().bought()).isEqualTo(45);
    }

    @Test
    void thePrintedCommandSendsTheChunksThatWereNotSent() throws IOException {
        simulator.misbehave(Misbehaviour.always(Fault.error("ResourceUnavailable.SaleOut", false)));
        Session first = session();
        int code = first.clone(
                simulator, "--goods-num=300", "--billing=payg", "--yes", "--plan-id=order-1", "--max-in-flight=1");
        assertThat(code).isEqualTo(3);
        assertThat(simulator.books().bought()).isZero();
        simulator.misbehave(Misbehaviour.none());

        Session resumed = session();
        assertThat(resumed.run(first.printed("ramet resume"))).isEqualTo(3);
        assertThat(simulator.books().bought())
                .as("all but the one that was refused")
                .isEqualTo(270);
        assertThat(simulator.books().boughtTwice()).isEmpty();
    }

    @Test
    void thePrintedCommandFindsTheInstancesInDoubt() throws IOException {
        simulator.misbehave(arrival -> arrival.action().equals("CloneInstances")
                ? Fault.reset(Stage.AFTER_EXECUTING)
                : simulator.books().bought() == 0 ? Fault.none() : Fault.error("InternalError", false));
        Session first = session();
        int code = first.clone(
                simulator, "--goods-num=30", "--billing=payg", "--yes", "--plan-id=order-1", "--reconcile-for=100ms");
        assertThat(code).isEqualTo(4);

        simulator.misbehave(Misbehaviour.none());
        Session settled = session();
        String[] command = Stream.concat(Stream.of(first.printed("ramet reconcile")), Stream.of("--reconcile-for=60s"))
                .toArray(String[]::new);
        assertThat(settled.run(command)).isZero();
        assertThat(settled.out()).contains("30 of 30 cloned");
        assertThat(simulator.books().bought()).isEqualTo(30);
    }

    @Test
    @Tag("soak")
    void aKilledProcessIsResumedAndNothingIsBoughtTwiceOrLost() throws Exception {
        Path journal = folder.resolve("killed.db");
        List<String> arguments = Stream.of(
                        List.of("clone", "--endpoint=" + simulator.uri(), "--region=ap-guangzhou"),
                        Fixtures.REQUEST,
                        List.of(
                                "--goods-num=2400",
                                "--max-instances=2400",
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
        assertThat(simulator.books().bought()).isPositive().isLessThan(2400);
        String[] resume = {
            "resume",
            "killed",
            "--endpoint=" + simulator.uri(),
            "--region=ap-guangzhou",
            "--journal=" + journal,
            "--reconcile-for=1s",
            "--max-instances=2400",
            // On a busy machine, more than three chunks may be about to be sent when the process is killed.
            "--max-in-doubt=80",
            "--output=ndjson"
        };
        Session resumed = session();
        int code = resumed.run(resume);
        JsonNode report = resumed.lastJson();
        assertThat(simulator.books().boughtTwice()).isEmpty();
        assertThat(report.get("notCloned").asInt()).isZero();
        assertThat(report.get("cloned").asInt()).isEqualTo(simulator.books().bought());
        assertThat(code).isEqualTo(report.get("inDoubt").asInt() == 0 ? 0 : 4);
    }

    @Test
    void aPlanThatAnotherProcessHoldsIsNotResumed() throws IOException {
        Path file = folder.resolve("held.db");
        CloneJournal journal = Fixtures.journal(file);
        try {
            assertThat(journal.open(Fixtures.plan("held", 30), "ap-guangzhou").block(Duration.ofSeconds(20)))
                    .isNotNull();
            Session hasty = session();
            assertThat(hasty.run(
                            "resume",
                            "held",
                            "--endpoint=" + simulator.uri(),
                            "--region=ap-guangzhou",
                            "--journal=" + file,
                            "--busy-for=0s",
                            "--output=ndjson"))
                    .isEqualTo(6);
            assertThat(hasty.err()).contains("plan held is held by");
            assertThat(hasty.out()).as("it knows nothing of what was cloned").isEmpty();
        } finally {
            journal.close();
        }
        assertThat(simulator.books().bought()).isZero();
    }

    @Test
    void withoutAJournalThereIsAWarning() {
        Session session = session();
        assertThat(session.clone(simulator, "--goods-num=1", "--billing=payg", "--yes", "--journal=none"))
                .isZero();
        assertThat(session.err()).contains("Warning: without a journal");
        assertThat(Files.exists(folder.resolve("journal.db"))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"report", "resume", "reconcile"})
    void anUnknownPlanIsReportedAndTheJournalIsClosed(String command) throws IOException {
        buy("order-1", 1);
        Session session = session();
        assertThat(session.run(command, "no-such-plan")).isEqualTo(2);
        assertThat(session.err())
                .isEqualToIgnoringNewLines("the journal knows no plan no-such-plan"
                        + "ramet report lists the plans of a journal, and --journal names another one.");
        assertThat(open(folder.resolve("journal.db"))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"report", "resume no-such-plan", "reconcile no-such-plan"})
    void aMistypedJournalIsReportedAndNotCreated(String command) {
        Path mistyped = folder.resolve("jurnal.db");
        Session session = session();
        assertThat(session.run((command + " --journal=" + mistyped).split(" "))).isEqualTo(2);
        assertThat(session.err()).isEqualToIgnoringNewLines("--journal " + mistyped + ": there is no journal there");
        assertThat(folder).isEmptyDirectory();
    }

    @ParameterizedTest
    @CsvSource({
        "text.json, 7, is not a database",
        "text.json/journal.db, 7, its folder cannot be created",
        "., 2, 'must be a file, not a folder'",
        "jdbc:postgresql://127.0.0.1:1/db, 7, refused"
    })
    void aMistypedJournalIsNamedWithItsRuleAndNothingIsSent(String where, int code, String rule) throws IOException {
        Path text = Files.writeString(folder.resolve("text.json"), "{\"InstanceId\": \"crs-1\"}\n".repeat(30));
        String journal =
                where.startsWith("jdbc:") ? where : folder.resolve(where).normalize() + "";
        Session clone = session();
        assertThat(clone.clone(simulator, "--goods-num=1", "--billing=payg", "--yes", "--journal=" + journal))
                .isEqualTo(code);
        Session report = session();
        assertThat(report.run("report", "--journal=" + journal)).isEqualTo(code);

        assertThat(clone.err())
                .startsWith("--journal " + journal + ": ")
                .contains(rule)
                .doesNotContain("Exception");
        assertThat(report.err()).startsWith("--journal " + journal + ": ").doesNotContain("Exception");
        assertThat(simulator.books().arrivals()).isEmpty();
        assertThat(text).content().startsWith("{").hasLineCount(30);
    }

    @Test
    void readingAnotherProgramsDatabaseDoesNotMakeItAJournal() throws SQLException, IOException {
        Path other = folder.resolve("other.db");
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + other);
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE bookmarks (url TEXT)");
        }
        byte[] before = Files.readAllBytes(other);
        Session session = session();
        assertThat(session.run("report", "--journal=" + other)).isEqualTo(2);
        assertThat(session.err()).contains("there is no journal there");
        assertThat(other).hasBinaryContent(before);
    }

    @Test
    void nothingCanBeReadFromNoJournal() {
        Session session = session();
        assertThat(session.run("report", "--journal=none")).isEqualTo(2);
        assertThat(session.err()).contains("--journal none: holds nothing");
    }

    @Test
    void onlyTheOwnerCanReadAJournal() throws IOException {
        Path state = folder.resolve("state");
        Session session = new Session(state).credentials(simulator.secretId(), simulator.secretKey());
        session.clone(simulator, "--goods-num=1", "--billing=payg", "--yes");
        assertThat(mode(state)).isEqualTo("rwx------");
        assertThat(state).isDirectoryContaining("glob:**journal.db");
        try (Stream<Path> files = Files.list(state)) {
            assertThat(files).allSatisfy(file -> assertThat(mode(file)).isEqualTo("rw-------"));
        }
    }

    @Test
    void aJournalsUrlAndItsPathAreTheSameJournal() throws IOException {
        Path journal = folder.resolve("by-url.db");
        session()
                .clone(
                        simulator,
                        "--goods-num=45",
                        "--billing=payg",
                        "--yes",
                        "--plan-id=order-1",
                        "--journal=jdbc:sqlite:" + journal);
        assertThat(mode(journal)).isEqualTo("rw-------");
        assertThat(session().run("report", "order-1", "--journal=" + journal)).isZero();
    }

    @Test
    void theReportOfAJournalHasNoDurationBecauseNoneIsKnown() {
        buy("order-1", 1);
        Session text = session();
        text.run("report");
        assertThat(text.out()).doesNotContain(" s\n");
        Session json = session();
        json.run("report", "--output=ndjson");
        assertThat(json.lastJson().propertyNames())
                .containsExactly(
                        "type",
                        "planId",
                        "date",
                        "region",
                        "source",
                        "state",
                        "requested",
                        "cloned",
                        "notCloned",
                        "inDoubt",
                        "deals");
    }

    @Test
    void thePrintedCommandSurvivesAShellAndAnotherFolder() throws IOException {
        Path odd = folder.resolve("it's a $HOME & more");
        simulator.misbehave(Misbehaviour.always(Fault.error("ResourceUnavailable.SaleOut", false)));
        Session first = session();
        first.clone(
                simulator,
                "--goods-num=1300",
                "--billing=payg",
                "--yes",
                "--plan-id=order-1",
                "--max-instances=1500",
                "--max-in-flight=1",
                "--output=ndjson",
                "--journal=" + Path.of("").toAbsolutePath().relativize(odd.resolve("my journal.db")));
        simulator.misbehave(Misbehaviour.none());
        assertThat(first.printed("ramet resume"))
                .contains(odd.resolve("my journal.db").toString());
        Session resumed = session();
        assertThat(resumed.run(first.printed("ramet resume"))).isEqualTo(3);
        assertThat(resumed.lastJson().get("cloned").asInt()).isEqualTo(1270);
    }

    @Test
    void aPlanIsResumedInItsOwnRegionAndInNoOther() {
        brokenOff("order-1");
        for (String command : List.of("resume", "reconcile")) {
            Session elsewhere = session();
            assertThat(elsewhere.run(command, "order-1", "--endpoint=" + simulator.uri(), "--region=ap-beijing"))
                    .isEqualTo(2);
            assertThat(elsewhere.err()).contains("plan order-1 was begun in region ap-guangzhou");
            assertThat(elsewhere.out()).isEmpty();
        }
        assertThat(simulator.books().arrivals()).isEmpty();
        Session resumed = session();
        assertThat(resumed.run("resume", "order-1", "--endpoint=" + simulator.uri(), "--reconcile-for=10ms"))
                .isEqualTo(4);
        assertThat(simulator.books().bought()).as("all but what was broken off").isEqualTo(15);
    }

    @Test
    void aReportHasALineForAChunkThatWasAboutToBeSentWhenItsProcessDied() {
        brokenOff("order-1");
        Session session = session();
        assertThat(session.run("report", "order-1", "--output=ndjson")).isZero();
        assertThat(session.json()).hasSize(2);
        assertThat(session.json().get(0).get("outcome").asString()).isEqualTo("in-doubt");
        assertThat(session.lastJson().get("inDoubt").asInt()).isEqualTo(30);
        assertThat(session.lastJson().get("pending").asInt()).isEqualTo(15);
    }

    /** Leaves a plan of 45 like a process that was killed when it was about to send the first chunk. */
    private void brokenOff(String id) {
        CloneJournal journal = Fixtures.journal(folder.resolve("journal.db"));
        ClonePlan plan = Fixtures.plan(id, 45);
        journal.open(plan, "ap-guangzhou")
                .flatMap(open -> open.sending(plan.chunk(0), 1_700_000_000).then(open.release()))
                .then(journal.disposeLater())
                .block(Duration.ofSeconds(20));
    }

    @Test
    void reconcilingAPlanThatWasOnlyPartlySentDoesNotExitWith0() throws IOException {
        simulator.misbehave(Misbehaviour.scripted(Fault.error("ResourceUnavailable.SaleOut", false)));
        session()
                .clone(
                        simulator,
                        "--goods-num=90",
                        "--billing=payg",
                        "--yes",
                        "--plan-id=order-1",
                        "--max-in-flight=1");
        Session settled = session();
        assertThat(settled.run("reconcile", "order-1", "--endpoint=" + simulator.uri()))
                .isEqualTo(3);
        assertThat(settled.out()).contains("0 of 90 cloned");
        assertThat(session().run(settled.printed("ramet resume"))).isEqualTo(3);
        assertThat(simulator.books().bought()).isEqualTo(60);
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
        List<String> resume = List.of(first.printed("ramet resume"));
        assertThat(resume).endsWith("--password-file", secret.toString());
        Session without = session();
        assertThat(without.run(resume.subList(0, resume.size() - 2).toArray(String[]::new)))
                .isEqualTo(2);
        assertThat(without.err()).contains("Password (none): is required: --password-file FILE");

        Session with = session();
        assertThat(with.run(resume.toArray(String[]::new))).isEqualTo(3);
        assertThat(simulator.books().bought()).isEqualTo(60);
        String kept = Files.readString(folder.resolve("journal.db"), StandardCharsets.ISO_8859_1);
        assertThat(kept).contains("crs-source12").doesNotContain("Canary-Passw0rd");
        assertThat(first.out() + first.err() + with.out() + with.err()).doesNotContain("Canary-Passw0rd");
    }

    @Test
    void thePasswordIsAskedForAtATerminalOrTakenFromTheRequestAndNotAskedForWhereNothingCanBeSent() throws IOException {
        Path request = Files.writeString(folder.resolve("request.json"), """
                {"InstanceId": "crs-1", "BackupId": "1", "GoodsNum": 60, "ZoneId": 1, "BillingMode": 0,
                 "SecurityGroupIdList": ["sg-1"], "Password": "Canary-Passw0rd"}""");
        simulator.misbehave(Misbehaviour.scripted(Fault.error("ResourceUnavailable.SaleOut", false)));
        Session asked = session().password("Canary-Passw0rd");
        String[] options = {
            "--endpoint=" + simulator.uri(),
            "--region=ap-guangzhou",
            "--instance-id=crs-1",
            "--backup-id=1",
            "--zone-id=1",
            "--security-group=sg-1",
            "--goods-num=60",
            "--billing=payg",
            "--plan-id=order-1",
            "--max-in-flight=1",
            "--yes"
        };
        assertThat(asked.run(with("clone", options))).isEqualTo(3);
        assertThat(asked.err()).contains("The clones' password").doesNotContain("Canary");
        assertThat(session().run(with("plan", options))).isZero();

        String[] resume = {"resume", "order-1", "--endpoint=" + simulator.uri(), "--visibility-lag=0s"};
        assertThat(session().run(resume)).as("without a password").isEqualTo(2);
        assertThat(session()
                        .run(Stream.concat(Stream.of(resume), Stream.of("--request=" + request))
                                .toArray(String[]::new)))
                .isZero();
        assertThat(simulator.books().bought()).isEqualTo(60);

        Session bought = session();
        assertThat(bought.run(resume)).as("nothing is left to send").isZero();
        assertThat(bought.out()).contains("60 of 60 cloned");
    }

    private static String[] with(String command, String... options) {
        return Stream.concat(Stream.of(command), Stream.of(options)).toArray(String[]::new);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "jdbc:h2:mem:x?sslpassword=canary-secret",
                "jdbc:postgresql://host:port/db?password=canary-secret&sslpassword=canary-secret",
                "jdbc:postgresql://127.0.0.1:1/db?user=u&sslpassword=canary-secret",
                "jdbc:postgresql://127.0.0.1:1/db?user=u&passwort=canary-secret",
                "jdbc:mysql://root:canary-secret@host/db",
                "postgres://root:canary-secret@host/db"
            })
    void noSecretInAJournalsUrlIsPrinted(String url) {
        Session session = session();
        assertThat(session.clone(simulator, "--goods-num=1", "--billing=payg", "--yes", "--journal=" + url))
                .isIn(2, 7);
        assertThat(session.out() + session.err()).doesNotContain("canary-secret");
        assertThat(simulator.books().arrivals()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "jdbc:postgresql://127.0.0.1:1/db?user=u&password=canary-secret",
                "jdbc:postgresql://127.0.0.1:1/db?sslPassword=canary-secret",
                "jdbc:postgresql://root:canary-secret@127.0.0.1:1/db"
            })
    void aPasswordInAJournalsUrlIsRefusedAndItsRightPlaceIsNamed(String url) {
        for (String command : List.of("report", "resume order-1", "reconcile order-1")) {
            Session session = session();
            assertThat(session.run((command + " --journal=" + url).split(" "))).isEqualTo(2);
            assertThat(session.err())
                    .contains("--journal", "PGPASSWORD", "PGPASSFILE")
                    .doesNotContain("canary-secret");
        }
    }

    @Test
    void aDatabaseThatAcceptsConnectionsAndSendsNothingIsGivenUp() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            String url = "jdbc:postgresql://127.0.0.1:" + silent.getLocalPort() + "/db?loginTimeout=1";
            Session session = session();
            int code =
                    assertTimeoutPreemptively(Duration.ofSeconds(30), () -> session.run("report", "--journal=" + url));
            assertThat(code).isEqualTo(7);
            assertThat(session.err()).contains("could not be opened");
        }
    }

    @Test
    void aDatabaseWhoseHostNameIsUnknownIsNamedSo() {
        Session session = session();
        assertThat(session.run("report", "--journal=jdbc:postgresql://journal.invalid/db"))
                .isEqualTo(7);
        assertThat(session.err()).contains("journal.invalid", "The host name cannot be resolved");
    }

    @Test
    void theLoginTimeoutIsThatOfTheUrlOrTenSeconds() throws SQLException {
        assertThat(new PostgresUrl("jdbc:postgresql://h/db", Map.of())
                        .database()
                        .getLoginTimeout())
                .isEqualTo(10);
        assertThat(new PostgresUrl("jdbc:postgresql://h/db?loginTimeout=3", Map.of())
                        .database()
                        .getLoginTimeout())
                .isEqualTo(3);
    }

    private Session session() {
        return new Session(folder).credentials(simulator.secretId(), simulator.secretKey());
    }

    private int buy(String plan, int goodsNum) {
        return session().clone(simulator, "--goods-num=" + goodsNum, "--billing=payg", "--yes", "--plan-id=" + plan);
    }

    private static String mode(Path file) {
        try {
            return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@return the descriptors of this process that are open on the file} */
    private static List<Path> open(Path file) throws IOException {
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            return descriptors.filter(descriptor -> leadsTo(descriptor, file)).toList();
        }
    }

    private static boolean leadsTo(Path descriptor, Path file) {
        try {
            return Files.readSymbolicLink(descriptor).equals(file);
        } catch (IOException e) {
            return false;
        }
    }
}
