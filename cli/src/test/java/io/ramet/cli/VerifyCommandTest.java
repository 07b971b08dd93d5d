package io.ramet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.ramet.simulator.Books;
import io.ramet.simulator.Fate;
import io.ramet.simulator.Fault;
import io.ramet.simulator.Fault.Stage;
import io.ramet.simulator.LifeCycle;
import io.ramet.simulator.Misbehaviour;
import io.ramet.simulator.Simulator;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Verifying the API; the simulator's books say what was bought and destroyed. */
@Timeout(120)
class VerifyCommandTest {

    private static final List<String> REQUEST = List.of(
            "--instance-id=crs-source12",
            "--backup=latest",
            "--zone-id=100003",
            "--security-group=sg-bmadczm1",
            "--no-auth");

    private static int verify(Session session, Simulator simulator, String... more) {
        return session.run(Stream.of(
                        List.of("verify", "--endpoint=" + simulator.uri(), "--region=ap-guangzhou"),
                        REQUEST,
                        List.of("--goods-num=250", "--billing=payg"),
                        List.of(more))
                .flatMap(List::stream)
                .toArray(String[]::new));
    }

    private static void assertNothingIsLeft(Simulator simulator, int most) {
        Books books = simulator.books();
        assertThat(books.bought()).isLessThanOrEqualTo(most);
        assertThat(books.boughtTwice()).isEmpty();
        assertThat(books.destructions()).hasSize(books.bought());
        assertThat(books.alarms()).isEmpty();
    }

    @Test
    void withoutConsentItOnlyReads() {
        try (Simulator simulator = Simulator.start()) {
            Session session = Session.withKeyOf(simulator);
            assertThat(verify(session, simulator))
                    .as(session.out() + session.err())
                    .isIn(0, 3);
            assertThat(simulator.books().arrivals("CloneInstances")).isEmpty();
            assertThat(simulator.books().destructions()).isEmpty();
            assertThat(session.err()).contains("Nothing was bought.");
            assertThat(session.out())
                    .contains("DescribeInstanceBackups", "InquiryPriceCreateInstance", "preflight clock")
                    .doesNotContain(simulator.secretId(), simulator.secretKey(), "100000000001", "crs-source12");
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "2, 2", "50, 2"})
    void withConsentItBuysAtMostTwoAndReturnsThem(int consent, int bought) {
        try (Simulator simulator = Simulator.builder()
                .lifeCycle(LifeCycle.runningAfter(Duration.ofMillis(300)))
                .start()) {
            Session session = Session.withKeyOf(simulator);
            assertThat(verify(session, simulator, "--yes-spend=" + consent))
                    .as(session.out() + session.err())
                    .isZero();
            assertThat(simulator.books().bought()).isEqualTo(bought);
            assertNothingIsLeft(simulator, consent);
            assertThat(session.out())
                    .contains(
                            "✓ CloneInstances",
                            "✓ a listing by mark is exact",
                            "✓ listed within 2 minutes",
                            "✓ GoodsNum " + bought + " keeps the name",
                            "✓ the instance runs",
                            "✓ what was bought is returned")
                    .doesNotContain("✗", "crs-source12", simulator.secretId());
            assertThat(session.err()).contains("If this command is interrupted, these commands return");
        }
    }

    @Test
    void aSecondTimeNeedsAgainAndAPlanThatWasUndoneIsNotBought() {
        try (Simulator simulator = Simulator.start()) {
            Session first = Session.withKeyOf(simulator);
            assertThat(verify(first, simulator, "--yes-spend=1")).isZero();
            Session second = first.next();
            assertThat(verify(second, simulator, "--yes-spend=1")).isEqualTo(ExitCode.USAGE);
            assertThat(second.err()).contains("--again buys once more");
            assertThat(simulator.books().bought()).isEqualTo(1);
            assertThat(verify(first.next(), simulator, "--yes-spend=1", "--again"))
                    .isZero();
            assertNothingIsLeft(simulator, 2);
        }
    }

    @Test
    void aPlanThatAnotherCommandHasBoughtIsNeitherBoughtNorReturned() {
        try (Simulator simulator = Simulator.start()) {
            Session session = Session.withKeyOf(simulator);
            Stream<String> clone = Stream.of(
                    "clone",
                    "--endpoint=" + simulator.uri(),
                    "--region=ap-guangzhou",
                    "--goods-num=2",
                    "--billing=payg");
            assertThat(session.run(Stream.of(clone, REQUEST.stream(), Stream.of("--yes", "--plan-id=order-1"))
                            .flatMap(all -> all)
                            .toArray(String[]::new)))
                    .isZero();
            Session second = session.next();
            assertThat(verify(second, simulator, "--yes-spend=2", "--plan-id=order-1"))
                    .as(second.err())
                    .isEqualTo(ExitCode.USAGE);
            assertThat(second.err()).contains("--plan-id");
            assertThat(simulator.books().bought()).isEqualTo(2);
            assertThat(simulator.books().destructions()).isEmpty();
        }
    }

