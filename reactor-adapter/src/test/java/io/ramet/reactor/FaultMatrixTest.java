package io.ramet.reactor;

import static org.assertj.core.api.Assertions.assertThat;

import io.ramet.outcome.ChunkOutcome;
import io.ramet.plan.ClonePlan;
import io.ramet.reactor.credentials.CredentialsSource;
import io.ramet.reactor.credentials.RefreshingCredentials;
import io.ramet.reactor.credentials.SourcedCredentials;
import io.ramet.reactor.shape.RequestShaper;
import io.ramet.sign.Credentials;
import io.ramet.sign.CredentialsProvider;
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
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Mono;

/**
 * The fault of the first request of two, the outcome of its chunk, and how often it reached the server; judged
 * by the server's books. The table in the guide is generated from this one: {@code -Dramet.update-docs=true} writes it
 * again.
 */
class FaultMatrixTest {

    private static final Path TABLE = Path.of("..", "src", "site", "markdown", "fault-matrix.md");

    /** Other parts on which a client relies, how they lie, the outcome of the chunks, and the tests that show it. */
    private record Elsewhere(String reliedOn, String lie, String becomes, String... tests) {

        String row() {
            String shown = Stream.of(tests).map(test -> "`" + test + "`").collect(Collectors.joining(", "));
            return "| " + reliedOn + " | " + lie + " | " + becomes + " | " + shown + " |\n";
        }
    }

