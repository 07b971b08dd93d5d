package io.ramet.reactor;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.ramet.reactor.transport.ApiRequest;
import io.ramet.reactor.transport.ApiResponse;
import io.ramet.reactor.transport.ApiTransport;
import io.ramet.reactor.transport.ReactorNettyTransport;
import java.util.function.UnaryOperator;
import reactor.core.publisher.Mono;

/** The real transport, with responses that something on the way has rewritten. */
record Rewritten(ApiTransport transport, UnaryOperator<String> body) implements ApiTransport {

    /** Rewrites the responses of purchases. */
    static ApiTransport.Factory purchases(UnaryOperator<String> body) {
        return of("ramet-purchases", body);
    }

    /** Rewrites the responses of look-ups. */
    static ApiTransport.Factory lookups(UnaryOperator<String> body) {
        return of("ramet-lookups", body);
    }

    private static ApiTransport.Factory of(String name, UnaryOperator<String> body) {
        return settings -> new Rewritten(
                ReactorNettyTransport.plain().open(settings),
                settings.name().equals(name) ? body : UnaryOperator.identity());
    }

    @Override
    public Mono<ApiResponse> exchange(Mono<ApiRequest> call) {
        return transport
                .exchange(call)
                .map(response -> new ApiResponse(
                        response.status(),
                        response.dateHeader(),
                        body.apply(new String(response.body(), UTF_8)).getBytes(UTF_8)));
    }

    @Override
    public Mono<Void> disposeLater() {
        return transport.disposeLater();
    }
}