    @Test
    void instancesThatFailOrNeverRunAreReturnedAllTheSame() {
        try (Simulator simulator = Simulator.builder()
                .lifeCycle(ordinal -> ordinal == 1 ? Fate.fails(Duration.ofMillis(100)) : Fate.never())
                .start()) {
            Session session = Session.withKeyOf(simulator);
            int code = verify(session, simulator, "--yes-spend=2", "--wait-for=8s", "--output=ndjson");
            assertThat(code).as(session.out() + session.err()).isIn(ExitCode.SOME_NOT_CLONED, ExitCode.SOME_IN_DOUBT);
            assertThat(simulator.books().bought()).isEqualTo(2);
            assertThat(results(session, "the instance runs")).containsOnly("differs");
            assertThat(results(session, "what was bought is returned"))
                    .containsExactly(simulator.books().destructions().size() == 2 ? "holds" : "differs");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"lost", "refused", "sold out"})
    void aPurchaseThatGoesWrongBuysNothingTwice(String trouble) {
        try (Simulator simulator = Simulator.builder()
                .lifeCycle(LifeCycle.runningAfter(Duration.ofMillis(300)))
                .start()) {
            simulator.misbehave(Misbehaviour.scripted(
                    switch (trouble) {
                        case "lost" -> Fault.close(Stage.AFTER_EXECUTING);
                        case "refused" -> Fault.error("UnauthorizedOperation", false);
                        default -> Fault.error("ResourceUnavailable.SaleOut", false);
                    }));
            Session session = Session.withKeyOf(simulator);
            int code = verify(session, simulator, "--yes-spend=2", "--reconcile-for=5s", "--output=ndjson");
            assertThat(simulator.books().boughtTwice()).isEmpty();
            assertThat(simulator.books().bought())
                    .as(session.out() + session.err())
                    .isEqualTo(trouble.equals("lost") ? 2 : 0);
            assertThat(code).as(session.out() + session.err()).isEqualTo(trouble.equals("lost") ? 0 : 3);
            assertNothingIsLeft(simulator, 2);
        }
    }

    @Test
    void aPlanThatCannotBeLookedUpBeforehandIsNotBought() {
        try (Simulator simulator = Simulator.start()) {
            simulator.deny("DescribeInstances", "UnauthorizedOperation");
            Session session = Session.withKeyOf(simulator);
            assertThat(verify(session, simulator, "--yes-spend=2"))
                    .as(session.out() + session.err())
                    .isEqualTo(ExitCode.SOME_NOT_CLONED);
            assertThat(session.out()).contains("nothing was sent");
            assertThat(session.err()).doesNotContain("Not all is returned");
            assertThat(simulator.books().arrivals("CloneInstances")).isEmpty();
        }
    }

    @Test
    void theNextCommandReturnsTheRestAsItIsPrinted(@TempDir Path folder) {
        try (Simulator simulator = Simulator.start()) {
            simulator.misbehave(Misbehaviour.scripted(
                    "DestroyPostpaidInstance", Fault.error("ResourceUnavailable.InstanceStatusError", false)));
            Session session = Session.withKeyOf(simulator);
            assertThat(verify(session, simulator, "--yes-spend=2", "--journal=" + folder.resolve("own.db")))
                    .isEqualTo(ExitCode.SOME_IN_DOUBT);
            assertThat(session.out()).contains("✗ what was bought is returned");
            String printed = session.err();
            assertThat(printed).contains("Not all is returned. These commands return the rest:");
            for (String name : List.of("reconcile", "undo")) {
                List<String> commands = printed.lines()
                        .filter(line -> line.startsWith("  ramet " + name + " "))
                        .toList();
                assertThat(commands).as(printed).hasSize(2);
                assertThat(commands).containsOnly(commands.get(0));
                Session next = Session.withKeyOf(simulator).atTerminal("2\n");
                assertThat(next.run(commands.get(0)
                                .strip()
                                .substring("ramet ".length())
                                .split(" ")))
                        .as(commands.get(0) + next.err())
                        .isZero();
            }
            assertNothingIsLeft(simulator, 2);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--yes-spend=0",
                "--yes-spend=2 --journal=none",
                "--yes-spend=2 --billing=monthly --period=1",
                "--yes-spend=2 --wait-for=0s",
                "--yes-spend=2 --plan-id=order-7"
            })
    void aConsentThatCannotBeKeptBuysNothing(String options) {
        try (Simulator simulator = Simulator.start()) {
            Session session = Session.withKeyOf(simulator);
            String[] given = options.split(" ");
            Stream<String> request = Stream.concat(
                    REQUEST.stream(),
                    options.contains("--billing")
                            ? Stream.of("--goods-num=1")
                            : Stream.of("--goods-num=1", "--billing=payg"));
            assertThat(session.run(Stream.of(
                                    Stream.of("verify", "--endpoint=" + simulator.uri(), "--region=ap-guangzhou"),
                                    request,
                                    Stream.of(given))
                            .flatMap(all -> all)
                            .toArray(String[]::new)))
                    .as(session.err())
                    .isEqualTo(ExitCode.USAGE);
            assertThat(simulator.books().bought()).isZero();
        }
    }