    private static final List<Elsewhere> ENVIRONMENT = List.of(
            new Elsewhere(
                    "journal",
                    "it loses a commit that it has confirmed: a failover to an asynchronous standby, a row that vanishes",
                    "the plan is listed before its next request, so the chunk is in doubt and is not sent; the run that wrote it fails with the lost outcome",
                    "PostgresFailureTest",
                    "ResumeTest",
                    "JournalFailureTest",
                    "ChaosTest"),
            new Elsewhere(
                    "journal",
                    "a commit fails or only seems to, a connection is cut, a deadlock",
                    "written again; the failure contains outcomes that cannot be written in the end",
                    "UnreliableDatabaseTest",
                    "JournalFailureTest",
                    "ChaosTest"),
            new Elsewhere(
                    "journal",
                    "it is read-only, unreachable or silent",
                    "a chunk is not sent after 10 s without an entry; an outcome is written again for as long as the lease",
                    "UnreliableDatabaseTest",
                    "PostgresFailureTest",
                    "ChaosTest"),
            new Elsewhere(
                    "journal",
                    "it is slower than the lease, or the process is paused for longer",
                    "another process may claim the plan; the first one cannot enter a chunk, so it sends nothing",
                    "KillTest",
                    "UnreliableDatabaseTest",
                    "ChaosTest"),
            new Elsewhere(
                    "journal",
                    "the server of the database is killed, does not wait for its disk, commits asynchronously",
                    "nothing is lost; refused; switched to synchronous",
                    "PostgresFailureTest"),
            new Elsewhere(
                    "journal",
                    "its file is cut short, or bytes or values in it are damaged",
                    "a typed failure, or the plan is resumed as it was",
                    "JournalDamageTest",
                    "StoredRowFuzzTest"),
            new Elsewhere(
                    "journal",
                    "it cannot be written, or opened",
                    "nothing more is sent; the failure contains the outcomes that were not written",
                    "JournalFailureTest",
                    "HardeningTest"),
            new Elsewhere(
                    "process",
                    "it is killed, in the long runs at each of fifteen steps",
                    "in doubt and looked up, not sent again; the rest is resumed",
                    "KillTest",
                    "ReplicasTest",
                    "FourProcessesTest"),
            new Elsewhere(
                    "transport",
                    "TLS breaks off in the handshake, a connection breaks while its request waits for a permit, the pool is full",
                    "not sent, and sent again",
                    "ReactorNettyTransportTest"),
            new Elsewhere(
                    "transport",
                    "a front end closes idle connections, or sends 408 just before the first byte",
                    "not sent, and sent again; no chunk is in doubt whose bytes the server never read",
                    "FrontEndTest",
                    "ReactorNettyTransportTest",
                    "WriteMeetingTest"),
            new Elsewhere(
                    "transport",
                    "interim, second, late and stray responses",
                    "no response is attributed to another request",
                    "WireChaosTest",
                    "ReactorNettyTransportTest"),
            new Elsewhere(
                    "transport",
                    "a request arrives after it was given up",
                    "in doubt; sent again only when its signature has expired and a later listing proves its absence",
                    "ResendRuleModelTest",
                    "DoubtPolicyTest",
                    "ChaosTest"),
            new Elsewhere(
                    "transport",
                    "a proxy repeats a request, or another program executes the chunk",
                    "the surplus raises the alarm; if a look-up shows it during the run, the run stops",
                    "AuditTest",
                    "CloneClientTest"),
            new Elsewhere(
                    "transport",
                    "bytes that no server of the API sends",
                    "in doubt; the reader throws no other exception, and ends",
                    "FuzzTest",
                    "UntrustedResponseTest"),
            new Elsewhere(
                    "listings",
                    "short, without InstanceSet, refused, throttled, lost",
                    "a failed look-up proves nothing: the chunk stays in doubt, a plan that cannot be verified is not sent",
                    "InstanceFinderTest",
                    "DoubtPolicyTest",
                    "ResumeTest",
                    "ChaosTest"),
            new Elsewhere(
                    "listings",
                    "purchases are listed late",
                    "found in the end; sent again only after the visibility lag",
                    "DoubtPolicyTest",
                    "AuditTest",
                    "ChaosTest"),
            new Elsewhere(
                    "listings",
                    "a purchase is listed only after the assumed visibility lag",
                    "bought twice if it was sent again; the surplus raises the alarm",
                    "DoubtPolicyTest"),
            new Elsewhere(
                    "listings",
                    "deals or instances of other plans",
                    "compared exactly, and ignored",
                    "InstanceFinderTest",
                    "UntrustedResponseTest",
                    "ChaosTest"),
            new Elsewhere(
                    "listings",
                    "with another account's key, or in another region, they are empty",
                    "absence counts only if the plan's source is listed",
                    "DoubtPolicyTest",
                    "ResumeTest"),
            new Elsewhere(
                    "credentials",
                    "late, failing, never available",
                    "not sent after 30 s; closing does not wait for them",
                    "HardeningTest",
                    "ChaosTest"),
            new Elsewhere(
                    "credentials",
                    "rotated, or invalid in the middle of a run",
                    "the new ones are used; or the sending stops, and is resumed with valid ones",
                    "ResumeTest",
                    "ChaosTest"),
            new Elsewhere(
                    "credentials",
                    "refreshed keys are rotated every few requests, also between signing and arrival",
                    "fetched once for all, and sent again once with the fresh key",
                    "KeyRotationTest"),
            new Elsewhere(
                    "credentials",
                    "the service that issues keys is slow, silent, down, or responds with nonsense; a file is half written",
                    "old keys are used until they expire; then not sent, and the failure names source and cause",
                    "RefreshingCredentialsTest",
                    "CredentialsSourcesTest"),
            new Elsewhere(
                    "clocks",
                    "the client's clock is wrong",
                    "corrected once by the server's date, for requests and look-ups",
                    "RequestSignerTest",
                    "ResumeTest"),
            new Elsewhere(
                    "clocks",
                    "wall clocks step, including that of the database",
                    "waits and leases use monotonic time and the database's own; a holder whose plan is claimed too early is fenced",
                    "UnreliableDatabaseTest",
                    "ChaosTest"),
            new Elsewhere(
                    "shared limit",
                    "commits stall, the key is lost, a failover, slow links",
                    "no second has more than 20 requests",
                    "SharedLimitChaosTest",
                    "SharedLatenessTest"),
            new Elsewhere(
                    "shared limit",
                    "Redis is emptied, stalls, dies and starts again",
                    "the same; a replica that is cut off sends on its own share",
                    "RedisFailureTest",
                    "RedisShaperTest",
                    "FourProcessesTest"),
            new Elsewhere(
                    "shared limit",
                    "replicas disagree about their number",
                    "the replica with the other number sends nothing and reports the reason",
                    "SharedReplicasTest",
                    "RedisShaperTest"),
            new Elsewhere(
                    "callers",
                    "subscribers cancel, time out, retry, subscribe twice, are slow; a client is closed",
                    "nothing is bought twice or lost",
                    "WholeClientTest",
                    "InterleavingTest",
                    "RunMeetingTest"),
            new Elsewhere(
                    "callers",
                    "a hundred thousand chunks and a slow subscriber; a small plan behind a large one",
                    "memory stays flat; the small plan does not wait",
                    "LargePlanTest",
                    "FairnessTest"),
            new Elsewhere(
                    "server",
                    "it quotes the password; a wire log is switched on",
                    "no secret is shown",
                    "SecretsTest",
                    "WireChaosTest"));

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
     * A row: what is injected into the first request, and what must become of its chunk.
     *
     * @param requests how often the chunk's request reaches the server
     * @param bought how many of its 30 instances the server has bought
     */
    private record Row(
            String injected,
            Consumer<Simulator> fault,
            UnaryOperator<CloneClientBuilder> setting,
            Becomes becomes,
            int requests,
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
                        "connection closed before the request is executed",
                        Fault.close(Stage.BEFORE_EXECUTING),
                        Becomes.IN_DOUBT,
                        1,
                        0),
                row(
                        "connection reset before the request is executed",
                        Fault.reset(Stage.BEFORE_EXECUTING),
                        Becomes.IN_DOUBT,
                        1,
                        0),
                row(
                        "connection closed after the request was executed",
                        Fault.close(Stage.AFTER_EXECUTING),
                        Becomes.CLONED,
                        1,
                        30),
                row(
                        "connection reset after the request was executed",
                        Fault.reset(Stage.AFTER_EXECUTING),
                        Becomes.CLONED,
                        1,
                        30),
                row("response cut after its first byte", Fault.cutResponse(1), Becomes.CLONED, 1, 30),
                row("response cut in the middle of its body", Fault.cutBody(40), Becomes.CLONED, 1, 30),
                row("no response in time, executed", Fault.hang(true), Becomes.CLONED, 1, 30),
                row("no response in time, not executed", Fault.hang(false), Becomes.IN_DOUBT, 1, 0),
                row(
                        "response lost, instances visible late but in time",
                        Fault.close(Stage.AFTER_EXECUTING).and(Fault.lateVisibility(Duration.ofMillis(100))),
                        Becomes.CLONED,
                        1,
                        30),
                row(
                        "response lost, instances visible too late",
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
                row("a response that is not JSON, executed", Fault.garbage(true), Becomes.CLONED, 1, 30),
                row("a response that is not HTTP, executed", Fault.nonHttp(true), Becomes.CLONED, 1, 30),
                row("an endless response, executed", Fault.oversize(3_000_000), Becomes.CLONED, 1, 30),
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
                row("fewer ids in the response than were bought", Fault.fewerIds(7), Becomes.CLONED, 1, 30),
                row("fewer instances bought than requested", Fault.fewerInstances(7), Becomes.CLONED, 1, 7),
                row("no DealId", Fault.withoutDealId(), Becomes.CLONED, 1, 30),
                row("no DealName", Fault.withoutDealName(), Becomes.CLONED, 1, 30),
                new Row("the client's clock an hour behind", simulator -> {}, clock(-3600), Becomes.CLONED, 2, 30),
                new Row("the client's clock an hour ahead", simulator -> {}, clock(3600), Becomes.CLONED, 2, 30),
                new Row(
                        "a key that was rotated since it was fetched",
                        simulator -> {},
                        builder -> builder.credentials(rotated()),
                        Becomes.CLONED,
                        2,
                        30),
                row(
                        "AuthFailure.TokenFailure, and there is no other key",
                        Fault.error("AuthFailure.TokenFailure", false),
                        Becomes.NOT_CLONED,
                        1,
                        0));
    }

    private static Row row(String injected, Fault fault, Becomes becomes, int requests, int bought) {
        return row(injected, simulator -> simulator.misbehave(Misbehaviour.scripted(fault)), becomes, requests, bought);
    }

    private static Row row(String injected, Consumer<Simulator> fault, Becomes becomes, int requests, int bought) {
        return new Row(injected, fault, UnaryOperator.identity(), becomes, requests, bought);
    }

    private static UnaryOperator<CloneClientBuilder> clock(long seconds) {
        return builder -> builder.clock(Clock.offset(Clock.systemUTC(), Duration.ofSeconds(seconds)));
    }

    /** A key that the server does not know any more, then the one that it knows. */
    private static CredentialsProvider rotated() {
        AtomicInteger fetched = new AtomicInteger();
        return RefreshingCredentials.of(new CredentialsSource() {
                    @Override
                    public String name() {
                        return "rotated";
                    }

                    @Override
                    public Mono<SourcedCredentials> fetch() {
                        String id = fetched.getAndIncrement() == 0 ? "AKIDold" : "AKIDsimulatorEXAMPLEnotAKey";
                        Credentials key = Credentials.of(id, "simulatorEXAMPLEnotASecret");
                        return Mono.just(new SourcedCredentials(name(), key, Duration.ofHours(2), true));
                    }
                })
                .build();
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
                    .callTimeout(Duration.ofSeconds(2));
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
                // Both chunks are signed by the same clock, and the second request has no fault of its own.
                int others = row.requests == 0 ? 0 : 1;
                assertThat(simulator.books().arrivals("CloneInstances")).hasSize(row.requests + others);
                assertThat(simulator.books().instanceIds(plan.chunk(0).instanceName()))
                        .hasSize(row.bought);
            }
        }
    }

    @Test
    void theTableInTheDocumentationIsThisOne() throws IOException {
        String table = "# Fault matrix\n\n"
                + "## One request\n\n"
                + "This table lists faults of a request for 30 instances, the outcome of its chunk, how often the request reaches\n"
                + "the server, and how many instances the server has bought. `FaultMatrixTest` writes the table and compares each\n"
                + "row with the simulator's books.\n\n"
                + "| fault | outcome of the chunk | requests | bought |\n|---|---|---|---|\n"
                + rows().map(row -> "| " + row.injected + " | " + row.becomes.words + " | " + row.requests + " | "
                                + row.bought + " |\n")
                        .collect(Collectors.joining())
                + "\n## The environment\n\n"
                + "This table lists the parts on which a client relies, their faults, and the tests that produce these faults.\n\n"
                + "| part | fault | result | shown by |\n|---|---|---|---|\n"
                + ENVIRONMENT.stream().map(Elsewhere::row).collect(Collectors.joining());
        if (Boolean.getBoolean("ramet.update-docs")) {
            Files.writeString(TABLE, table, StandardCharsets.UTF_8);
        }
        assertThat(Files.readString(TABLE, StandardCharsets.UTF_8))
                .as("run this test with -Dramet.update-docs=true")
                .isEqualTo(table);
    }

    @Test
    void everyTestThatTheTableNamesExists() throws IOException {
        Set<String> files = new HashSet<>();
        for (String module : List.of("core", "reactor-adapter")) {
            try (Stream<Path> tests = Files.walk(Path.of("..", module, "src", "test", "java"))) {
                tests.forEach(file -> files.add(file.getFileName().toString()));
            }
        }
        assertThat(ENVIRONMENT.stream().flatMap(row -> Stream.of(row.tests)))
                .allMatch(test -> files.contains(test + ".java"));
    }

    private static Becomes becomes(ChunkOutcome outcome) {
        return Objects.requireNonNull(outcome.fold(
                cloned -> Becomes.CLONED,
                notCloned -> notCloned.refused() ? Becomes.NOT_CLONED : Becomes.NOT_SENT,
                inDoubt -> Becomes.IN_DOUBT));
    }
}
