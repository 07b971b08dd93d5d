package io.ramet.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class LifeCycleTest {

    private static final Duration LEAST = Duration.ofSeconds(60);
    private static final Duration GREATEST = Duration.ofSeconds(600);

    private final SteppedClock clock = new SteppedClock();

    @AutoClose
    private final Simulator simulator =
            Simulator.builder().clock(clock).limit(RateLimit.none()).seed(7).start();

    private JsonNode exchange(String action, String body) throws IOException {
        return Wire.exchange(
                simulator,
                SignedRequest.of(simulator, action, body.replace('\'', '"')).at(clock.instant()));
    }

    /** Buys two instances of these fates, in one deal. */
    private JsonNode buy(Fate first, Fate second) throws IOException {
        simulator.lifeCycle(ordinal -> ordinal == 1 ? first : second);
        return Wire.exchange(simulator, SignedRequest.clone(simulator).at(clock.instant()));
    }

    private void pass(long seconds) {
        clock.pass(Duration.ofSeconds(seconds));
    }

    private List<Integer> statuses() throws IOException {
        return exchange("DescribeInstances", "{'OrderBy':'createtime'}")
                .get("InstanceSet")
                .valueStream()
                .map(instance -> instance.get("Status").intValue())
                .sorted()
                .toList();
    }

    private int deal(JsonNode bought) throws IOException {
        String name = bought.get("DealName").stringValue();
        return exchange("DescribeInstanceDealDetail", "{'DealName':'" + name + "'}")
                .at("/DealDetails/0/Status")
                .intValue();
    }

    private static List<Fate> fates(LifeCycle lifeCycle, int instances) {
        return LongStream.rangeClosed(1, instances).mapToObj(lifeCycle::of).toList();
    }

    @Test
    void seedDecidesTheFateOfTheNthInstance() {
        LifeCycle lifeCycle = LifeCycle.seeded(7, LEAST, GREATEST, 0.1, 0.05);
        List<Fate> fates = fates(lifeCycle, 2000);

        assertThat(fates(LifeCycle.seeded(7, LEAST, GREATEST, 0.1, 0.05), 2000)).isEqualTo(fates);
        assertThat(fates(LifeCycle.seeded(8, LEAST, GREATEST, 0.1, 0.05), 2000)).isNotEqualTo(fates);
        assertThat(fates.stream().filter(fate -> fate.end() == Fate.End.FAILS)).hasSizeBetween(150, 250);
        assertThat(fates.stream().filter(fate -> fate.end() == Fate.End.NEVER)).hasSizeBetween(60, 140);
        assertThat(fates.stream().filter(fate -> fate.end() == Fate.End.RUNS).map(Fate::after))
                .allMatch(time -> time.compareTo(LEAST) >= 0 && time.compareTo(GREATEST) <= 0)
                .doesNotHaveDuplicates();
    }

    @Test
    void sharesThatExceedTheWholeAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LifeCycle.seeded(1, LEAST, GREATEST, 0.6, 0.5))
                .withMessageContaining("0.6, 0.5");
        assertThatIllegalArgumentException().isThrownBy(() -> LifeCycle.seeded(1, GREATEST, LEAST, 0, 0));
    }

    @Test
    void dealIsDeliveredWhenItsLastInstanceRuns() throws IOException {
        JsonNode bought = buy(Fate.runs(Duration.ofSeconds(60)), Fate.runs(Duration.ofSeconds(100)));

        assertThat(statuses()).containsExactly(0, 0);
        assertThat(deal(bought)).isEqualTo(2);
        pass(50);
        assertThat(statuses()).containsExactly(1, 1);
        assertThat(deal(bought)).isEqualTo(3);
        pass(10);
        assertThat(statuses()).containsExactly(1, 2);
        assertThat(deal(bought)).isEqualTo(3);
        pass(40);
        assertThat(statuses()).containsExactly(2, 2);
        assertThat(deal(bought)).isEqualTo(4);
    }

    @Test
    void instanceThatFailsStaysInItsWorkflowAndItsDealFails() throws IOException {
        JsonNode bought = buy(Fate.runs(Duration.ofSeconds(60)), Fate.fails(Duration.ofSeconds(90)));

        pass(89);
        assertThat(deal(bought)).isEqualTo(3);
        pass(1);
        assertThat(deal(bought)).isEqualTo(5);
        pass(100_000);
        assertThat(statuses()).containsExactly(1, 2);
        assertThat(deal(bought)).isEqualTo(5);
    }

    @Test
    void creationThatNeverEndsKeepsItsDealInDelivery() throws IOException {
        JsonNode bought = buy(Fate.runs(Duration.ofSeconds(60)), Fate.never());

        pass(100_000);

        assertThat(statuses()).containsExactly(1, 2);
        assertThat(deal(bought)).isEqualTo(3);
    }

    @Test
    void addressIsKnownOnceAnInstanceRuns() throws IOException {
        buy(Fate.runs(Duration.ofSeconds(60)), Fate.runs(Duration.ofSeconds(60)));

        assertThat(first().get("WanIp").stringValue()).isEmpty();
        assertThat(first().get("SubStatus").intValue()).isEqualTo(37);
        pass(60);
        String address = first().get("WanIp").stringValue();
        assertThat(address).matches("10\\.\\d+\\.\\d+\\.\\d+");
        assertThat(first().get("SubStatus").intValue()).isZero();
        assertThat(first().get("InstanceTitle").stringValue()).isEqualTo("运行中");
        assertThat(exchange("DescribeInstances", "{'SearchKeys':['" + address + "']}")
                        .get("TotalCount")
                        .intValue())
                .isEqualTo(1);
    }

    private JsonNode first() throws IOException {
        return exchange("DescribeInstances", "{}").at("/InstanceSet/0");
    }

    @Test
    void instanceThatTheServiceIsolatesLeavesTheRecycleBinAndIsDeleted() throws IOException {
        JsonNode bought = buy(Fate.isolated(Duration.ofSeconds(60)), Fate.isolated(Duration.ofSeconds(60)));

        pass(60);
        assertThat(statuses()).containsExactly(-2, -2);
        assertThat(deal(bought)).isEqualTo(4);
        assertThat(first().get("OfflineTime").stringValue()).doesNotStartWith("0000");
        clock.pass(Duration.ofDays(7));
        assertThat(statuses()).containsExactly(-3, -3);
        clock.pass(Duration.ofDays(1));
        assertThat(statuses()).isEmpty();
    }

    @Test
    void runningInstanceHasNoTimeOfItsEnd() throws IOException {
        buy(Fate.runs(Duration.ZERO), Fate.runs(Duration.ZERO));

        assertThat(first().get("CloseTime").stringValue()).isEqualTo("0000-00-00 00:00:00");
        assertThat(first().get("OfflineTime").stringValue()).isEqualTo("0000-00-00 00:00:00");
        assertThat(first().get("DeadlineTime").stringValue()).isEqualTo("0000-00-00 00:00:00");
    }

    @Test
    void taskOfACreationFollowsIt() throws IOException {
        buy(Fate.runs(Duration.ofSeconds(60)), Fate.fails(Duration.ofSeconds(60)));
        String runs = simulator.books().instanceIds().get(0);
        String fails = simulator.books().instanceIds().get(1);
        pass(30);

        assertThat(task(runs).get("Result").intValue()).isEqualTo(1);
        assertThat(task(runs).get("Progress").doubleValue()).isEqualTo(0.5);
        assertThat(info(runs).get("Status").stringValue()).isEqualTo("running");
        pass(30);
        assertThat(task(runs).get("Result").intValue()).isEqualTo(2);
        assertThat(info(runs).get("Status").stringValue()).isEqualTo("succeed");
        assertThat(task(fails).get("Result").intValue()).isEqualTo(4);
        assertThat(info(fails).get("Status").stringValue()).isEqualTo("failed");
        assertThat(info(fails).get("TaskMessage").stringValue()).isNotEmpty();
        assertThat(exchange("DescribeTaskList", "{'Result':[4],'TaskTypes':['026']}")
                        .get("TotalCount")
                        .intValue())
                .isEqualTo(1);
    }

    private JsonNode task(String instanceId) throws IOException {
        return exchange("DescribeTaskList", "{'InstanceId':'" + instanceId + "'}")
                .at("/Tasks/0");
    }

    private JsonNode info(String instanceId) throws IOException {
        return exchange(
                "DescribeTaskInfo",
                "{'TaskId':" + task(instanceId).get("TaskId").longValue() + "}");
    }
}
