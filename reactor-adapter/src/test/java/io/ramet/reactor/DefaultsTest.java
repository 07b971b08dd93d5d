package io.ramet.reactor;

import static io.ramet.reactor.Fixtures.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import io.ramet.error.NotSent;
import io.ramet.outcome.ChunkOutcome.NotCloned;
import io.ramet.reactor.shape.RequestShaper;
import io.ramet.sign.Credentials;
import io.ramet.sign.CredentialsProvider;
import io.ramet.simulator.Arrival;
import io.ramet.simulator.Fault;
import io.ramet.simulator.Misbehaviour;
import io.ramet.simulator.Simulator;
import java.net.URI;
import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;

/** A client with all defaults but its endpoint: its default generator, timer and credentials must not block either. */
class DefaultsTest {

    @Test
    void aConnectionThatIsRefusedIsNotSent() {
        try (CloneClient client = client(URI.create("http://127.0.0.1:1"), "AKIDtest", "key")) {
            assertThat(client.clone(Fixtures.plan(30)).single().block(PATIENCE))
                    .isInstanceOfSatisfying(
                            NotCloned.class,
                            not -> assertThat(((NotSent) not.failure()).reason())
                                    .isEqualTo(NotSent.Reason.NO_CONNECTION));
        }
    }

    @Test
    void aLostResponseIsLookedUpAndFound() {
        try (Simulator simulator = Simulator.start();
                CloneClient client = client(simulator)) {
            simulator.misbehave(Misbehaviour.scripted(Fault.throttle(), Fault.reset(Fault.Stage.AFTER_EXECUTING)));
            assertThat(client.cloneReport(Fixtures.plan("order-1", 90))
                            .block(PATIENCE)
                            .complete())
                    .isTrue();
        }
    }

    @Tag("slow")
    @Test
    void manyNamedPlansAtOnceAreAllBoughtOnce() {
        int plans = Fixtures.MANY_PLANS;
        try (Simulator simulator = Simulator.start();
                Starvation starvation = new Starvation();
                CloneClient client = client(simulator)) {
            assertThat(Flux.fromStream(IntStream.range(0, plans).boxed())
                            .flatMap(i -> client.cloneReport(Fixtures.plan("order-" + i, 1)), plans)
                            .filter(report -> report.complete())
                            .count()
                            .block(Duration.ofMinutes(2)))
                    .isEqualTo(plans);
            assertThat(simulator.books().bought()).isEqualTo(plans);
            assertThat(simulator.books().arrivals())
                    // All first look-ups take three seconds; a starved machine may take two until the first request.
                    .as("the first plan is sent before all have been looked up")
                    .extracting(Arrival::action)
                    .startsWith("DescribeInstances")
                    .satisfies(actions ->
                            assertThat(actions.indexOf("CloneInstances")).isBetween(2, 75));
            // Requests that a starved machine delivers late show nothing about the limit.
            if (starvation.worst().compareTo(RequestShaper.JITTER) < 0) {
                assertThat(simulator.books().peak("CloneInstances", Duration.ofSeconds(1)))
                        .isLessThanOrEqualTo(20);
            }
            BooksAssert.assertNothingBoughtTwice("many", simulator);
        }
    }

    private static CloneClient client(Simulator simulator) {
        return client(simulator.uri(), simulator.secretId(), simulator.secretKey());
    }

    private static CloneClient client(URI endpoint, String id, String key) {
        return CloneClient.builder()
                .region(Fixtures.REGION)
                .endpoint(endpoint)
                .credentials(CredentialsProvider.fixed(Credentials.of(id, key)))
                .build();
    }
}