    @Test
    void theStatesOfTheDealAreShownInTheirOrder() {
        try (Simulator simulator = Simulator.builder()
                .lifeCycle(LifeCycle.runningAfter(Duration.ofMillis(300)))
                .start()) {
            simulator.misbehave(Misbehaviour.scripted("DescribeInstanceDealDetail", deal(2), deal(3)));
            Session session = Session.withKeyOf(simulator);
            assertThat(verify(session, simulator, "--yes-spend=2"))
                    .as(session.out() + session.err())
                    .isZero();
            assertThat(session.out().replaceAll("\\s+", " "))
                    .containsPattern("✓ states of the deal 2 after \\d+ s, 3 after \\d+ s, 4 after \\d+ s");
            assertNothingIsLeft(simulator, 2);
        }
    }

    @Test
    void aDealThatMayNotBeLookedUpIsUnknown() {
        try (Simulator simulator = Simulator.start()) {
            simulator.deny("DescribeInstanceDealDetail", "UnauthorizedOperation");
            Session session = Session.withKeyOf(simulator);
            assertThat(verify(session, simulator, "--yes-spend=1"))
                    .as(session.out() + session.err())
                    .isZero();
            assertThat(session.out()).contains("? states of the deal");
            assertNothingIsLeft(simulator, 1);
        }
    }

    /** On a clock by which hours pass while the command waits: only the server's seconds count. */
    @Test
    void eachInstanceIsShownWithItsOwnTime() {
        try (Simulator simulator = Simulator.start()) {
            AtomicLong hours = new AtomicLong();
            Session session = Session.withKeyOf(simulator).nanoTime(() -> hours.incrementAndGet() * 3_600_000_000_000L);
            verify(session, simulator, "--yes-spend=2", "--output=ndjson");
            assertThat(session.json().stream()
                            .filter(line -> line.path("check").asString("").equals("the instance runs"))
                            .map(line -> line.get("found").asString()))
                    .hasSize(2)
                    .allMatch(found -> found.matches("running, \\d{1,3} s after the request"));
            assertNothingIsLeft(simulator, 2);
        }
    }

    /** The first deal of every simulator. */
    private static Fault deal(int status) {
        return Fault.response(
                200,
                Map.of("Content-Type", "application/json"),
                "{\"Response\":{\"DealDetails\":[{\"DealId\":\"22716\",\"DealName\":\"20261124000000000022716\",\"Status\":"
                        + status + "}],\"RequestId\":\"r-1\"}}",
                false);
    }

    @Test
    void idsAccountsAndAddressesAreMasked() {
        assertThat(VerifyReport.masked("crs-abc12345 of uin/100000000001 in subnet-7jbabche at 10.0.0.5:6379, 42 ms, "
                        + "AKIDz8krbsJ5yKBZQpn74WFkmLPx3 (RequestId 8b8d499f-bbb7-4b2d-9e1e-0a5f2b6c7d8e)"))
                .isEqualTo("crs-… of uin/… in subnet-… at …:6379, 42 ms, AKID… (RequestId …)");
    }

    @Test
    void idsWithHyphensAreMaskedWhole() {
        assertThat(VerifyReport.masked("crs-cfg-ahw089np exists, AKIDz8krbs_J5yKBZ-Qpn74"))
                .isEqualTo("crs-… exists, AKID…");
    }

    @Test
    void aPriceIsShownToItsLastDigit() {
        assertThat(VerifyReport.masked("9.5 covers 1.267232 CNY, zone 100003"))
                .isEqualTo("9.5 covers 1.267232 CNY, zone …");
    }

    @Test
    void namesOfMachinesAreMaskedButThoseOfTheApiAndOfErrorsAreNot() {
        assertThat(VerifyReport.masked("that of the proxy, squid.corp.example, port 3128; redis.tencentcloudapi.com, "
                        + "FailedOperation.UnSupportError, java.net.ConnectException, 0.2334 CNY"))
                .isEqualTo("that of the proxy, …, port 3128; redis.tencentcloudapi.com, "
                        + "FailedOperation.UnSupportError, java.net.ConnectException, 0.2334 CNY");
    }

    private static List<String> results(Session session, String check) {
        return session.json().stream()
                .filter(line -> line.path("check").asString("").equals(check))
                .map((JsonNode line) -> line.get("result").asString())
                .toList();
    }
}
