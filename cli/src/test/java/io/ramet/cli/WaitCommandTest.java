package io.ramet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.ramet.simulator.Fate;
import io.ramet.simulator.Simulator;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

/** The instances of a plan, waited for and listed. The first instance that is bought has another fate in some tests. */
@Timeout(60)
class WaitCommandTest {

    private final Simulator simulator = Simulator.start();
    private final Session session = Session.withKeyOf(simulator);

    @AfterEach
    void stop() {
        simulator.close();
    }

    @Test
    void eachInstanceIsALineWithItsAddressOnceItRuns() {
        buy("--goods-num=35");

        assertThat(session.run("wait", "order-1", "--endpoint=" + simulator.uri()))
                .isZero();

        List<JsonNode> lines = lines("instance");
        assertThat(lines).hasSize(35);
        assertThat(lines.get(0).propertyNames())
                .containsExactly(
                        "type", "instanceId", "name", "state", "address", "zoneId", "deal", "chunk", "seconds");
        assertThat(lines).allSatisfy(line -> {
            assertThat(line.get("state").asString()).isEqualTo("running");
            assertThat(line.get("address").asString()).matches("10\\.\\d+\\.\\d+\\.\\d+:6379");
        });
        assertThat(lines)
                .extracting(line -> line.get("instanceId").asString())
                .containsExactlyInAnyOrderElementsOf(simulator.books().instanceIds());
        assertThat(session.err()).contains("35 of 35 running");
        assertThat(simulator.books().executions()).hasSize(2);
    }

    @Test
    void anInstanceThatDoesNotRunInTimeIsATimeoutAndExitCodeFour() {
        firstHas(Fate.never());
        buy("--goods-num=2");

        assertThat(session.run("wait", "order-1", "--endpoint=" + simulator.uri(), "--wait-for=1s"))
                .isEqualTo(4);

        assertThat(lines("instance"))
                .extracting(line -> line.get("state").asString())
                .containsExactlyInAnyOrder("running", "timeout");
        assertThat(session.err()).contains("Instances: 1 of 2 running, 1 not in time");
    }

    @Test
    void anInstanceThatFailsIsExitCodeThreeAndSaysWhy() {
        firstHas(Fate.isolated(Duration.ZERO));
        buy("--goods-num=2");

        assertThat(session.run("wait", "order-1", "--endpoint=" + simulator.uri(), "--output=text"))
                .isEqualTo(3);

        assertThat(session.out()).contains("INSTANCE      STATE     ADDRESS", "failed", "isolated");
        assertThat(session.err()).contains("1 of 2 running, 1 failed");
        Session ndjson = session.next();
        assertThat(ndjson.run("wait", "order-1", "--endpoint=" + simulator.uri()))
                .isEqualTo(3);
        assertThat(ndjson.json())
                .extracting(line -> line.get("state").asString())
                .containsExactlyInAnyOrder("running", "failed");
    }

    @Test
    void cloneWithWaitBuysThenPrintsTheInstances() {
        assertThat(session.clone(simulator, "--goods-num=35", "--billing=payg", "--yes", "--wait", "--output=ndjson"))
                .isZero();

        assertThat(session.json().stream()
                        .map(line -> line.get("type").asString())
                        .distinct())
                .containsExactly("outcome", "report", "instance");
        assertThat(lines("instance")).hasSize(35);
        assertThat(session.err()).contains("[################] 35 of 35 cloned", "[################] 35 of 35 running");
    }

    /** On a clock of the server that is put forward between the waits: a busy machine may take any time for the first. */
    @Test
    void aWaitThatRanOutOfTimeSaysHowToWaitAgain() throws Exception {
        AtomicReference<Duration> later = new AtomicReference<>(Duration.ZERO);
        InstantSource time = () -> Instant.now().plus(later.get());
        try (Simulator slow = Simulator.builder()
                .clock(time.withZone(ZoneOffset.UTC))
                .lifeCycle(ordinal -> Fate.runs(ordinal == 1 ? Duration.ofMinutes(4) : Duration.ZERO))
                .start()) {
            assertThat(session.clone(slow, "--goods-num=2", "--billing=payg", "--yes", "--wait-for=1s"))
                    .isEqualTo(4);
            assertThat(session.out()).contains("running", "timeout");

            later.set(Duration.ofMinutes(4));
            assertThat(session.run(session.printed("ramet wait"))).isZero();
            assertThat(session.err()).contains("Instances: 2 of 2 running");
        }
    }

