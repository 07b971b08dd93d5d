package io.ramet.benchmarks.compare;

import io.ramet.json.CloneBodies;
import io.ramet.plan.CloneChunk;
import io.ramet.plan.ClonePlan;
import java.time.Duration;
import java.util.List;
import org.springframework.http.client.reactive.ReactorClientHttpConnector;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;
import reactor.util.retry.Retry;

/** Spring's client with its defaults, {@code flatMap}, and {@code retryWhen} for throttled requests. */
final class SpringWebClient implements Competitor {

    private final Settings settings;
    private final WireCall wire;
    private final WebClient http;

    SpringWebClient(Settings settings) {
        this.settings = settings;
        this.wire = new WireCall(settings);
        this.http = WebClient.builder()
                .baseUrl(settings.endpoint())
                .clientConnector(new ReactorClientHttpConnector(
                        HttpClient.create().responseTimeout(Duration.ofMillis(settings.timeoutMillis()))))
                .build();
    }

    @Override
    public void buy(ClonePlan plan, CallerView view) {
        CloneBodies bodies = wire.bodies(plan);
        Flux.fromIterable(plan)
                .flatMap(chunk -> call(bodies, chunk), settings.inFlight())
                .doOnNext(view::deal)
                // With flatMap, a failure ends the stream and cancels the requests in flight.
                .onErrorComplete()
                .blockLast();
    }

    private Mono<List<String>> call(CloneBodies bodies, CloneChunk chunk) {
        return Mono.defer(() -> exchange(bodies.of(chunk)))
                .retryWhen(Retry.backoff(Long.MAX_VALUE, Duration.ofMillis(100))
                        .maxBackoff(Duration.ofSeconds(1))
                        .filter(WireCall::throttled));
    }

    private Mono<List<String>> exchange(byte[] body) {
        return http.post()
                .uri("/")
                .headers(headers -> wire.sign(body).forEach(headers::set))
                .bodyValue(body)
                .exchangeToMono(response -> response.bodyToMono(byte[].class)
                        .map(bytes -> wire.read(response.statusCode().value(), bytes)));
    }

    @Override
    public void close() {
        // Its connections belong to the process.
    }
}
