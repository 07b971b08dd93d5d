package io.ramet.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** Each action, also one that is added later, has a permission, a limit and a schema, and all faults apply to it. */
class EveryActionTest {

    @AutoClose
    private final Simulator simulator =
            Simulator.builder().limit(RateLimit.none()).start();

    private SignedRequest request(Action action, String body) {
        return SignedRequest.of(simulator, action.wireName, body)
                .service(action.api.service)
                .header("X-TC-Version", action.api.version);
    }

    private JsonNode exchange(Action action, String body) throws IOException {
        return Wire.exchange(simulator, request(action, body));
    }

    @ParameterizedTest
    @EnumSource
    void aDeniedActionIsRefusedWithItsPermissionUntilItIsAllowed(Action action) throws IOException {
        simulator.deny(action.wireName, "UnauthorizedOperation.NoCAMAuthed");

        JsonNode refused = exchange(action, "{}").get("Error");
        simulator.allow(action.wireName);
        String allowed = exchange(action, "{}").at("/Error/Code").asString("");

        assertThat(refused.get("Code").asString()).isEqualTo("UnauthorizedOperation.NoCAMAuthed");
        assertThat(refused.get("Message").asString())
                .contains("(" + action.api.policyName + ":" + action.wireName + ")");
        assertThat(allowed).doesNotStartWith("UnauthorizedOperation");
    }

    @ParameterizedTest
    @EnumSource
    void anUnknownParameterIsRefused(Action action) throws IOException {
        JsonNode error = exchange(action, "{\"Flavour\":1}").get("Error");

        assertThat(error.get("Code").asString()).isEqualTo("UnknownParameter");
        assertThat(error.get("Message").asString()).contains("`Flavour`");
    }

    @ParameterizedTest
    @EnumSource
    void everyFaultAppliesToTheActionThatItIsFor(Action action) throws IOException {
        assertThat(bytes(action, Fault.close(Fault.Stage.AFTER_HEADERS))).isEmpty();
        assertThat(bytes(action, Fault.close(Fault.Stage.BEFORE_EXECUTING))).isEmpty();
        assertThat(bytes(action, Fault.close(Fault.Stage.AFTER_EXECUTING))).isEmpty();
        for (Fault.Stage stage : Fault.Stage.values()) {
            assertThatExceptionOfType(SocketException.class)
                    .isThrownBy(() -> bytes(action, Fault.reset(stage)))
                    .withMessageContaining("reset");
        }
        assertThat(bytes(action, Fault.cutResponse(20))).hasSize(20);
        assertThat(bytes(action, Fault.cutBody(3))).endsWith("\r\n\r\n{\"R");
        assertThat(bytes(action, Fault.nonHttp(false))).startsWith("SSH-2.0");
        assertThatExceptionOfType(JacksonException.class)
                .isThrownBy(() -> response(action, Fault.garbage(false)).json());
        assertThat(response(action, Fault.html502(false)).status()).isEqualTo(502);
        assertThat(response(action, Fault.emptyObject(false)).body()).isEqualTo("{}");
        assertThat(response(action, Fault.status(503, Map.of("Retry-After", "0"), false))
                        .headers())
                .containsEntry("retry-after", "0");
        assertThat(response(action, Fault.response(200, Map.of(), "{\"Response\":1}", false))
                        .body())
                .isEqualTo("{\"Response\":1}");
        assertThat(code(action, Fault.throttle())).isEqualTo("RequestLimitExceeded");
        assertThat(code(action, Fault.error("InternalError", false))).isEqualTo("InternalError");
        assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(() -> bytes(action, Fault.hang(false)));
        assertThat(simulator.books().executions()).isEmpty();
        assertThat(simulator.books().changes()).isEmpty();
    }

    private Wire send(Action action, Fault fault) throws IOException {
        simulator.misbehave(Misbehaviour.scripted(action.wireName, fault));
        return Wire.to(simulator)
                .timeoutMillis(fault.ending() instanceof Ending.Hang ? 100 : 10_000)
                .send(request(action, "{}"));
    }

    private String bytes(Action action, Fault fault) throws IOException {
        try (Wire wire = send(action, fault)) {
            return new String(wire.readToEnd(), StandardCharsets.UTF_8);
        }
    }

    private Wire.Response response(Action action, Fault fault) throws IOException {
        try (Wire wire = send(action, fault)) {
            return wire.read();
        }
    }

    private String code(Action action, Fault fault) throws IOException {
        return response(action, fault).response().at("/Error/Code").asString();
    }

    @ParameterizedTest
    @EnumSource(
            names = {"DESTROY_POSTPAID_INSTANCE", "DESTROY_PREPAID_INSTANCE", "STARTUP_INSTANCE", "CLEAN_UP_INSTANCE"})
    void aChangeIsMadeThoughItsResponseIsLost(Action action) throws IOException {
        String id = instanceFor(action);
        int before = simulator.books().changes().size();
        simulator.misbehave(Misbehaviour.scripted(action.wireName, Fault.reset(Fault.Stage.AFTER_EXECUTING)));

        try (Wire wire = Wire.to(simulator).send(request(action, named(id)))) {
            assertThatExceptionOfType(SocketException.class).isThrownBy(wire::readToEnd);
        }

        assertThat(simulator.books().changes())
                .hasSize(before + 1)
                .last()
                .extracting(InstanceChange::action, InstanceChange::instanceId)
                .containsExactly(action.wireName, id);
    }

    private String instanceFor(Action action) throws IOException {
        SignedRequest purchase = SignedRequest.clone(simulator);
        String id = Wire.exchange(
                        simulator,
                        action == Action.DESTROY_PREPAID_INSTANCE
                                ? purchase.replacing("\"BillingMode\":0", "\"BillingMode\":1")
                                : purchase)
                .at("/InstanceIds/0")
                .asString();
        if (List.of(Action.STARTUP_INSTANCE, Action.CLEAN_UP_INSTANCE).contains(action)) {
            exchange(Action.DESTROY_POSTPAID_INSTANCE, named(id));
        }
        return id;
    }

    private static String named(String id) {
        return "{\"InstanceId\":\"" + id + "\"}";
    }
}
