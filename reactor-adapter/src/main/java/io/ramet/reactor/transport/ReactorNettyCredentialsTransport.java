package io.ramet.reactor.transport;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpMethod;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.function.UnaryOperator;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SynchronousSink;
import reactor.netty.ByteBufFlux;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.HttpClientResponse;
import reactor.netty.resources.ConnectionProvider;

/**
 * The transport of credentials on Reactor Netty. Each request has a connection of its own, because there are few.
 * Redirects are not followed and nothing is logged, as for purchases. It holds nothing that has to be closed.
 */
public final class ReactorNettyCredentialsTransport implements CredentialsTransport {

    /** A session token has 4 KB at most. */
    private static final int MAX_RESPONSE_BYTES = 64 * 1024;

    private final UnaryOperator<HttpClient> customizer;

    private ReactorNettyCredentialsTransport(UnaryOperator<HttpClient> customizer) {
        this.customizer = customizer;
    }

    /** Made for each request: where the environment has keys, none is ever needed. */
    private HttpClient http() {
        HttpClient own = HttpClient.create(ConnectionProvider.newConnection()).runOn(ReactorNettyTransport.LOOP);
        return customizer
                .apply(own)
                .disableRetry(true)
                .followRedirect(false)
                // A wire log shows keys and tokens.
                .wiretap(false);
    }

    /** {@return the transport with nothing customized} */
    public static ReactorNettyCredentialsTransport plain() {
        return customizedBy(UnaryOperator.identity());
    }

    /**
     * A customized transport.
     *
     * @param customizer gets the client and returns it with a proxy, TLS settings, a resolver or the like. A proxy must
     *     not be used for the metadata service, which knows an instance by its address
     * @return the transport
     */
    public static ReactorNettyCredentialsTransport customizedBy(UnaryOperator<HttpClient> customizer) {
        return new ReactorNettyCredentialsTransport(customizer);
    }

    @Override
    public Mono<ApiResponse> exchange(Request request) {
        byte[] body = request.body();
        return http().headers(headers -> request.headers().forEach(headers::set))
                .request(body == null ? HttpMethod.GET : HttpMethod.POST)
                .uri(request.uri())
                .send(body == null ? Mono.empty() : Mono.fromSupplier(() -> Unpooled.wrappedBuffer(body)))
                .response(ReactorNettyCredentialsTransport::read)
                .single();
    }

    private static Mono<ApiResponse> read(HttpClientResponse response, ByteBufFlux content) {
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        return content.asByteArray()
                .<ApiResponse>handle((part, sink) -> keep(whole, part, sink))
                .then(Mono.fromSupplier(() -> new ApiResponse(
                        response.status().code(), response.responseHeaders().get("Date"), whole.toByteArray())));
    }

    private static void keep(ByteArrayOutputStream whole, byte[] part, SynchronousSink<ApiResponse> sink) {
        if (whole.size() + part.length > MAX_RESPONSE_BYTES) {
            sink.error(new IOException("a response longer than " + MAX_RESPONSE_BYTES + " bytes"));
        } else {
            whole.writeBytes(part);
        }
    }
}
