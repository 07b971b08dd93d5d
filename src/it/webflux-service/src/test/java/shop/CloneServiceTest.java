package shop;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;
import static shop.RunningService.PATIENCE;
import static shop.RunningService.request;

import io.ramet.simulator.Execution;
import io.ramet.simulator.Fault;
import io.ramet.simulator.Fault.Stage;
import io.ramet.simulator.InstanceChange;
import io.ramet.simulator.Misbehaviour;
import io.ramet.simulator.Simulator;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.springframework.boot.logging.LogLevel;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.http.MediaType;
import org.springframework.http.codec.ServerSentEvent;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import tools.jackson.databind.JsonNode;

/** Requests to the service over a real connection; purchases are judged by the simulator's books. */
@ExtendWith(OutputCaptureExtension.class)
class CloneServiceTest {

    @TempDir
    private static Path folder;

    private static Simulator simulator;
    private static RunningService service;

    @BeforeAll
    static void start() {
        simulator = Simulator.builder()
                .latency(Duration.ofMillis(20), Duration.ofMillis(200))
                .start();
        service = RunningService.start(simulator, folder);
    }

    @AfterAll
    static void end() {
        service.close();
        simulator.close();
    }

    @AfterEach
    void nothingWasEverBoughtTwice() {
        simulator.misbehave(Misbehaviour.none());
        assertThat(simulator.books().boughtTwice()).isEmpty();
    }

    @Test
    void planningBuysNothing() {
        int before = simulator.books().arrivals().size();

        service.web()
                .post()
                .uri("/clones/plan")
                .contentType(MediaType.APPLICATION_JSON)
                .bodyValue(request(250))
                .exchange()
                .expectStatus()
                .isOk()
                .expectBody()
                .json("{requested: 250, calls: 9, perCall: 30, leastSeconds: 0.0}");

        assertThat(simulator.books().arrivals()).hasSize(before);
    }

    @Test
    void anInvalidRequestIsRefusedWithAProblemBeforeAnythingIsSent() {
        int before = simulator.books().arrivals().size();

        service.buy("none", 0).expectStatus().isBadRequest().expectBody().json("{type: 'urn:ramet:invalid-request'}");
        service.buy("a key with blanks", 1).expectStatus().isBadRequest();
        service.buy("above-the-cap", 3001).expectStatus().isBadRequest();
        service.web()
                .post()
                .uri("/clones")
                .contentType(MediaType.APPLICATION_JSON)
                .bodyValue(request(1))
                .exchange()
                .expectStatus()
                .isBadRequest()
                .expectHeader()
                .contentType(MediaType.APPLICATION_PROBLEM_JSON);

        assertThat(simulator.books().arrivals()).hasSize(before);
    }

    @Test
    void anUnknownPlanIsNotFound() {
        for (String path : List.of("/clones/unknown", "/clones/unknown/events")) {
            service.web().get().uri(path).exchange().expectStatus().isNotFound();
        }
    }

    @Test
    void disconnectingAfterTheFirstEventLosesNothing() {
        service.buy("hangs-up", 300).expectStatus().isAccepted().expectHeader().location("/clones/hangs-up");

        ServerSentEvent<JsonNode> first = service.events("hangs-up", null).blockFirst(PATIENCE);
        eventually(() -> service.report("hangs-up").get("cloned").asInt() == 300);
        List<ServerSentEvent<JsonNode>> later = all(service.events("hangs-up", first.id()));

        assertThat(service.bought("hangs-up", 300)).isEqualTo(300);
        assertThat(later).hasSize(9 + 1);
        assertThat(deals(Stream.concat(Stream.of(first), later.stream()))).isEqualTo(service.deals("hangs-up", 300));
        assertThat(later.get(9).data().get("cloned").asInt()).isEqualTo(300);
    }

    @Test
    void tenPostsAtOnceWithOneKeyBuyOnce() {
        List<String> locations = Flux.range(0, 10)
                .flatMap(i -> Mono.fromCallable(() -> service.buy("posted-ten-times", 300)
                                .expectStatus()
                                .isAccepted()
                                .returnResult(Void.class)
                                .getResponseHeaders()
                                .getFirst("Location"))
                        .subscribeOn(Schedulers.boundedElastic()))
                .collectList()
                .block(PATIENCE);
        all(service.events("posted-ten-times", null));

        assertThat(locations).hasSize(10).containsOnly("/clones/posted-ten-times");
        assertThat(service.bought("posted-ten-times", 300)).isEqualTo(300);
        assertThat(service.executions("posted-ten-times", 300)).hasSize(10);
    }

