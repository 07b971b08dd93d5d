package io.ramet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.ramet.sign.Credentials;
import io.ramet.sign.Tc3Signer;
import io.ramet.simulator.Simulator;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

@Timeout(120)
class SimulateCommandTest {

    /**
     * Tests in virtual time show that no second sees more than 20 requests: between two processes, a machine that
     * stalls for a moment makes requests arrive together. No machine can make a run shorter than its limit allows.
     */
    @ParameterizedTest
    @Tag("soak")
    @CsvSource({"monthly, 10", "payg, 34"})
    void aThousandInstancesTakeTheFewestRequestsAtTwentyASecond(String billing, int calls) throws Exception {
        try (ChildProcess server = new ChildProcess(Map.of(), "simulate", "--latency=20ms", "--jitter=80ms")) {
            JsonNode listening = Session.parsed(server.nextLine());
            Session session = withKeyOf(listening);

            assertThat(session.clone(
                            endpoint(listening),
                            "--goods-num=1000",
                            "--billing=" + billing,
                            "--period=1",
                            "--yes",
                            "--output=ndjson"))
                    .isZero();

            server.signal("TERM");
            JsonNode books = Session.parsed(server.nextLine());
            assertThat(server.exitCode()).isZero();
            assertThat(session.lastJson().get("cloned").asInt()).isEqualTo(1000);
            assertThat(session.lastJson().get("seconds").asDouble()).isGreaterThanOrEqualTo((calls - 1) / 20);
            assertThat(books.get("bought").asInt()).isEqualTo(1000);
            assertThat(books.get("executions").asInt()).isEqualTo(calls);
            assertThat(books.get("boughtTwice").isEmpty()).isTrue();
        }
    }

    @Test
    void theFaultsAreThoseOfTheOptions() throws Exception {
        try (ChildProcess server = new ChildProcess(
                Map.of(), "simulate", "--fault=ResourceUnavailable.SaleOut", "--fault-rate=1", "--quota=7")) {
            JsonNode listening = Session.parsed(server.nextLine());

            assertThat(withKeyOf(listening).clone(endpoint(listening), "--goods-num=7", "--billing=payg", "--yes"))
                    .isEqualTo(3);

            server.signal("INT");
            JsonNode books = Session.parsed(server.nextLine());
            assertThat(books.get("bought").asInt()).isZero();
            assertThat(books.get("refusals").get("ResourceUnavailable.SaleOut").asInt())
                    .isEqualTo(1);
        }
    }

    @Test
    void instancesRunAfterTheTimeOfTheOptions() throws Exception {
        try (ChildProcess server = new ChildProcess(Map.of(), "simulate", "--start-time=1h", "--start-jitter=1m")) {
            JsonNode listening = Session.parsed(server.nextLine());
            Session session = withKeyOf(listening);

            assertThat(session.clone(endpoint(listening), "--goods-num=2", "--billing=payg", "--yes", "--wait-for=1s"))
                    .isEqualTo(4);

            assertThat(session.err()).contains("Instances: 0 of 2 running, 2 not in time");
        }
    }

    /** They sign for the part of their endpoint before its first dot. */
    @Test
    void theVendorsClientsCanBePointedAtIt() throws Exception {
        try (ChildProcess server = new ChildProcess(Map.of(), "simulate")) {
            JsonNode listening = Session.parsed(server.nextLine());
            String port = ":" + endpoint(listening).getPort();

            assertThat(listingSignedFor("127", "127.0.0.1" + port, listening)).contains("\"TotalCount\":0");
            assertThat(listingSignedFor("localhost" + port, "localhost" + port, listening))
                    .contains("\"TotalCount\":0");
            assertThat(listingSignedFor("cvm", "127.0.0.1" + port, listening)).contains("AuthFailure.SignatureFailure");
        }
    }

    private static String listingSignedFor(String service, String host, JsonNode listening) throws Exception {
        byte[] body = "{}".getBytes(StandardCharsets.UTF_8);
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://" + host))
                .version(HttpClient.Version.HTTP_1_1)
                .timeout(Duration.ofSeconds(60))
                .POST(HttpRequest.BodyPublishers.ofByteArray(body));
        Credentials key = Credentials.of(
                listening.get("secretId").asString(), listening.get("secretKey").asString());
        new Tc3Signer(host, "DescribeInstances", service)
                .sign(key, "ap-guangzhou", Instant.now().getEpochSecond(), body)
                .forEach((name, value) -> {
                    if (!name.equals("Host")) {
                        request.header(name, value);
                    }
                });
        return HttpClient.newHttpClient()
                .send(request.build(), HttpResponse.BodyHandlers.ofString())
                .body();
    }

    private static Session withKeyOf(JsonNode listening) {
        return new Session()
                .credentials(
                        listening.get("secretId").asString(),
                        listening.get("secretKey").asString());
    }

    private static URI endpoint(JsonNode listening) {
        return URI.create(listening.get("endpoint").asString());
    }

    @Test
    void aPortInUseIsReported() {
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

        assertThat(session.err()).contains("'gremlins' is neither one of throttle");
    }
}
