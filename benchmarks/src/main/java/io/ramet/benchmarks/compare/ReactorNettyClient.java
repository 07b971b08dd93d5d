package io.ramet.benchmarks.compare;

import io.netty.buffer.Unpooled;
import io.ramet.json.CloneBodies;
import io.ramet.plan.ClonePlan;
import java.time.Duration;
import java.util.List;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;

/**
 * Bare Reactor Netty with {@code flatMap}: the floor of a client on it. Its connections are pooled, or new for each
 * request.
 */
final class ReactorNettyClient implements Competitor {

    private final Settings settings;
    private final WireCall wire;
    private final ConnectionProvider connections;
    private final HttpClient http;

    ReactorNettyClient(Settings settings, boolean pooled) {
        this.settings = settings;
        this.wire = new WireCall(settings);
        this.connections =
                pooled ? ConnectionProvider.create("floor", settings.inFlight()) : ConnectionProvider.newConnection();
        this.http = HttpClient.create(connections)
                .baseUrl(settings.endpoint())
                .disableRetry(true)
                .responseTimeout(Duration.ofMillis(settings.timeoutMillis()));
    }

    @Override
    public void buy(ClonePlan plan, CallerView view) {
        CloneBodies bodies = wire.bodies(plan);
        Flux.fromIterable(plan)
                .flatMap(chunk -> exchange(bodies.of(chunk)), settings.inFlight())
                .doOnNext(view::deal)
                .onErrorComplete()
                .blockLast();
    }

    private Mono<List<String>> exchange(byte[] body) {
        return http.headers(headers -> wire.sign(body).forEach(headers::set))
                .post()
                .uri("/")
                .send(Mono.fromSupplier(() -> Unpooled.wrappedBuffer(body)))
                .responseSingle((response, content) -> content.asByteArray()
                        .map(bytes -> wire.read(response.status().code(), bytes)));
    }

    @Override
    public void close() {
        connections.dispose();
    }
}
