package io.ramet.reactor;

import static org.assertj.core.api.Assertions.assertThat;

import io.ramet.outcome.ChunkOutcome;
import io.ramet.plan.ClonePlan;
import io.ramet.reactor.shape.RequestShaper;
import io.ramet.simulator.Fault;
import io.ramet.simulator.Fault.Stage;
import io.ramet.simulator.Misbehaviour;
import io.ramet.simulator.RateLimit;
import io.ramet.simulator.Simulator;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What goes wrong with the first call of two, what becomes of its chunk, and how often it reached the server; judged by the
 * server's books. The table in the documentation is made of this one: {@code -Dramet.update-docs=true} writes it anew.
 */
class FaultMatrixTest {

    private static final Path TABLE = Path.of("..", "src", "site", "markdown", "fault-matrix.md");

    /** What is not one fault of one call. */
    private static final String ELSEWHERE = """

            What is not one fault of one call is tested elsewhere:

            | what goes wrong | what comes of it | tested by |
            |---|---|---|
            | TLS that dies in the handshake, a connection that dies while its call waits for a permit, a full pool | not sent, made again | `ReactorNettyTest` |
            | a purchase that shows only after the assumed visibility lag, sent again | more instances than asked for are seen, the run stops and says so | `OnDoubtTest` |
            | somebody else executes the same chunk | the same | `CloneClientTest` |
            | credentials that are rotated or go bad in the middle | taken up; or the sending stops, and goes on with good ones | `ResumeTest` |
            | the process is killed, at fifty points over all steps | in doubt, looked for, never sent again; the rest goes on | `KillTest` |
            | the journal's file is cut short, or bytes in it go bad | a clear error or a consistent resume | `JournalDamageTest` |
            | the journal cannot be written | nothing more is sent; what it could not take is in the failure | `JournalFailureTest` |
            | a process is paused past its lease, and wakes | it cannot enter a chunk, and so sends nothing | `KillTest`, `JdbcJournalTest` |
            | subscribers that cancel, time out, retry, come twice, or are slow; a client that closes | as if they had not | `WholeClientTest`, `InterleavingTest` |
            | a hundred thousand chunks and a slow subscriber | memory stays flat | `LargePlanTest` |
            | a small plan behind a large one | it does not wait | `CloneClientTest` |
            | a server that quotes the password, a wire log that is switched on | nothing shows | `SecretsTest` |
            """;

    private enum Becomes {
        CLONED("Cloned"),
        NOT_CLONED("NotCloned, refused"),
        NOT_SENT("NotCloned, not sent"),
        IN_DOUBT("InDoubt");

        private final String words;

        Becomes(String words) {
            this.words = words;
        }
    }

    /**
     * A row: what is injected into the first call, and what must come of its chunk.
     *
     * @param calls how often the chunk's call reaches the server
     * @param bought how many of its 30 instances the server has bought
     */
    private record Row(
            String injected,
            Consumer<Simulator> fault,
            UnaryOperator<CloneClientBuilder> setting,
            Becomes becomes,
            int calls,
            int bought) {

        @Override
        public String toString() {
            return injected;
        }
    }