    @Test
    void aKeyStandsForOneRequestForEver() {
        service.buy("taken", 30).expectStatus().isAccepted();
        all(service.events("taken", null));
        int before = simulator.books().arrivals("CloneInstances").size();

        service.buy("taken", 31).expectStatus().isEqualTo(422).expectBody().json("{type: 'urn:ramet:plan-conflict'}");

        assertThat(simulator.books().arrivals("CloneInstances")).hasSize(before);
    }

    @Test
    void aCallerThatReconnectsReceivesTheEventsAfterTheLastOneItSaw() {
        service.buy("reconnects", 300).expectStatus().isAccepted();
        List<String> whole = eventIds(all(service.events("reconnects", null)));

        assertThat(whole).isEqualTo(numbers(1, 10));
        assertThat(eventIds(all(service.events("reconnects", "4")))).isEqualTo(numbers(5, 10));
        assertThat(eventIds(all(service.events("reconnects", "10")))).isEmpty();
        service.web()
                .get()
                .uri("/clones/reconnects/events?after=9")
                .exchange()
                .expectBody(String.class)
                .value(text -> assertThat(text).startsWith("id:10\n"));
        service.web()
                .get()
                .uri("/clones/reconnects/events?after=0")
                .header("Last-Event-ID", "9")
                .exchange()
                .expectBody(String.class)
                .value(text -> assertThat(text).startsWith("id:10\n"));
    }

