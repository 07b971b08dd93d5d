package io.ramet.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class FaultTest {

    @AutoClose
    private final Simulator simulator =
            Simulator.builder().limit(RateLimit.none()).start();

    private Wire send(Fault fault) throws IOException {
        simulator.misbehave(Misbehaviour.scripted(fault));
        return Wire.to(simulator).send(SignedRequest.clone(simulator));
    }

    private Wire.Response exchange(Fault fault) throws IOException {
        try (Wire wire = send(fault)) {
            return wire.read();
        }
    }

    /** Waits until the server has received or executed the request, because no response will come. */
    private void awaitArrival(boolean executed) {
        long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        while (simulator.books().arrivals().isEmpty()
                || executed && simulator.books().executions().isEmpty()) {
            assertThat(System.nanoTime()).as("nothing arrived in time").isLessThan(deadline);
            Thread.onSpinWait();
        }
    }

    private void assertExecuted(boolean executed) {
        assertThat(simulator.books().arrivals("CloneInstances")).hasSize(1);
        assertThat(simulator.books().bought()).isEqualTo(executed ? 2 : 0);
    }

    private void assertHealthyAgain() throws IOException {
        assertThat(Wire.refusal(simulator, SignedRequest.clone(simulator))).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void closedConnectionEndsWithoutAByte(Fault.Stage stage) throws IOException {
        try (Wire wire = send(Fault.close(stage))) {
            assertThat(wire.readToEnd()).isEmpty();
        }

        assertExecuted(stage == Fault.Stage.AFTER_EXECUTING);
        assertHealthyAgain();
    }

    @ParameterizedTest
    @EnumSource
    void resetConnectionIsReset(Fault.Stage stage) throws IOException {
        try (Wire wire = send(Fault.reset(stage))) {
            assertThatExceptionOfType(SocketException.class)
                    .isThrownBy(wire::readToEnd)
                    .withMessageContaining("reset");
        }

        assertExecuted(stage == Fault.Stage.AFTER_EXECUTING);
        assertHealthyAgain();
    }

    @Test
    void dropAfterHeadersDoesNotWaitForTheBody() throws IOException {
        simulator.misbehave(Misbehaviour.scripted(Fault.close(Fault.Stage.AFTER_HEADERS)));
        String request = new String(SignedRequest.clone(simulator).bytes(), StandardCharsets.UTF_8);
        String head = request.substring(0, request.indexOf("\r\n\r\n") + 4);

        try (Wire wire = Wire.to(simulator).send(head.getBytes(StandardCharsets.UTF_8))) {
            assertThat(wire.readToEnd()).isEmpty();
        }

        assertExecuted(false);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 20, 100})
    void responseIsCutAtTheByte(int bytes) throws IOException {
        try (Wire wire = send(Fault.cutResponse(bytes))) {
            assertThat(new String(wire.readToEnd(), StandardCharsets.UTF_8))
                    .hasSize(bytes)
                    .matches(text -> text.startsWith("HTTP/1.1 200 OK\r\n".substring(0, Math.min(bytes, 17))));
        }

        assertExecuted(true);
    }

    @Test
    void bodyIsCutAtTheByteAfterAWholeHead() throws IOException {
        try (Wire wire = send(Fault.cutBody(13))) {
            String text = new String(wire.readToEnd(), StandardCharsets.UTF_8);

            assertThat(text).contains("Content-Length: ").endsWith("\r\n\r\n{\"Response\":{");
        }

        assertExecuted(true);
    }

    @Test
    void cutBeyondTheEndLeavesTheResponseWhole() throws IOException {
        assertThat(exchange(Fault.cutResponse(1_000_000)).response().has("DealId"))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void garbageIsNotJson(boolean executed) throws IOException {
        Wire.Response response = exchange(Fault.garbage(executed));

        assertThat(response.status()).isEqualTo(200);
        assertThatExceptionOfType(tools.jackson.core.JacksonException.class).isThrownBy(response::json);
        assertExecuted(executed);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void badGatewayIsAnHtmlPage(boolean executed) throws IOException {
        Wire.Response response = exchange(Fault.html502(executed));

        assertThat(response.status()).isEqualTo(502);
        assertThat(response.body()).startsWith("<html>");
        assertThat(response.headers()).containsEntry("content-type", "text/html");
        assertExecuted(executed);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void emptyObjectHasNoResponse(boolean executed) throws IOException {
        assertThat(exchange(Fault.emptyObject(executed)).body()).isEqualTo("{}");
        assertExecuted(executed);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void hangingRequestGetsNoResponse(boolean executed) throws IOException {
        try (Wire wire = send(Fault.hang(executed)).timeoutMillis(200)) {
            awaitArrival(executed);
            assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(wire::readToEnd);
        }

        assertExecuted(executed);
    }

    @ParameterizedTest
    @ValueSource(strings = {"RequestLimitExceeded", "RequestLimitExceeded.IPLimitExceeded"})
    void throttledRequestIsNotExecuted(String code) throws IOException {
        assertThat(exchange(Fault.throttle(code)).response().at("/Error/Code").asString())
                .isEqualTo(code);

        assertExecuted(false);
        assertThat(simulator.books().throttled()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"FailedOperation.SystemError, true", "InternalError.InternalError, false"})
    void errorIsSentInTheEnvelope(String code, boolean executed) throws IOException {
        JsonNode response = exchange(Fault.error(code, executed)).response();

        assertThat(response.at("/Error/Code").asString()).isEqualTo(code);
        assertThat(response.at("/Error/Message").asString()).isNotBlank();
        assertThat(response.get("RequestId").asString())
                .isEqualTo(simulator.books().arrivals().get(0).requestId());
        assertThat(response.has("DealId")).isFalse();
        assertThat(simulator.books().refusals()).isEqualTo(Map.of(code, 1));
        assertExecuted(executed);
    }

    @ParameterizedTest
    @CsvSource({
        "307, Location, http://127.0.0.1:1/, true",
        "503, Retry-After, 0, false",
        "408, Connection, close, false"
    })
    void statusIsSentWithItsHeaders(int status, String header, String value, boolean executed) throws IOException {
        Wire.Response response = exchange(Fault.status(status, Map.of(header, value), executed));

        assertThat(response.status()).isEqualTo(status);
        assertThat(response.headers()).containsEntry(header, value);
        assertThat(response.body()).isEmpty();
        assertExecuted(executed);
    }

    @Test
    void fewerIdsHideInstancesThatExist() throws IOException {
        JsonNode response = exchange(Fault.fewerIds(1)).response();

        assertThat(response.get("InstanceIds").valueStream().map(JsonNode::stringValue))
                .hasSize(1)
                .isSubsetOf(simulator.books().instanceIds());
        assertExecuted(true);
    }

    @Test
    void fewerInstancesAreAllInTheResponse() throws IOException {
        JsonNode response = exchange(Fault.fewerInstances(1)).response();

        assertThat(response.get("InstanceIds").valueStream().map(JsonNode::stringValue))
                .containsExactlyElementsOf(simulator.books().instanceIds());
        assertThat(simulator.books().bought()).isEqualTo(1);
        assertThat(simulator.books().executions().get(0).goodsNum()).isEqualTo(2);
    }

    @Test
    void responseCanLackEitherNameOfTheDeal() throws IOException {
        assertThat(exchange(Fault.withoutDeal()).response().propertyNames())
                .containsExactlyInAnyOrder("InstanceIds", "RequestId");
        assertThat(exchange(Fault.withoutDealId()).response().propertyNames())
                .contains("DealName")
                .doesNotContain("DealId");
        assertThat(exchange(Fault.withoutDealName()).response().propertyNames())
                .contains("DealId")
                .doesNotContain("DealName");
    }

    @Test
    void enormousResponseHasTheSizeItStatesAndIsStillJson() throws IOException {
        Wire.Response response = exchange(Fault.oversize(3_000_001));

        assertThat(response.body()).hasSize(3_000_001);
        assertThat(response.response().has("DealId")).isTrue();
        assertExecuted(true);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void connectionIsClosedAfterANonHttpResponse(boolean executed) throws IOException {
        try (Wire wire = send(Fault.nonHttp(executed))) {
            assertThat(new String(wire.readToEnd(), StandardCharsets.UTF_8)).startsWith("SSH-2.0");
        }

        assertExecuted(executed);
    }

    @Test
    void lateInstancesExistButAreNotListed() throws IOException {
        exchange(Fault.lateVisibility(Duration.ofHours(1)));

        assertExecuted(true);
        assertThat(Wire.exchange(simulator, SignedRequest.of(simulator, "DescribeInstances", "{}"))
                        .get("TotalCount")
                        .asInt())
                .isZero();
    }

    @Test
    void requestWithALateResponseIsExecutedOnArrival() throws IOException {
        try (Wire wire = send(Fault.latency(Duration.ofHours(1))).timeoutMillis(200)) {
            awaitArrival(true);
            assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(wire::readToEnd);
        }

        assertExecuted(true);
    }

    @Test
    void lateResponseArrives() throws IOException {
        assertThat(exchange(Fault.latency(Duration.ofMillis(20))).response().has("DealId"))
                .isTrue();
    }

    @Test
    void faultsCombine() throws IOException {
        Fault both = Fault.lateVisibility(Duration.ofHours(1)).and(Fault.reset(Fault.Stage.AFTER_EXECUTING));
        try (Wire wire = send(both)) {
            assertThatExceptionOfType(SocketException.class).isThrownBy(wire::readToEnd);
        }

        assertExecuted(true);
        assertThat(Wire.exchange(simulator, SignedRequest.of(simulator, "DescribeInstances", "{}"))
                        .get("TotalCount")
                        .asInt())
                .isZero();
    }

    @Test
    void faultAfterExecutingBuysNothingWhenTheServerRefuses() throws IOException {
        simulator.misbehave(Misbehaviour.always(Fault.html502(true)));
        SignedRequest forged = SignedRequest.clone(simulator).key(simulator.secretId(), "another");

        try (Wire wire = Wire.to(simulator)) {
            assertThat(wire.send(forged).read().status()).isEqualTo(502);
        }

        assertExecuted(false);
        assertThat(simulator.books().refusals()).isEqualTo(Map.of("AuthFailure.SignatureFailure", 1));
    }

    @Test
    void misbehaviourThatThrowsCausesA500() throws IOException {
        simulator.misbehave(arrival -> {
            throw new IllegalStateException("a bug in the test");
        });

        try (Wire wire = Wire.to(simulator)) {
            assertThat(wire.send(SignedRequest.clone(simulator)).read().status())
                    .isEqualTo(500);
        }

        assertExecuted(false);
    }

    @Test
    void requestThatIsExecutedTwiceHasOneResponse() throws IOException {
        simulator.misbehave(Misbehaviour.scripted(Fault.executedTwice()));
        assertThat(Wire.refusal(simulator, SignedRequest.clone(simulator))).isEmpty();

        assertThat(simulator.books().arrivals("CloneInstances")).hasSize(1);
        assertThat(simulator.books().executions()).hasSize(2);
        assertThat(simulator.books().bought()).isEqualTo(4);
    }
}
