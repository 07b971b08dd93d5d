package io.ramet.reactor.transport;

import static java.util.Objects.requireNonNull;

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
 * The transport of credentials on Reactor Netty. Each request has its own connection, because there are few requests.
 * Redirects are not followed and nothing is logged, as for purchases. Thread-safe; holds nothing that must be closed.
 */
public final class ReactorNettyCredentialsTransport implements CredentialsTransport {

    /** A session token has at most 4 KB. */
    private static final int MAX_RESPONSE_BYTES = 64 * 1024;

    private final Network network;
    private final UnaryOperator<HttpClient> customizer;

    private ReactorNettyCredentialsTransport(Network network, UnaryOperator<HttpClient> customizer) {
        this.network = network;
        this.customizer = customizer;
    }

    /** Created for each request, because no client is needed at all if the environment has keys. */
    private HttpClient http() {
        HttpClient own = HttpClient.create(ConnectionProvider.newConnection()).runOn(ReactorNettyTransport.LOOP);
        return customizer
                .apply(ReactorNettyNetwork.prepared(own, network))
                .disableRetry(true)
                .followRedirect(false)
                // A wire log shows keys and tokens.
                .wiretap(false);
    }

    /** {@return the transport without customization} */
    public static ReactorNettyCredentialsTransport plain() {
        return over(Network.direct());
    }

    /**
     * Creates a transport with a proxy, or with other trusted certificates. The metadata service is never reached
     * through the proxy.
     *
     * @param network the network path to the services
     * @return the transport
     */
    public static ReactorNettyCredentialsTransport over(Network network) {
        return new ReactorNettyCredentialsTransport(requireNonNull(network, "network"), UnaryOperator.identity());
    }

    /**
     * Creates a customized transport.
     *
     * @param customizer receives the client and returns it with TLS settings, a resolver or similar settings
     * @return the transport
     */
    public static ReactorNettyCredentialsTransport customizedBy(UnaryOperator<HttpClient> customizer) {
        return new ReactorNettyCredentialsTransport(Network.direct(), requireNonNull(customizer, "customizer"));
    }

    @Override
    public Mono<ApiResponse> exchange(Request request) {
        byte[] body = request.body();
        return ReactorNettyNetwork.toward(request.uri(), http(), network)
                .flatMap(http -> http.headers(headers -> request.headers().forEach(headers::set))
                        .request(body == null ? HttpMethod.GET : HttpMethod.POST)
                        .uri(request.uri())
                        .send(body == null ? Mono.empty() : Mono.fromSupplier(() -> Unpooled.wrappedBuffer(body)))
                        .response(ReactorNettyCredentialsTransport::read)
                        .single())
                .onErrorMap(ReactorNettyNetwork::named);
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
