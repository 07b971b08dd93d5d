package io.ramet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.ramet.simulator.Simulator;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

@Timeout(120)
class SimulateCommandTest {

    @ParameterizedTest
    @CsvSource({"monthly, 10", "payg, 34"})
    void aThousandFromAnotherProcessAreAThousandWithoutAThrottledCall(String billing, int calls) throws Exception {
        try (ChildProcess server = new ChildProcess(Map.of(), "simulate", "--latency=20ms", "--jitter=80ms")) {
            JsonNode listening = Session.parsed(server.nextLine());
            Session session = new Session()
                    .credentials(
                            listening.get("secretId").asString(),
                            listening.get("secretKey").asString());

            int code = session.run(
                    "clone",
                    "--endpoint=" + listening.get("endpoint").asString(),
                    "--region=ap-guangzhou",
                    "--instance-id=crs-source12",
                    "--backup-id=154572601",
                    "--zone-id=100003",
                    "--security-group=sg-bmadczm1",
                    "--no-auth",
                    "--goods-num=1000",
                    "--billing=" + billing,
                    "--yes",
                    "--output=ndjson");
            server.signal("TERM");
            JsonNode books = Session.parsed(server.nextLine());

            assertThat(code).isZero();
            assertThat(session.lastJson().get("cloned").asInt()).isEqualTo(1000);
            assertThat(books.get("bought").asInt()).isEqualTo(1000);
            assertThat(books.get("executions").asInt()).isEqualTo(calls);
            assertThat(books.get("peak").asInt()).isLessThanOrEqualTo(20);
            assertThat(books.get("throttled").asInt()).isZero();
            assertThat(books.get("boughtTwice").isEmpty()).isTrue();
            assertThat(server.exitCode()).isZero();
        }
    }

    @Test
    void itsFaultsAreThoseItWasTold() throws Exception {
        try (ChildProcess server = new ChildProcess(
                Map.of(), "simulate", "--fault=ResourceUnavailable.SaleOut", "--fault-rate=1", "--quota=7")) {
            JsonNode listening = Session.parsed(server.nextLine());
            Session session = new Session()
                    .credentials(
                            listening.get("secretId").asString(),
                            listening.get("secretKey").asString());

            int code = session.run(
                    "clone",
                    "--endpoint=" + listening.get("endpoint").asString(),
                    "--region=ap-guangzhou",
                    "--instance-id=crs-source12",
                    "--backup-id=154572601",
                    "--zone-id=100003",
                    "--security-group=sg-bmadczm1",
                    "--no-auth",
                    "--goods-num=7",
                    "--billing=payg",
                    "--yes");
            server.signal("INT");
            JsonNode books = Session.parsed(server.nextLine());

            assertThat(code).isEqualTo(3);
            assertThat(books.get("bought").asInt()).isZero();
            assertThat(books.get("refusals").get("ResourceUnavailable.SaleOut").asInt())
                    .isEqualTo(1);
        }
    }

    @Test
    void aPortInUseIsSaidSo() {
        try (Simulator simulator = Simulator.start()) {
            Session session = new Session();

            assertThat(session.run("simulate", "--port=" + simulator.port())).isEqualTo(2);

            assertThat(session.err()).contains("cannot listen on port " + simulator.port());
        }
    }

    @Test
    void anUnknownFaultIsAUsageError() {
        Session session = new Session();

        assertThat(session.run("simulate", "--fault=gremlins")).isEqualTo(2);
        assertThat(session.run("simulate", "--fault=lost", "--fault-rate=2")).isEqualTo(2);

        assertThat(session.err()).contains("'gremlins' is none of throttle");
    }
}
