package io.ramet.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class UndoTest {

    private final SteppedClock clock = new SteppedClock();

    @AutoClose
    private Simulator simulator;

    @BeforeEach
    void start() {
        simulator = options().start();
    }

    private SimulatorBuilder options() {
        return Simulator.builder().clock(clock).limit(RateLimit.none()).changesTake(Duration.ofSeconds(10));
    }

    private void restart(SimulatorBuilder other) {
        simulator.close();
        simulator = other.start();
    }

    private JsonNode exchange(String action, String body) throws IOException {
        return Wire.exchange(
                simulator,
                SignedRequest.of(simulator, action, body.replace('\'', '"')).at(clock.instant()));
    }

    private JsonNode act(String action, String id) throws IOException {
        return exchange(action, "{'InstanceId':'" + id + "'}");
    }

    private String refusal(String action, String id) throws IOException {
        return act(action, id).at("/Error/Code").asString("");
    }

    private String buy(String name, int billingMode) throws IOException {
        JsonNode bought = Wire.exchange(
                simulator,
                SignedRequest.clone(simulator)
                        .replacing("plan-0001", name)
                        .replacing("\"BillingMode\":0", "\"BillingMode\":" + billingMode)
                        .at(clock.instant()));
        return bought.at("/InstanceIds/0").asString();
    }

    private int status(String id) throws IOException {
        return exchange("DescribeInstances", "{'InstanceIds':['" + id + "']}")
                .at("/InstanceSet/0/Status")
                .asInt(-99);
    }

    private void pass(long seconds) {
        clock.pass(Duration.ofSeconds(seconds));
    }

    @Test
    void destroyedInstanceGoesToTheRecycleBinAndComesBack() throws IOException {
        String id = buy("plan-1", 0);

        long task = act("DestroyPostpaidInstance", id).get("TaskId").longValue();
        assertThat(status(id)).isEqualTo(1);
        assertThat(task(task)).isEqualTo("running");
        pass(10);
        assertThat(status(id)).isEqualTo(-2);
        assertThat(task(task)).isEqualTo("succeed");
        act("StartupInstance", id);
        assertThat(status(id)).isEqualTo(1);
        pass(10);
        assertThat(status(id)).isEqualTo(2);
        assertThat(simulator.books().changes())
                .extracting(InstanceChange::action)
                .containsExactly("DestroyPostpaidInstance", "StartupInstance");
    }

    private String task(long id) throws IOException {
        return exchange("DescribeTaskInfo", "{'TaskId':" + id + "}")
                .get("Status")
                .stringValue();
    }

    @Test
    void prepaidInstanceIsReturnedWithADeal() throws IOException {
        String id = buy("plan-1", 1);

        JsonNode response = act("DestroyPrepaidInstance", id);
        pass(10);

        assertThat(response.get("DealName").stringValue()).isNotBlank();
        assertThat(status(id)).isEqualTo(-2);
        assertThat(refusal("DestroyPrepaidInstance", id)).isEqualTo("ResourceUnavailable.InstanceIsolated");
    }

    @Test
    void instanceThatIsNotRunningCannotBeDestroyed() throws IOException {
        String id = buy("plan-1", 0);
        act("DestroyPostpaidInstance", id);

        assertThat(refusal("DestroyPostpaidInstance", id)).isEqualTo("ResourceUnavailable.InstanceStatusError");
        pass(10);
        assertThat(refusal("DestroyPostpaidInstance", id)).isEqualTo("ResourceUnavailable.InstanceStatusError");
        assertThat(simulator.books().destructions()).hasSize(1);
    }

    @Test
    void instanceWhoseDealIsNotDeliveredCannotBeReturned() throws IOException {
        restart(options().initialisingFor(Duration.ofSeconds(60)));
        String postpaid = buy("plan-1", 0);
        String prepaid = buy("plan-2", 1);

        assertThat(refusal("DestroyPostpaidInstance", postpaid)).isEqualTo("ResourceUnavailable.InstanceStatusError");
        assertThat(refusal("DestroyPrepaidInstance", prepaid)).isEqualTo("ResourceUnavailable.InstanceNoDeal");
        assertThat(simulator.books().changes()).isEmpty();
    }

    @Test
    void otherBillingModeAndUnknownInstanceAreRefused() throws IOException {
        String postpaid = buy("plan-1", 0);
        String prepaid = buy("plan-2", 1);

        assertThat(refusal("DestroyPrepaidInstance", postpaid)).isEqualTo("InvalidParameterValue.UnSupportedType");
        assertThat(refusal("DestroyPostpaidInstance", prepaid)).isEqualTo("InvalidParameterValue.UnSupportedType");
        assertThat(refusal("DestroyPostpaidInstance", "cdb-1")).isEqualTo("ResourceNotFound.InstanceNotExists");
        assertThat(refusal("StartupInstance", postpaid)).isEqualTo("ResourceUnavailable.InstanceStatusAbnormal");
        assertThat(refusal("CleanUpInstance", postpaid)).isEqualTo("ResourceUnavailable.InstanceStatusAbnormal");
        assertThat(refusal("StartupInstance", "")).isEqualTo("InvalidParameter.EmptyParam");
    }

    @Test
    void instanceThatHasLeftTheRecycleBinCannotBeRestored() throws IOException {
        restart(options().recycleBin(Duration.ofHours(2)));
        String id = buy("plan-1", 0);
        act("DestroyPostpaidInstance", id);
        pass(10);
        clock.pass(Duration.ofHours(2));

        assertThat(status(id)).isEqualTo(-3);
        assertThat(refusal("StartupInstance", id)).isEqualTo("ResourceUnavailable.InstanceStatusAbnormal");
    }

    @Test
    void cleanedUpInstanceIsGoneAndRaisesAnAlarm() throws IOException {
        String id = buy("plan-1", 0);
        act("DestroyPostpaidInstance", id);
        pass(10);
        assertThat(simulator.books().alarms()).isEmpty();

        act("CleanUpInstance", id);

        assertThat(status(id)).isEqualTo(-99);
        assertThat(refusal("StartupInstance", id)).isEqualTo("ResourceNotFound.InstanceNotExists");
        assertThat(simulator.books().alarms())
                .extracting(InstanceChange::instanceId)
                .containsExactly(id);
    }

    @Test
    void booksShowADestroyedInstanceThatThePlanDidNotBuy() throws IOException {
        String mine = buy("plan-1", 0);
        String other = buy("plan-2", 0);
        act("DestroyPostpaidInstance", mine);
        act("DestroyPostpaidInstance", other);
        act("DestroyPostpaidInstance", "crs-source01");

        assertThat(simulator.books().destructions())
                .extracting(InstanceChange::instanceId)
                .containsExactly(mine, other, "crs-source01");
        assertThat(simulator
                        .books()
                        .destructionsOutside(purchase -> purchase.instanceName().equals("plan-1")))
                .extracting(InstanceChange::instanceId)
                .containsExactly(other, "crs-source01");
        pass(10);
        assertThat(exchange("DescribeInstances", "{'InstanceId':'crs-source01'}")
                        .at("/InstanceSet/0/Status")
                        .asInt())
                .isEqualTo(-2);
    }

    @Test
    void booksShowWhichKeyDestroyedAnInstance() throws IOException {
        TemporaryKeys keys = new TemporaryKeys();
        restart(options().temporaryKeys(keys));
        String id = buy("plan-1", 0);
        TemporaryKeys.Key other = keys.issue(clock.instant(), Duration.ofHours(1));

        Wire.exchange(
                simulator,
                SignedRequest.of(simulator, "DestroyPostpaidInstance", "{\"InstanceId\":\"" + id + "\"}")
                        .at(clock.instant())
                        .key(other.id(), other.secret())
                        .header("X-TC-Token", other.token()));
        pass(10);
        act("StartupInstance", id);

        assertThat(simulator.books().changes())
                .extracting(InstanceChange::secretId)
                .containsExactly(other.id(), simulator.secretId());
    }

    @Test
    void taskIdIsATextOnRequest() throws IOException {
        String id = buy("plan-1", 0);
        assertThat(act("DestroyPostpaidInstance", id).get("TaskId").isNumber()).isTrue();

        restart(options().taskIdAsText());
        id = buy("plan-1", 0);
        assertThat(act("DestroyPostpaidInstance", id).get("TaskId").isString()).isTrue();
    }

    @Test
    void anInstanceIsDestroyedThoughTheResponseIsAnErrorAndOnceThoughItIsExecutedTwice() throws IOException {
        String id = buy("plan-1", 0);
        simulator.misbehave(Misbehaviour.scripted(
                "DestroyPostpaidInstance", Fault.error("InternalError.InternalError", true), Fault.executedTwice()));

        assertThat(refusal("DestroyPostpaidInstance", id)).isEqualTo("InternalError.InternalError");
        assertThat(simulator.books().destructions()).hasSize(1);
        assertThat(act("DestroyPostpaidInstance", buy("plan-2", 0)).has("TaskId"))
                .isTrue();
        assertThat(simulator.books().destructions()).hasSize(2);
    }
}
