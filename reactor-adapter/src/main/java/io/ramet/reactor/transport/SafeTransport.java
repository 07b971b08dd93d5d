package io.ramet.reactor.transport;

import io.ramet.reactor.concurrent.FatalErrors;
import reactor.core.publisher.Mono;

/**
 * Contains the errors of an application's transport. Such an error proves nothing about the request: it may have been
 * written.
 *
 * @param transport the transport that the application has chosen
 */
public record SafeTransport(ApiTransport transport) implements ApiTransport {

    @Override
    public Mono<ApiResponse> exchange(Mono<ApiRequest> request) {
        return FatalErrors.contained("the transport", () -> transport.exchange(request));
    }

    @Override
    public Mono<Void> disposeLater() {
        return transport.disposeLater();
    }
}
