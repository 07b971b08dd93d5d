package io.ramet.reactor;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.ramet.reactor.transport.ApiCall;
import io.ramet.reactor.transport.ApiReply;
import io.ramet.reactor.transport.ApiTransport;
import io.ramet.reactor.transport.ReactorNetty;
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
                ReactorNetty.plain().open(settings), settings.name().equals(name) ? body : UnaryOperator.identity());
    }

    @Override
    public Mono<ApiReply> exchange(Mono<ApiCall> call) {
        return transport
                .exchange(call)
                .map(reply -> new ApiReply(
                        reply.status(),
                        reply.dateHeader(),
                        body.apply(new String(reply.body(), UTF_8)).getBytes(UTF_8)));
    }

    @Override
    public Mono<Void> close() {
        return transport.close();
    }
}
