package io.ramet.reactor.transport;

import reactor.core.publisher.Mono;

/**
 * Makes errors of the virtual machine, such as a missing method, ordinary failures of an exchange. Reactor throws them
 * past all operators, so the exchange would never end. Such an error proves nothing about the request: it may have been
 * written.
 *
 * @param transport the transport that the application has chosen
 */
public record SafeTransport(ApiTransport transport) implements ApiTransport {

    @Override
    public Mono<ApiResponse> exchange(Mono<ApiRequest> request) {
        return Mono.create(sink -> {
            try {
                sink.onDispose(transport
                        .exchange(request)
                        .contextWrite(sink.contextView())
                        .subscribe(sink::success, sink::error, sink::success));
            } catch (LinkageError | VirtualMachineError e) {
                sink.error(new IllegalStateException(
                        "the transport failed with " + e.getClass().getName(), e));
            }
        });
    }

    @Override
    public Mono<Void> disposeLater() {
        return transport.disposeLater();
    }
}