    static Stream<Row> rows() {
        return Stream.of(
                row("connection refused", simulator -> simulator.refuseConnections(true), Becomes.NOT_SENT, 0, 0),
                row(
                        "connection closed after the head of the request",
                        Fault.close(Stage.AFTER_HEADERS),
                        Becomes.IN_DOUBT,
                        1,
                        0),
                row(
                        "connection reset after the head of the request",
                        Fault.reset(Stage.AFTER_HEADERS),
                        Becomes.IN_DOUBT,
                        1,
                        0),
                row(
                        "connection closed before the call is executed",
                        Fault.close(Stage.BEFORE_EXECUTING),
                        Becomes.IN_DOUBT,
                        1,
                        0),
                row(
                        "connection reset before the call is executed",
                        Fault.reset(Stage.BEFORE_EXECUTING),
                        Becomes.IN_DOUBT,
                        1,
                        0),
                row(
                        "connection closed after the call was executed",
                        Fault.close(Stage.AFTER_EXECUTING),
                        Becomes.CLONED,
                        1,
                        30),
                row(
                        "connection reset after the call was executed",
                        Fault.reset(Stage.AFTER_EXECUTING),
                        Becomes.CLONED,
                        1,
                        30),
                row("answer cut after its first byte", Fault.cutResponse(1), Becomes.CLONED, 1, 30),
                row("answer cut in the middle of its body", Fault.cutBody(40), Becomes.CLONED, 1, 30),
                row("no answer in time, executed", Fault.hang(true), Becomes.CLONED, 1, 30),
                row("no answer in time, not executed", Fault.hang(false), Becomes.IN_DOUBT, 1, 0),
                row(
                        "answer lost, instances visible late but in time",
                        Fault.close(Stage.AFTER_EXECUTING).and(Fault.lateVisibility(Duration.ofMillis(100))),
                        Becomes.CLONED,
                        1,
                        30),
                row(
                        "answer lost, instances visible too late",
                        Fault.close(Stage.AFTER_EXECUTING).and(Fault.lateVisibility(Duration.ofHours(1))),
                        Becomes.IN_DOUBT,
                        1,
                        30),
                row("RequestLimitExceeded", Fault.throttle(), Becomes.CLONED, 2, 30),
                row(
                        "RequestLimitExceeded.UinLimitExceeded",
                        Fault.throttle("RequestLimitExceeded.UinLimitExceeded"),
                        Becomes.CLONED,
                        2,
                        30),
                row(
                        "RequestLimitExceeded.GlobalRegionUinLimitExceeded",
                        Fault.throttle("RequestLimitExceeded.GlobalRegionUinLimitExceeded"),
                        Becomes.CLONED,
                        2,
                        30),
                row(
                        "RequestLimitExceeded.IPLimitExceeded",
                        Fault.throttle("RequestLimitExceeded.IPLimitExceeded"),
                        Becomes.CLONED,
                        2,
                        30),
                row(
                        "RequestLimitExceeded.SomethingElse",
                        Fault.throttle("RequestLimitExceeded.SomethingElse"),
                        Becomes.IN_DOUBT,
                        1,
                        0),
                row(
                        "InternalError.InternalError, executed",
                        Fault.error("InternalError.InternalError", true),
                        Becomes.CLONED,
                        1,
                        30),
                row(
                        "InternalError.InternalError, not executed",
                        Fault.error("InternalError.InternalError", false),
                        Becomes.IN_DOUBT,
                        1,
                        0),
                row(
                        "FailedOperation.PayFailed",
                        Fault.error("FailedOperation.PayFailed", false),
                        Becomes.IN_DOUBT,
                        1,
                        0),
                row(
                        "FailedOperation.SystemError, executed",
                        Fault.error("FailedOperation.SystemError", true),
                        Becomes.CLONED,
                        1,
                        30),
                row("ServiceUnavailable", Fault.error("ServiceUnavailable", false), Becomes.IN_DOUBT, 1, 0),
                row("an unknown code, executed", Fault.error("Never.HeardOfIt", true), Becomes.CLONED, 1, 30),
                row("an unknown code, not executed", Fault.error("Never.HeardOfIt", false), Becomes.IN_DOUBT, 1, 0),
                row("HTTP 502 with a page of HTML, executed", Fault.html502(true), Becomes.CLONED, 1, 30),
                row("HTTP 502 with a page of HTML, not executed", Fault.html502(false), Becomes.IN_DOUBT, 1, 0),
                row("HTTP 500, not executed", Fault.status(500, Map.of(), false), Becomes.IN_DOUBT, 1, 0),
                row(
                        "HTTP 503 with Retry-After: 0, executed",
                        Fault.status(503, Map.of("Retry-After", "0"), true),
                        Becomes.CLONED,
                        1,
                        30),
                row(
                        "HTTP 408, executed",
                        Fault.status(408, Map.of("Connection", "close"), true),
                        Becomes.CLONED,
                        1,
                        30),
                row(
                        "HTTP 307 to itself, executed",
                        Fault.status(307, Map.of("Location", "/"), true),
                        Becomes.CLONED,
                        1,
                        30),
                row(
                        "HTTP 308 to itself, not executed",
                        Fault.status(308, Map.of("Location", "/"), false),
                        Becomes.IN_DOUBT,
                        1,
                        0),
                row(
                        "HTTP 401 with a challenge, executed",
                        Fault.status(401, Map.of("WWW-Authenticate", "Basic"), true),
                        Becomes.CLONED,
                        1,
                        30),
                row("JSON without Response, executed", Fault.emptyObject(true), Becomes.CLONED, 1, 30),
                row("an answer that is not JSON, executed", Fault.garbage(true), Becomes.CLONED, 1, 30),
                row("an answer that is not HTTP, executed", Fault.nonHttp(true), Becomes.CLONED, 1, 30),
                row("an endless answer, executed", Fault.oversize(3_000_000), Becomes.CLONED, 1, 30),
                row(
                        "ResourceUnavailable.SaleOut",
                        Fault.error("ResourceUnavailable.SaleOut", false),
                        Becomes.NOT_CLONED,
                        1,
                        0),
                row(
                        "ResourceUnavailable.AccountBalanceNotEnough",
                        Fault.error("ResourceUnavailable.AccountBalanceNotEnough", false),
                        Becomes.NOT_CLONED,
                        1,
                        0),
                row(
                        "LimitExceeded.ReachTheAmountLimit",
                        Fault.error("LimitExceeded.ReachTheAmountLimit", false),
                        Becomes.NOT_CLONED,
                        1,
                        0),
                row(
                        "UnauthorizedOperation.NoCAMAuthed",
                        Fault.error("UnauthorizedOperation.NoCAMAuthed", false),
                        Becomes.NOT_CLONED,
                        1,
                        0),
                row("fewer ids in the answer than were bought", Fault.fewerIds(7), Becomes.CLONED, 1, 30),
                row("fewer instances bought than asked for", Fault.fewerInstances(7), Becomes.CLONED, 1, 7),
                row("no DealId", Fault.withoutDealId(), Becomes.CLONED, 1, 30),
                row("no DealName", Fault.withoutDealName(), Becomes.CLONED, 1, 30),
                new Row("our clock an hour behind", simulator -> {}, clock(-3600), Becomes.CLONED, 2, 30),
                new Row("our clock an hour ahead", simulator -> {}, clock(3600), Becomes.CLONED, 2, 30));
    }

