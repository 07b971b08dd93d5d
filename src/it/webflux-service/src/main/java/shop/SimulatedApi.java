package shop;

import static org.springframework.web.reactive.function.server.RouterFunctions.route;

import io.ramet.simulator.Books;
import io.ramet.simulator.Fault;
import io.ramet.simulator.Fault.Stage;
import io.ramet.simulator.LifeCycle;
import io.ramet.simulator.Misbehaviour;
import io.ramet.simulator.Simulator;
import io.ramet.spring.simulator.EnableCloneSimulator;
import java.time.Duration;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.ServerResponse;

/**
 * Simulates the API with a server in this process, which costs nothing. {@code shop.simulator=false} uses the real one.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnBooleanProperty("shop.simulator")
@EnableCloneSimulator
class SimulatedApi {

    private final long seed;

    /** {@code shop.seed} repeats the latencies and the trouble of a run. */
    SimulatedApi(@Value("${shop.seed:#{T(System).nanoTime()}}") long seed) {
        this.seed = seed;
    }

    @Bean
    Simulator simulator() {
        return Simulator.builder()
                .seed(seed)
                .latency(Duration.ofMillis(100), Duration.ofMillis(900))
                .lifeCycle(starting(0))
                .start();
    }

    /** Shows the purchases by the server's own books, and has a switch that makes the server misbehave. */
    @Bean
    RouterFunction<ServerResponse> simulatorRoutes(Simulator simulator) {
        return route().GET("/simulator/books", request -> ServerResponse.ok().bodyValue(Sums.of(simulator.books())))
                .PUT(
                        "/simulator/trouble",
                        request -> request.bodyToMono(Boolean.class)
                                .doOnNext(on -> makeTrouble(simulator, on))
                                .then(ServerResponse.noContent().build()))
                .build();
    }

    /** Causes lost responses, error pages, throttling, and instances that fail to start. */
    private void makeTrouble(Simulator simulator, boolean on) {
        simulator.misbehave(
                on
                        ? Misbehaviour.seeded(
                                "CloneInstances",
                                seed,
                                0.4,
                                Fault.reset(Stage.AFTER_EXECUTING),
                                Fault.reset(Stage.BEFORE_EXECUTING),
                                Fault.html502(true),
                                Fault.throttle())
                        : Misbehaviour.none());
        simulator.lifeCycle(starting(on ? 0.1 : 0));
    }

    private LifeCycle starting(double failing) {
        return LifeCycle.seeded(seed, Duration.ofSeconds(2), Duration.ofSeconds(20), failing, 0);
    }

    record Sums(int bought, int calls, int boughtTwice, int busiestSecond, int returned) {

        static Sums of(Books books) {
            return new Sums(
                    books.bought(),
                    books.executions().size(),
                    books.boughtTwice().size(),
                    books.peak("CloneInstances", Duration.ofSeconds(1)),
                    books.destructions().size());
        }
    }
}
