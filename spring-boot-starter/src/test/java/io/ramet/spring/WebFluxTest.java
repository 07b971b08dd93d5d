package io.ramet.spring;

import static io.ramet.spring.Fixtures.plan;
import static org.assertj.core.api.Assertions.assertThat;

import io.ramet.error.InvalidValueException;
import io.ramet.error.NotSent;
import io.ramet.error.NotSent.Reason;
import io.ramet.error.RametException;
import io.ramet.outcome.ChunkOutcome;
import io.ramet.outcome.CloneReport;
import io.ramet.plan.PlanId;
import io.ramet.reactor.CloneClient;
import io.ramet.reactor.journal.PlanBusyException;
import io.ramet.simulator.Fault;
import io.ramet.simulator.Misbehaviour;
import io.ramet.simulator.Simulator;
import io.ramet.spring.simulator.EnableCloneSimulator;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.http.codec.autoconfigure.CodecsAutoConfiguration;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.webflux.autoconfigure.HttpHandlerAutoConfiguration;
import org.springframework.boot.webflux.autoconfigure.WebFluxAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.test.web.reactive.server.WebTestClient;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.server.ResponseStatusException;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A WebFlux application that has nothing but the starter and a controller. */
class WebFluxTest {

    private final ReactiveWebApplicationContextRunner application = new ReactiveWebApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    RametAutoConfiguration.class,
                    RametJacksonAutoConfiguration.class,
                    RametProblemDetailsAutoConfiguration.class,
                    JacksonAutoConfiguration.class,
                    CodecsAutoConfiguration.class,
                    WebFluxAutoConfiguration.class,
                    HttpHandlerAutoConfiguration.class))
            .withPropertyValues("ramet.journal.kind=memory", "ramet.reconcile-for=0s", "ramet.audit-for=0s")
            .withUserConfiguration(Shop.class);

    @Test
    void outcomesAndReportsAreSentAsTheCommandLineWritesThem() {
        run(application, Misbehaviour.none(), web -> {
            JsonNode outcome = json(web.post().uri("/clones/order-1"), 200).get(0);
            assertThat(outcome.propertyNames())
                    .contains("type", "outcome", "chunk", "goodsNum", "dealName", "instanceIds", "requestId");
            assertThat(outcome.get("type").asString()).isEqualTo("outcome");
            assertThat(outcome.get("instanceIds")).hasSize(30);

            JsonNode report = json(web.get().uri("/clones/order-1"), 200);
            assertThat(report.get("type").asString()).isEqualTo("report");
            assertThat(report.get("planId").asString()).isEqualTo("order-1");
            assertThat(report.get("cloned").asInt()).isEqualTo(60);
        });
    }

    @Test
    void aFailureIsSentWithoutItsException() {
        Misbehaviour reset = Misbehaviour.always(Fault.reset(Fault.Stage.AFTER_EXECUTING));
        run(
                application,
                reset,
                web -> assertThat(web.post()
                                .uri("/clones/order-2")
                                .accept(MediaType.APPLICATION_NDJSON)
                                .exchange()
                                .expectStatus()
                                .isOk()
                                .expectBody(String.class)
                                .returnResult()
                                .getResponseBody())
                        .contains("\"in-doubt\"", "look up InstanceName")
                        .doesNotContain("stackTrace", "cause", ".java", "Exception"));
    }

    @Test
    void exceptionsOfTheLibraryBecomeProblems() {
        run(application, Misbehaviour.none(), web -> {
            JsonNode unknown = json(web.get().uri("/clones/unknown"), 404);
            assertThat(unknown.get("type").asString()).isEqualTo("urn:ramet:unknown-plan");
            assertThat(unknown.get("planId").asString()).isEqualTo("unknown");

            JsonNode invalid = json(web.get().uri("/fails/invalid"), 400);
            assertThat(invalid.get("detail").asString()).isEqualTo("goodsNum 0: must be 1 or more");
            assertThat(invalid.get("instancesMayExist").asBoolean()).isFalse();
            web.get().uri("/fails/invalid").exchange().expectHeader().doesNotExist("Retry-After");

            web.get()
                    .uri("/fails/busy")
                    .exchange()
                    .expectStatus()
                    .isEqualTo(HttpStatus.CONFLICT)
                    .expectHeader()
                    .valueEquals("Retry-After", "5")
                    .expectHeader()
                    .contentType(MediaType.APPLICATION_PROBLEM_JSON);
            web.get()
                    .uri("/fails/not-sent")
                    .accept(MediaType.APPLICATION_NDJSON)
                    .exchange()
                    .expectStatus()
                    .isEqualTo(HttpStatus.SERVICE_UNAVAILABLE)
                    .expectHeader()
                    .valueEquals("Retry-After", "5");
        });
    }

    @Test
    void anExceptionOfTheApplicationThatHasOursAsItsCauseKeepsItsStatus() {
        run(
                application,
                Misbehaviour.none(),
                web -> web.get().uri("/fails/wrapped").exchange().expectStatus().isEqualTo(HttpStatus.LOCKED));
    }

    @Test
    void anAdviceOfTheApplicationComesFirst() {
        run(
                application.withUserConfiguration(OwnAdvice.class),
                Misbehaviour.none(),
                web -> web.get().uri("/fails/invalid").exchange().expectStatus().isEqualTo(HttpStatus.LOCKED));
    }

    @Test
    void problemsCanBeSwitchedOff() {
        run(
                application.withPropertyValues("ramet.problem-details=false"),
                Misbehaviour.none(),
                web -> web.get()
                        .uri("/fails/invalid")
                        .exchange()
                        .expectStatus()
                        .isEqualTo(HttpStatus.INTERNAL_SERVER_ERROR));
    }

    private static JsonNode json(WebTestClient.RequestHeadersSpec<?> request, int status) {
        String body = request.exchange()
                .expectStatus()
                .isEqualTo(status)
                .expectBody(String.class)
                .returnResult()
                .getResponseBody();
        return JsonMapper.shared().readTree(body);
    }

    private static void run(
            ReactiveWebApplicationContextRunner application, Misbehaviour faults, Consumer<WebTestClient> client) {
        application.run(context -> {
            assertThat(context).hasNotFailed();
            context.getBean(Simulator.class).misbehave(faults);
            client.accept(WebTestClient.bindToApplicationContext(context)
                    .configureClient()
                    .responseTimeout(Fixtures.PATIENCE)
                    .build());
            assertThat(context.getBean(Simulator.class).books().boughtTwice()).isEmpty();
        });
    }

    @Configuration(proxyBeanMethods = false)
    @EnableCloneSimulator
    @Import(ShopController.class)
    static class Shop {}

    @RestController
    static class ShopController {

        private static final Map<String, Throwable> FAILURES = Map.of(
                "invalid", new InvalidValueException("goodsNum", 0, "must be 1 or more"),
                "busy", new PlanBusyException(PlanId.of("order-3"), "another process"),
                "not-sent", new NotSent(Reason.NO_CONNECTION, "connection refused", null),
                "wrapped",
                        new ResponseStatusException(
                                HttpStatus.LOCKED,
                                "ours",
                                new InvalidValueException("goodsNum", 0, "must be 1 or more")));

        private final CloneClient client;

        ShopController(CloneClient client) {
            this.client = client;
        }

        @PostMapping("/clones/{id}")
        Flux<ChunkOutcome> buy(@PathVariable("id") String id) {
            return client.clone(plan(id, 60));
        }

        @GetMapping("/clones/{id}")
        Mono<CloneReport> report(@PathVariable("id") String id) {
            return client.report(PlanId.of(id));
        }

        @GetMapping("/fails/{how}")
        Mono<String> fail(@PathVariable("how") String how) {
            return Mono.error(FAILURES.get(how));
        }
    }

    @RestControllerAdvice
    static class OwnAdvice {

        @ExceptionHandler
        ResponseEntity<String> own(RametException failure) {
            return ResponseEntity.status(HttpStatus.LOCKED).body("own");
        }
    }
}