    @Test
    void aWaitOfNoTimeIsRefusedBeforeAnythingIsBought() {
        assertThat(session.clone(simulator, "--goods-num=2", "--billing=payg", "--yes", "--wait-for=0s"))
                .isEqualTo(2);

        assertThat(simulator.books().bought()).isZero();
        assertThat(session.err()).contains("--wait-for 0s: must be more than zero");
    }

    @Test
    void resumeCanWaitAsWell() {
        buy("--goods-num=3");

        assertThat(session.run("resume", "order-1", "--endpoint=" + simulator.uri(), "--wait"))
                .isZero();

        assertThat(simulator.books().bought()).isEqualTo(3);
        assertThat(session.err()).contains("Instances: 3 of 3 running");
    }

    @Test
    void instancesAreListedAsATableAsLinesAndForASpreadsheet() {
        buy("--goods-num=2", "--instance-name=web");

        assertThat(session.run("instances", "order-1", "--endpoint=" + simulator.uri()))
                .isZero();
        assertThat(session.out().lines().skip(2))
                .hasSize(3)
                .allMatch(line -> line.length() <= 80)
                .last()
                .asString()
                .matches("crs-\\w+  running   10\\.\\d+\\.\\d+\\.\\d+:6379 +web-\\S+");

        Session csv = session.next();
        assertThat(csv.run("instances", "order-1", "--endpoint=" + simulator.uri(), "--output=csv"))
                .isZero();
        assertThat(csv.out().lines())
                .hasSize(3)
                .first()
                .isEqualTo("instanceId,name,state,address,zoneId,deal,chunk,seconds,detail");

        Session ndjson = session.next();
        assertThat(ndjson.run("instances", "order-1", "--endpoint=" + simulator.uri(), "--output=ndjson"))
                .isZero();
        assertThat(ndjson.json())
                .hasSize(2)
                .allSatisfy(line -> assertThat(line.get("state").asString()).isEqualTo("running"));
    }

    @Test
    void aPlanThatIsNotInTheJournalIsExitCodeTwo() {
        buy("--goods-num=1");

        for (String command : List.of("wait", "instances")) {
            assertThat(session.run(command, "order-2", "--endpoint=" + simulator.uri()))
                    .isEqualTo(2);
        }
        assertThat(session.err()).contains("order-2");
    }

    @Test
    void aMissingPermissionIsExitCodeFive() {
        buy("--goods-num=1");
        simulator.deny("DescribeInstances", "UnauthorizedOperation");

        assertThat(session.run("instances", "order-1", "--endpoint=" + simulator.uri()))
                .isEqualTo(5);
        assertThat(session.run("wait", "order-1", "--endpoint=" + simulator.uri()))
                .isEqualTo(5);

        assertThat(session.err()).contains("redis:DescribeInstances").doesNotContain("Exception");
    }

    private void buy(String... more) {
        assertThat(session.clone(
                        simulator,
                        Stream.concat(Stream.of("--billing=payg", "--yes", "--plan-id=order-1"), Stream.of(more))
                                .toArray(String[]::new)))
                .isZero();
    }

    private void firstHas(Fate fate) {
        simulator.lifeCycle(ordinal -> ordinal == 1 ? fate : Fate.runs(Duration.ZERO));
    }

    private List<JsonNode> lines(String type) {
        return session.out()
                .lines()
                .filter(line -> line.startsWith("{\"type\":\"" + type))
                .map(Session::parsed)
                .toList();
    }
}
