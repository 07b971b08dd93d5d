package shop;

import static org.springframework.web.reactive.function.server.RequestPredicates.GET;
import static org.springframework.web.reactive.function.server.RouterFunctions.route;

import io.ramet.simulator.Books;
import io.ramet.simulator.Simulator;
import io.ramet.spring.simulator.EnableCloneSimulator;
import java.time.Duration;
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

    @Bean
    Simulator simulator() {
        return Simulator.builder()
                .seed(System.nanoTime())
                .latency(Duration.ofMillis(200), Duration.ofMillis(1200))
                .start();
    }

    /** The purchases by the server's own books. */
    @Bean
    RouterFunction<ServerResponse> books(Simulator simulator) {
        return route(GET("/simulator/books"), request -> ServerResponse.ok().bodyValue(Sums.of(simulator.books())));
    }

    record Sums(int bought, int calls, int boughtTwice, int busiestSecond) {

        static Sums of(Books books) {
            return new Sums(
                    books.bought(),
                    books.executions().size(),
                    books.boughtTwice().size(),
                    books.peak("CloneInstances", Duration.ofSeconds(1)));
        }
    }
}