    private static Row row(String injected, Fault fault, Becomes becomes, int calls, int bought) {
        return row(injected, simulator -> simulator.misbehave(Misbehaviour.scripted(fault)), becomes, calls, bought);
    }

    private static Row row(String injected, Consumer<Simulator> fault, Becomes becomes, int calls, int bought) {
        return new Row(injected, fault, UnaryOperator.identity(), becomes, calls, bought);
    }

    private static UnaryOperator<CloneClientBuilder> clock(long seconds) {
        return builder -> builder.clock(Clock.offset(Clock.systemUTC(), Duration.ofSeconds(seconds)));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void theFirstChunkBecomesWhatTheTableSaysAndNothingIsBoughtTwice(Row row) {
        try (Simulator simulator = Simulator.builder().limit(RateLimit.none()).start()) {
            row.fault.accept(simulator);
            CloneClientBuilder builder = Fixtures.client(simulator)
                    .shaper(RequestShaper.paced(2_000))
                    .maxInFlight(1)
                    .stopOnRefusal(false)
                    .callTimeout(Duration.ofMillis(400));
            ClonePlan plan = Fixtures.plan(60);
            try (CloneClient client = row.setting.apply(builder).build()) {
                List<ChunkOutcome> outcomes = client.clone(plan).collectList().block(Fixtures.PATIENCE);
                BooksAssert.assertTruth(row.injected, simulator, plan, outcomes);
                ChunkOutcome first = outcomes.stream()
                        .filter(outcome -> outcome.chunk().index() == 0)
                        .findFirst()
                        .orElseThrow();
                assertThat(becomes(first)).isEqualTo(row.becomes);
                if (first instanceof ChunkOutcome.Cloned cloned) {
                    assertThat(cloned.deal().instanceIds()).hasSize(row.bought);
                }
                // Both chunks are signed by the same clock, and the second call has no fault of its own.
                int others = row.calls == 0 ? 0 : 1;
                assertThat(simulator.books().arrivals("CloneInstances")).hasSize(row.calls + others);
                assertThat(simulator.books().instanceIds(plan.chunk(0).instanceName()))
                        .hasSize(row.bought);
            }
        }
    }

    @Test
    void theTableInTheDocumentationIsThisOne() throws IOException {
        String table = "# Fault matrix\n\n"
                + "What goes wrong with a call of 30 instances, what becomes of its chunk, how often its call reaches the server,\n"
                + "and how many instances the server has then bought. Made by `FaultMatrixTest`, which runs each row against the\n"
                + "simulator and is judged by its books.\n\n"
                + "| what goes wrong | the chunk becomes | calls | bought |\n|---|---|---|---|\n"
                + rows().map(row -> "| " + row.injected + " | " + row.becomes.words + " | " + row.calls + " | "
                                + row.bought + " |\n")
                        .collect(Collectors.joining())
                + ELSEWHERE;
        if (Boolean.getBoolean("ramet.update-docs")) {
            Files.writeString(TABLE, table, StandardCharsets.UTF_8);
        }
        assertThat(Files.readString(TABLE, StandardCharsets.UTF_8))
                .as("run this test with -Dramet.update-docs=true")
                .isEqualTo(table);
    }

    private static Becomes becomes(ChunkOutcome outcome) {
        return Objects.requireNonNull(outcome.fold(
                cloned -> Becomes.CLONED,
                notCloned -> notCloned.refused() ? Becomes.NOT_CLONED : Becomes.NOT_SENT,
                inDoubt -> Becomes.IN_DOUBT));
    }
}