    @Test
    void aSlowReaderDelaysNoOtherAndMissesNothing() throws IOException {
        service.buy("slow-reader", 900).expectStatus().isAccepted();
        try (Socket reader = new Socket()) {
            reader.setReceiveBufferSize(1024);
            reader.connect(new InetSocketAddress("127.0.0.1", service.port()));
            reader.setSoTimeout((int) PATIENCE.toMillis());
            reader.getOutputStream()
                    .write(("GET /clones/slow-reader/events HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            eventually(() -> service.report("slow-reader").get("cloned").asInt() == 900);

            InputStream body = reader.getInputStream();
            String text = new String(body.readAllBytes(), StandardCharsets.UTF_8);
            assertThat(text.lines().filter(line -> line.startsWith("id:")))
                    .containsExactlyElementsOf(
                            numbers(1, 30).stream().map(id -> "id:" + id).toList());
            assertThat(text).contains("event:report", "event:done");
        }
        assertThat(service.bought("slow-reader", 900)).isEqualTo(900);
    }

    @Test
    void aConnectedCallerReceivesEachOutcomeAndThenTheReport() {
        List<JsonNode> lines = service.buyAndStay("stays", 250)
                .delayElements(Duration.ofMillis(20))
                .collectList()
                .block(PATIENCE);

        assertThat(lines)
                .extracting(line -> line.get("type").asString())
                .containsOnlyOnce("report")
                .hasSize(9 + 1);
        assertThat(lines.stream()
                        .limit(9)
                        .map(line -> line.get("dealName").asString())
                        .collect(toSet()))
                .isEqualTo(service.deals("stays", 250));
    }

    @Test
    void disconnectingStopsThePurchaseAndTheSameKeyResumesIt() {
        service.buyAndStay("leaves", 1800).take(3).blockLast(PATIENCE);
        eventually(() -> isQuiet("leaves", 1800));
        int boughtUntilThen = service.bought("leaves", 1800);
        List<JsonNode> lines = service.buyAndStay("leaves", 1800).collectList().block(PATIENCE);

        assertThat(boughtUntilThen).isBetween(90, 1770);
        assertThat(service.bought("leaves", 1800)).isEqualTo(1800);
        assertThat(lines.stream()
                        .limit(60)
                        .map(line -> line.get("dealName").asString())
                        .collect(toSet()))
                .isEqualTo(service.deals("leaves", 1800));
    }

    @Test
    void aRefusalIsAnEventWithItsCode() {
        simulator.misbehave(Misbehaviour.always(Fault.error("InvalidParameterValue.InvalidSubnetId", false)));
        service.buy("refused", 30).expectStatus().isAccepted();
        List<ServerSentEvent<JsonNode>> received = all(service.events("refused", null));

        assertThat(received.get(0).event()).isEqualTo("not-cloned");
        assertThat(received.get(0).data().get("code").asString()).isEqualTo("InvalidParameterValue.InvalidSubnetId");
        assertThat(service.report("refused").at("/reason/code").asString())
                .isEqualTo("InvalidParameterValue.InvalidSubnetId");
        assertThat(service.bought("refused", 30)).isZero();
    }

    @Test
    void aLostResponseIsADoubtAndIsNotBoughtAgainByPostingAgain() {
        simulator.misbehave(Misbehaviour.always(Fault.reset(Stage.AFTER_EXECUTING)));
        service.buy("lost-response", 30).expectStatus().isAccepted();
        List<ServerSentEvent<JsonNode>> received = all(service.events("lost-response", null));
        simulator.misbehave(Misbehaviour.none());
        service.buy("lost-response", 30).expectStatus().isAccepted();
        all(service.events("lost-response", null));

        assertThat(received.get(0).event()).isEqualTo("in-doubt");
        assertThat(received.get(0).data().get("message").asString()).contains("look up InstanceName");
        assertThat(service.executions("lost-response", 30)).hasSize(1);
    }

    @Test
    void theStoryFromABackupToRunningInstancesAndBack() {
        assertThat(list("/instances/crs-xjhsdj12/backups"))
                .extracting(backup -> backup.get("backupId").asString() + " "
                        + backup.get("clonable").asString())
                .containsExactly("154572601-1165734322-153705740 yes");
        service.post("/clones/price", request(60))
                .expectBody()
                .json("{type: price, instances: 60, currency: CNY, per: hour}");
        service.post("/clones/preflight", request(60))
                .expectBody()
                .json("{type: preflight, blocked: false}")
                .jsonPath("$.findings[?(@.check == 'backup')].level")
                .isEqualTo("ok");
        assertThat(service.bought("story", 60)).as("a look-up buys nothing").isZero();

        service.buy("story", 60).expectStatus().isAccepted();
        List<ServerSentEvent<JsonNode>> received = all(service.untilRunning("story", null));

        assertThat(received.get(received.size() - 1).event()).isEqualTo("done");
        Set<String> running = received.stream()
                .filter(event -> event.event().equals("instance"))
                .map(ServerSentEvent::data)
                .filter(instance -> instance.get("state").asString().equals("running"))
                .map(instance -> instance.get("instanceId").asString())
                .collect(toSet());
        assertThat(running).hasSize(60).isEqualTo(ids(service.executions("story", 60)));
        assertThat(list("/clones/story/instances"))
                .hasSize(60)
                .allMatch(instance -> instance.get("address").asString().matches("10[.0-9]+:6379"));

        assertThat(lines("/clones/story/undo", "{\"instances\": 60, \"alsoPrepaid\": false}"))
                .hasSize(60)
                .allMatch(line -> line.get("result").asString().equals("isolated"));
        assertThat(destroyed()).containsAll(running);
        service.buy("story", 60).expectStatus().isEqualTo(409).expectBody().json("{type: 'urn:ramet:plan-undone'}");
        assertThat(lines("/clones/story/restore", "{}"))
                .hasSize(60)
                .allMatch(line -> line.get("result").asString().equals("restored"));
        assertThat(service.executions("story", 60)).hasSize(2);
    }

    @Test
    void anUndoWithAnotherNumberIsRefusedBeforeAnythingIsSent() {
        service.buy("kept", 30).expectStatus().isAccepted();
        all(service.events("kept", null));

        service.post("/clones/kept/undo", "{\"instances\": 29, \"alsoPrepaid\": false}")
                .expectStatus()
                .isEqualTo(409)
                .expectBody()
                .json("{type: 'urn:ramet:undo-refused', planId: kept}");
        service.post("/clones/kept/undo", "{}").expectStatus().isBadRequest();

        assertThat(destroyed()).doesNotContainAnyElementsOf(ids(service.executions("kept", 30)));
    }

    @Test
    void reconcilingFindsWhatALostResponseHasBoughtAndBuysNothing() {
        simulator.misbehave(Misbehaviour.always(Fault.reset(Stage.AFTER_EXECUTING)));
        service.buy("found", 30).expectStatus().isAccepted();
        all(service.events("found", null));
        simulator.misbehave(Misbehaviour.none());

        service.post("/clones/found/reconcile", "{}").expectBody().json("{cloned: 30, inDoubt: 0}");

        assertThat(service.executions("found", 30)).hasSize(1);
    }

    @Test
    void aSilentStreamHasAHeartbeat() {
        simulator.misbehave(Misbehaviour.always(Fault.latency(Duration.ofSeconds(5))));
        service.buy("silent", 1).expectStatus().isAccepted();

        assertThat(service.stream("silent", null).blockFirst(PATIENCE).comment())
                .isEqualTo("still here");
    }

    @Test
    void healthAndMetricsShowTheClientAndSendNothing() {
        service.buy("measured", 30).expectStatus().isAccepted();
        all(service.events("measured", null));
        // Other plans of the service may be looked up just then, but not every time.
        boolean silent = false;
        for (int attempt = 0; attempt < 20 && !silent; attempt++) {
            int before = simulator.books().arrivals().size();
            readHealthAndMetrics();
            silent = simulator.books().arrivals().size() == before;
        }
        assertThat(silent).isTrue();
    }

    private void readHealthAndMetrics() {
        service.web()
                .get()
                .uri("/actuator/health")
                .exchange()
                .expectBody()
                .jsonPath("$.components.ramet.status")
                .exists();
        service.web()
                .get()
                .uri("/actuator/metrics/ramet.instances?tag=outcome:cloned")
                .exchange()
                .expectBody()
                .jsonPath("$.measurements[0].value")
                .value(Double.class, instances -> assertThat(instances).isGreaterThanOrEqualTo(30));
    }

    @Test
    @ResourceLock(RunningService.LOG_LEVELS)
    void aPasswordIsInNoLog(CapturedOutput output) throws IOException, InterruptedException {
        LoggingSystem logging = LoggingSystem.get(getClass().getClassLoader());
        List<String> loggers = List.of("org.springframework", "reactor", "io.ramet", "shop");
        loggers.forEach(logger -> logging.setLogLevel(logger, LogLevel.TRACE));
        try {
            // The client of the other tests logs what it sends.
            HttpRequest post = HttpRequest.newBuilder(URI.create(service.address() + "/clones"))
                    .header("Content-Type", "application/json")
                    .header("Accept", "application/x-ndjson")
                    .header("Idempotency-Key", "whispers")
                    .POST(BodyPublishers.ofString(request(30)))
                    .build();
            HttpClient.newHttpClient().send(post, BodyHandlers.ofString());
        } finally {
            loggers.forEach(logger -> logging.setLogLevel(logger, null));
        }

        assertThat(service.bought("whispers", 30)).isEqualTo(30);
        assertThat(output.getAll().contains("HTTP POST \"/clones\""))
                .as("it was logged")
                .isTrue();
        assertThat(output.getAll().contains("Correct+Horse7"))
                .as("with the password")
                .isFalse();
    }

    private static List<JsonNode> list(String path) {
        return service.web()
                .get()
                .uri(path)
                .exchange()
                .expectStatus()
                .isOk()
                .expectBodyList(JsonNode.class)
                .returnResult()
                .getResponseBody();
    }

    private static List<JsonNode> lines(String path, Object body) {
        return service.post(path, body)
                .expectStatus()
                .isOk()
                .returnResult(JsonNode.class)
                .getResponseBody()
                .collectList()
                .block(PATIENCE);
    }

    private static Set<String> ids(List<Execution> executions) {
        return executions.stream()
                .flatMap(execution -> execution.instanceIds().stream())
                .collect(toSet());
    }

    private static Set<String> destroyed() {
        return simulator.books().destructions().stream()
                .map(InstanceChange::instanceId)
                .collect(toSet());
    }

    private static List<ServerSentEvent<JsonNode>> all(Flux<ServerSentEvent<JsonNode>> events) {
        return events.collectList().block(PATIENCE);
    }

    private static List<String> eventIds(List<ServerSentEvent<JsonNode>> events) {
        return events.stream().map(ServerSentEvent::id).filter(id -> id != null).toList();
    }

    private static List<String> numbers(int first, int last) {
        return IntStream.rangeClosed(first, last).mapToObj(String::valueOf).toList();
    }

    private static Set<String> deals(Stream<ServerSentEvent<JsonNode>> events) {
        return events.filter(event -> "cloned".equals(event.event()))
                .map(event -> event.data().get("dealName").asString())
                .collect(toSet());
    }

    private static boolean isQuiet(String key, int goodsNum) {
        int before = service.bought(key, goodsNum);
        Mono.delay(Duration.ofSeconds(1)).block();
        return service.bought(key, goodsNum) == before;
    }

    private static void eventually(BooleanSupplier condition) {
        Flux.interval(Duration.ofMillis(50))
                .onBackpressureDrop()
                .publishOn(Schedulers.boundedElastic())
                .filter(tick -> condition.getAsBoolean())
                .blockFirst(PATIENCE);
    }
}
