package shop;

import static java.util.stream.Collectors.toSet;

import io.ramet.json.RequestJson;
import io.ramet.plan.CloneChunk;
import io.ramet.plan.ClonePlan;
import io.ramet.plan.PlanId;
import io.ramet.sign.Credentials;
import io.ramet.sign.CredentialsProvider;
import io.ramet.simulator.Execution;
import io.ramet.simulator.Simulator;
import io.ramet.spring.RametConnectionDetails;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.http.MediaType;
import org.springframework.http.client.ReactorResourceFactory;
import org.springframework.http.client.reactive.ReactorClientHttpConnector;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.test.web.reactive.server.WebTestClient;
import reactor.core.publisher.Flux;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;
import tools.jackson.databind.JsonNode;

/** The service on a real port, in front of a simulator that outlives it. */
final class RunningService implements AutoCloseable {

    static final Duration PATIENCE = Duration.ofSeconds(60);

    /** A service that starts resets the levels of all loggers. */
    static final String LOG_LEVELS = "levels of the loggers";

    private static final HttpClient CLIENT = HttpClient.create(ConnectionProvider.newConnection());

    private static final ParameterizedTypeReference<ServerSentEvent<JsonNode>> EVENT =
            new ParameterizedTypeReference<>() {};

    private final Simulator simulator;
    private final ConfigurableApplicationContext context;
    private final WebTestClient web;

    private RunningService(Simulator simulator, ConfigurableApplicationContext context) {
        this.simulator = simulator;
        this.context = context;
        this.web = WebTestClient.bindToServer(new ReactorClientHttpConnector(CLIENT))
                .baseUrl(address())
                .responseTimeout(PATIENCE)
                .build();
    }

    static RunningService start(Simulator simulator, Path folder) {
        Credentials keys = Credentials.of(simulator.secretId(), simulator.secretKey());
        RametConnectionDetails connection =
                new Connection("ap-guangzhou", simulator.uri(), CredentialsProvider.fixed(keys));
        return new RunningService(
                simulator,
                new SpringApplicationBuilder(CloneService.class)
                        .initializers(
                                ownThreads(),
                                context -> ((GenericApplicationContext) context)
                                        .registerBean(RametConnectionDetails.class, () -> connection))
                        .run(
                                "--server.port=0",
                                "--shop.simulator=false",
                                "--shop.heartbeat=200ms",
                                "--ramet.journal.file=" + folder.resolve("clones.db"),
                                "--ramet.max-instances=3000",
                                "--ramet.reconcile-for=0s"));
    }

    /** A service that ends also ends the threads that it shares, and several run here at the same time. */
    static ApplicationContextInitializer<GenericApplicationContext> ownThreads() {
        return context -> context.registerBean(ReactorResourceFactory.class, () -> {
            ReactorResourceFactory threads = new ReactorResourceFactory();
            threads.setUseGlobalResources(false);
            return threads;
        });
    }

    String address() {
        return "http://127.0.0.1:" + port();
    }

    int port() {
        return context.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
    }

    WebTestClient web() {
        return web;
    }

    static String request(int goodsNum) {
        return """
                {"InstanceId": "crs-xjhsdj12", "BackupId": "154572601-1165734322-153705740", "GoodsNum": %d,
                 "ZoneId": 100003, "BillingMode": 0, "SecurityGroupIdList": ["sg-bmadczm1"], "Password": "Correct+Horse7"}
                """.formatted(goodsNum);
    }

    WebTestClient.ResponseSpec buy(String key, int goodsNum) {
        return web.post()
                .uri("/clones")
                .contentType(MediaType.APPLICATION_JSON)
                .header("Idempotency-Key", key)
                .bodyValue(request(goodsNum))
                .exchange();
    }

    /** {@return the lines that a connected caller receives; cancelling disconnects} */
    Flux<JsonNode> buyAndStay(String key, int goodsNum) {
        return web.post()
                .uri("/clones")
                .contentType(MediaType.APPLICATION_JSON)
                .accept(MediaType.APPLICATION_NDJSON)
                .header("Idempotency-Key", key)
                .bodyValue(request(goodsNum))
                .exchange()
                .expectStatus()
                .isOk()
                .returnResult(JsonNode.class)
                .getResponseBody();
    }

    /** {@return events and heartbeats after the one with this id; cancelling disconnects} */
    Flux<ServerSentEvent<JsonNode>> stream(String key, String lastEventId) {
        return web.get()
                .uri("/clones/{key}/events", key)
                .accept(MediaType.TEXT_EVENT_STREAM)
                .headers(headers -> {
                    if (lastEventId != null) {
                        headers.set("Last-Event-ID", lastEventId);
                    }
                })
                .exchange()
                .expectStatus()
                .isOk()
                .returnResult(EVENT)
                .getResponseBody();
    }

    /** {@return the same without heartbeats, until the instances run} */
    Flux<ServerSentEvent<JsonNode>> untilRunning(String key, String lastEventId) {
        return stream(key, lastEventId).filter(event -> event.event() != null);
    }

    /** {@return the outcomes among these, and the report at their end} */
    Flux<ServerSentEvent<JsonNode>> events(String key, String lastEventId) {
        return untilRunning(key, lastEventId)
                .filter(event -> !event.event().equals("instance"))
                .takeUntil(event -> event.event().equals("report"));
    }

    /** {@return the response to a POST} */
    WebTestClient.ResponseSpec post(String path, Object body) {
        return web.post()
                .uri(path)
                .contentType(MediaType.APPLICATION_JSON)
                .bodyValue(body)
                .exchange();
    }

    JsonNode report(String key) {
        return web.get()
                .uri("/clones/{key}", key)
                .exchange()
                .expectStatus()
                .isOk()
                .expectBody(JsonNode.class)
                .returnResult()
                .getResponseBody();
    }

    /** {@return the calls of a plan that the simulator has executed, by its books} */
    List<Execution> executions(String key, int goodsNum) {
        ClonePlan plan = ClonePlan.of(PlanId.of(key), RequestJson.shared().read(request(goodsNum)));
        Set<String> names = plan.chunks().map(CloneChunk::instanceName).collect(toSet());
        return simulator.books().executions().stream()
                .filter(execution -> names.contains(execution.instanceName()))
                .toList();
    }

    /** {@return how many instances of a plan exist, by the simulator's books} */
    int bought(String key, int goodsNum) {
        return executions(key, goodsNum).stream()
                .mapToInt(execution -> execution.instanceIds().size())
                .sum();
    }

    /** {@return the deals of a plan, by the simulator's books} */
    Set<String> deals(String key, int goodsNum) {
        return executions(key, goodsNum).stream().map(Execution::dealName).collect(toSet());
    }

    private record Connection(String region, URI endpoint, CredentialsProvider credentials)
            implements RametConnectionDetails {}

    /** Ends the service as a container does: it accepts no more requests, and completes those that it has. */
    @Override
    public void close() {
        context.close();
    }
}
