package io.ramet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.ramet.simulator.Fault;
import io.ramet.simulator.Misbehaviour;
import io.ramet.simulator.RateLimit;
import io.ramet.simulator.Simulator;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

@Timeout(120)
class InterruptTest {

    @Test
    void theFirstStopsSendingAndLosesNothing() throws Exception {
        assertTheFirstStopsSendingAndLosesNothing("INT");
    }

    @ParameterizedTest
    @ValueSource(strings = {"TERM", "HUP"})
    @Tag("soak")
    void otherSignalsThatEndAProcessDoTheSame(String signal) throws Exception {
        assertTheFirstStopsSendingAndLosesNothing(signal);
    }

    private static void assertTheFirstStopsSendingAndLosesNothing(String signal) throws Exception {
        try (Simulator simulator = Simulator.builder()
                        .latency(Duration.ofMillis(300), Duration.ofMillis(300))
                        .start();
                ChildProcess child = cloning(simulator, "--goods-num=6000", "--max-instances=6000")) {
            List<String> lines = new ArrayList<>(List.of(child.nextLine()));
            child.signal(signal);
            lines.addAll(child.remainingLines());

            assertThat(child.exitCode()).isEqualTo(130);
            JsonNode report = Session.parsed(lines.get(lines.size() - 1));
            assertThat(report.get("cloned").asInt())
                    .isPositive()
                    .isEqualTo(simulator.books().bought());
            assertThat(report.get("notCloned").asInt()).isPositive();
            assertThat(report.get("inDoubt").asInt()).isZero();
            assertThat(lines).hasSize(200 + 1);
        }
    }

    @Test
    void theSecondExitsAtOnceAndListsTheChunksInDoubt() throws Exception {
        // Into silence nothing is sent, so a slow machine may send no second one.
        CountDownLatch arrivals = new CountDownLatch(1);
        Misbehaviour silence = Misbehaviour.ofAction("CloneInstances", arrival -> {
            arrivals.countDown();
            return Fault.hang(true);
        });
        try (Simulator simulator = Simulator.builder().misbehaviour(silence).start();
                ChildProcess child = cloning(simulator, "--goods-num=3000", "--max-instances=3000")) {
            assertThat(arrivals.await(90, TimeUnit.SECONDS)).isTrue();
            child.signal("INT");
            child.awaitComplaint(line -> line.contains("Interrupt again to exit at once"));
            child.signal("INT");
            List<JsonNode> lines =
                    child.remainingLines().stream().map(Session::parsed).toList();

            assertThat(child.exitCode()).isEqualTo(130);
            List<JsonNode> doubts = lines.stream()
                    .filter(line -> line.path("outcome").asString("").equals("in-doubt"))
                    .toList();
            assertThat(doubts.size())
                    .isGreaterThanOrEqualTo(simulator.books().executions().size());
            assertThat(simulator.books().executions())
                    .allSatisfy(bought -> assertThat(doubts)
                            .anySatisfy(doubt ->
                                    assertThat(doubt.get("message").asString()).endsWith(bought.instanceName())));
            assertThat(lines.get(lines.size() - 1).get("inDoubt").asInt())
                    .isEqualTo(doubts.stream()
                            .mapToInt(doubt -> doubt.get("goodsNum").asInt())
                            .sum());
        }
    }

    @Test
    @Tag("soak")
    void theThirdExitsAlthoughTheOutputIsNotRead() throws Exception {
        try (Simulator simulator = Simulator.builder().limit(RateLimit.none()).start();
                ChildProcess child = cloning(simulator, "--goods-num=6000", "--max-instances=6000")) {
            while (simulator.books().bought() < 4_500) {
                Thread.sleep(20);
            }
            for (int i = 0; i < 3; i++) {
                child.signal("INT");
                Thread.sleep(500);
            }
            assertThat(child.exitCode()).isEqualTo(130);
        }
    }

    @Test
    void aBackgroundJobOfAShellIsNotInterruptedByCtrlCButDrainsOnSigterm() throws Exception {
        try (Simulator simulator = Simulator.builder()
                        .latency(Duration.ofMillis(300), Duration.ofMillis(300))
                        .start();
                ChildProcess child = ChildProcess.inBackground(
                        key(simulator), arguments(simulator, "--goods-num=6000", "--max-instances=6000"))) {
            List<String> lines = new ArrayList<>(List.of(child.nextLine()));
            child.signal("INT");
            while (lines.size() < 45) {
                lines.add(child.nextLine());
            }
            child.signal("TERM");
            lines.addAll(child.remainingLines());

            assertThat(child.exitCode()).isEqualTo(130);
            JsonNode report = Session.parsed(lines.get(lines.size() - 1));
            assertThat(report.get("cloned").asInt())
                    .as("more than two windows, so that SIGINT stopped nothing")
                    .isGreaterThan(40 * 30)
                    .isEqualTo(simulator.books().bought());
            assertThat(report.get("notCloned").asInt()).isPositive();
        }
    }

    private static ChildProcess cloning(Simulator simulator, String... more) throws Exception {
        return new ChildProcess(key(simulator), arguments(simulator, more));
    }

    private static Map<String, String> key(Simulator simulator) {
        return Map.of(
                "TENCENTCLOUD_SECRET_ID", simulator.secretId(),
                "TENCENTCLOUD_SECRET_KEY", simulator.secretKey());
    }

    private static String[] arguments(Simulator simulator, String... more) {
        return Stream.of(
                        List.of(
                                "clone",
                                "--endpoint=" + simulator.uri(),
                                "--region=ap-guangzhou",
                                "--billing=payg",
                                "--yes",
                                "--output=ndjson"),
                        Fixtures.REQUEST,
                        List.of(more))
                .flatMap(List::stream)
                .toArray(String[]::new);
    }
}
