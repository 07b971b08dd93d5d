package io.ramet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.ramet.outcome.CloneReport;
import io.ramet.simulator.Backup;
import io.ramet.simulator.Fault;
import io.ramet.simulator.Fault.Stage;
import io.ramet.simulator.Misbehaviour;
import io.ramet.simulator.Simulator;
import java.io.StringWriter;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The output at a terminal of 40 columns. Commands to paste are whole lines at any width. */
@Timeout(60)
class NarrowTerminalTest {

    private static final String SOURCE = "crs-source12";
    private static final int NARROW = 40;

    private final Simulator simulator = Simulator.builder()
            .backup(Backup.of("154572601-1165734322-153705740", SOURCE, Instant.now())
                    .lockedByTask())
            .start();
    private final Session session = Session.withKeyOf(simulator).columns(NARROW);

    @AfterEach
    void stop() {
        simulator.close();
    }

    static Stream<String> commands() {
        return Ramet.commandLine(new Session().context()).getSubcommands().keySet().stream();
    }

    @ParameterizedTest
    @MethodSource("commands")
    void theHelpOfEachCommandFits(String command) {
        session.run(command, "--help");

        assertThat(session.out().lines()).isNotEmpty().allMatch(NarrowTerminalTest::fits);
    }

    @ParameterizedTest
    @MethodSource("commands")
    void inEightyColumnsTheHelpOfEachCommandBreaksNoWord(String command) {
        Session wide = session.next().columns(80);

        wide.run(command, "--help");
        session.run(command, "--help");

        assertThat(wide.out().split("\\s+")).isEqualTo(session.out().split("\\s+"));
    }

    /** {@return whether it fits, or is one word, such as a URL} */
    private static boolean fits(String line) {
        return line.length() <= NARROW || !line.strip().contains(" ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--help", "help"})
    void theHelpOfTheProgramNamesEachCommandOnALineOfItsOwn(String help) {
        assertThat(session.run(help)).isZero();

        assertThat(session.out().lines())
                .contains("  backups", "  clone", "  0   all cloned")
                .allMatch(line -> line.length() <= NARROW);
    }

    @Test
    void inEightyColumnsTheHelpHasTwoColumns() {
        Session wide = new Session().columns(80);

        wide.run("clone", "--help");

        assertThat(wide.out().lines())
                .allMatch(line -> line.length() <= 80)
                .anyMatch(line -> line.matches("  -h, --help +Show this help message and exit\\."));
    }

    @Test
    void aBackupIsAParagraph() {
        session.run("backups", SOURCE, "--region=ap-guangzhou", "--endpoint=" + simulator.uri());

        assertThat(session.out().lines())
                .startsWith("154572601-1165734322-153705740")
                .allMatch(line -> line.length() <= NARROW);
        assertThat(session.out()).contains("\n  started ", "clonable no", "another task holds it");
    }

    @Test
    void aTableWithoutRowsHasNoHeading() {
        Session wide = Session.withKeyOf(simulator);

        assertThat(wide.run("backups", SOURCE, "--region=ap-guangzhou", "--endpoint=http://127.0.0.1:1"))
                .isEqualTo(3);

        assertThat(wide.out()).isEmpty();
        assertThat(wide.err()).contains("refused");
    }

    @Test
    void outcomesReportsAndInstancesAreBrokenBetweenWordsAndCommandsAreNotBroken() {
        simulator.misbehave(Misbehaviour.ofAction(
                "CloneInstances",
                arrival -> arrival.ordinal() == 2 ? Fault.error("ResourceUnavailable.SaleOut", false) : Fault.none()));
        String plan = "--plan-id=order-1";
        session.clone(simulator, "--goods-num=60", "--billing=payg", "--yes", plan, "--max-in-flight=1");

        assertThat(session.out().lines())
                .anySatisfy(line -> assertThat(line).isEqualTo("not cloned  chunk 1     30 instances"))
                .allMatch(line -> line.length() <= NARROW);
        assertThat(session.err().lines())
                .anyMatch(line -> line.startsWith("  ramet resume order-1 ") && line.length() > NARROW)
                .filteredOn(line -> !line.startsWith("  ramet "))
                .allMatch(line -> line.length() <= NARROW);

        for (List<String> command : List.of(
                List.of("report"),
                List.of("report", "order-1"),
                List.of("instances", "order-1", "--endpoint=" + simulator.uri()))) {
            Session next = session.next().columns(NARROW);
            assertThat(next.run(command.toArray(String[]::new))).isZero();
            assertThat(next.out().lines()).as(command + "").isNotEmpty().allMatch(line -> line.length() <= NARROW);
        }
    }

    @Test
    void aDoubtIsBrokenBetweenWords() {
        simulator.misbehave(Misbehaviour.always(Fault.reset(Stage.AFTER_EXECUTING)));
        simulator.deny("DescribeInstances", "UnauthorizedOperation");

        session.clone(simulator, "--goods-num=1", "--billing=payg", "--yes", "--reconcile-for=1s", "--audit-for=0s");

        assertThat(session.out()).contains("IN DOUBT");
        assertThat(session.out().lines()).allMatch(NarrowTerminalTest::fits);
    }

    @Test
    void mistakesOfARequestQuestionsAndSuggestionsAreBrokenBetweenWords() {
        Session mistaken = session.next().columns(NARROW).piped("{\"SecurityGroupId\": [], \"GoodsNum\": \"300\"}");
        mistaken.run("plan", "--request=-");
        assertThat(mistaken.err()).contains("SecurityGroupIdList", "number");

        Session asked = session.next().columns(NARROW).atTerminal("n\n");
        asked.clone(simulator, "--goods-num=1", "--billing=payg");
        assertThat(asked.err()).contains("? [y/N] ");

        Session mistyped = session.next().columns(NARROW);
        mistyped.run("clon");
        assertThat(mistyped.err()).contains("Did you mean");

        assertThat(Stream.of(mistaken, asked, mistyped)
                        .flatMap(each -> each.err().lines()))
                .allMatch(line -> line.length() <= NARROW);
    }

    @Test
    void theProgressHasRoomForItsNumbers() {
        StringWriter err = new StringWriter();
        CliContext context = Fixtures.context(new StringWriter(), err, true, () -> 0, NARROW);

        new Progress(context, Fixtures.plan("order-1", 250), new InFlightChunks(), 0)
                .show(CloneReport.of(Fixtures.plan("order-1", 250)));
        new ProgressLine(context, 0).show(1, 2, () -> "x".repeat(41));

        assertThat(err.toString())
                .contains("\u001b[?7l0 of 250 cloned, 0 in flight, 0.0 s\u001b[?7h")
                .contains("\u001b[?7l" + "x".repeat(39) + "…\u001b[?7h");
    }

    @Test
    void theWidthIsThatOfSttyAndEightyIfThatFails() {
        assertThat(CliContext.columns("24 40")).isEqualTo(40);
        assertThat(CliContext.columns("0 0")).isEqualTo(80);
        assertThat(CliContext.columns("stty: invalid")).isEqualTo(80);
        assertThat(CliContext.columns((String) null)).isEqualTo(80);
    }

    @Test
    void aWordThatIsLongerThanALineIsLeftWhole() {
        assertThat(Paragraph.hanging(10, "a " + "b".repeat(12) + " c d e f g h"))
                .isEqualTo("a\n  bbbbbbbbbbbb\n  c d e f\n  g h");
    }
}
