package io.ramet.reactor.transport;

import static java.util.Objects.requireNonNull;

import java.util.Arrays;
import java.util.function.UnaryOperator;
import reactor.core.publisher.Mono;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.HttpClient.RequestSender;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.resources.LoopResources;

/**
 * The transport on Reactor Netty. It uses the {@link Network} of its settings, and the application may customize the
 * {@code HttpClient} further (TLS, metrics). The settings that prevent a second purchase, and that keep secrets out of
 * logs, are applied afterwards: no retry, no redirect, HTTP/1.1, no wire log. Thread-safe.
 */
public final class ReactorNettyTransport implements ApiTransport.Factory {

    /**
     * The maximum number of requests that wait for a connection. They arrive no faster than permits, so this is many
     * seconds' worth of requests.
     */
    static final int MAX_PENDING = 1_000;

    /**
     * One event loop for all clients of the process, started with the first connection. It is not one of Reactor
     * Netty's own, because an application that blocks those would delay purchases.
     */
    static final LoopResources LOOP = LoopResources.create("ramet", 1, true);

    private final UnaryOperator<HttpClient> customizer;

    private ReactorNettyTransport(UnaryOperator<HttpClient> customizer) {
        this.customizer = customizer;
    }

    /** {@return the transport without customization} */
    public static ReactorNettyTransport plain() {
        return new ReactorNettyTransport(UnaryOperator.identity());
    }

    /**
     * Creates a customized transport.
     *
     * @param customizer receives a client with its connection pool and a connect timeout of 10 s, and returns it with
     *     TLS settings, metrics or similar settings
     * @return the transport
     */
    public static ReactorNettyTransport customizedBy(UnaryOperator<HttpClient> customizer) {
        return new ReactorNettyTransport(requireNonNull(customizer, "customizer"));
    }

    @Override
    public ApiTransport open(ApiTransport.Settings settings) {
        // Each request has its own connection, because a response does not say which request it belongs to. The pool
        // only limits their number.
        ConnectionProvider pool = ConnectionProvider.builder(settings.name())
                .maxConnections(settings.connections())
                .pendingAcquireMaxCount(MAX_PENDING)
                .pendingAcquireTimeout(ReactorNettyNetwork.CONNECT_TIMEOUT)
                .evictionPredicate((connection, use) -> true)
                .build();
        HttpClient http = http11(customizer.apply(
                        ReactorNettyNetwork.prepared(HttpClient.create(pool).runOn(LOOP), settings.network())))
                .keepAlive(true)
                .disableRetry(true)
                .followRedirect(false)
                // A wire log shows passwords and signatures.
                .wiretap(false)
                .doOnChannelInit(
                        (observer, channel, address) -> ReactorNettyWire.watchOpening(channel, System::nanoTime))
                .doOnConnected(ReactorNettyWire::watch)
                // Without a pending read, NIO would notice a connection that dies during the wait only after the bytes
                // were written.
                .doOnRequest((request, connection) -> connection.channel().read());
        String uri = settings.endpoint().resolve("/").toString();
        Mono<RequestSender> sender = ReactorNettyNetwork.toward(settings.endpoint(), http, settings.network())
                .map(ready -> ready.post().uri(uri));
        return new Pooled(sender, pool, settings, new ConnectionAges());
    }

    /**
     * Sets the protocol only if it was customized: setting it prepares TLS for every protocol, which takes a tenth of a
     * second.
     */
    private static HttpClient http11(HttpClient http) {
        HttpProtocol[] only = {HttpProtocol.HTTP11};
        return Arrays.equals(http.configuration().protocols(), only) ? http : http.protocol(only);
    }

    private record Pooled(
            Mono<RequestSender> http, ConnectionProvider pool, ApiTransport.Settings settings, ConnectionAges ages)
            implements ApiTransport {

        @Override
        public Mono<ApiResponse> exchange(Mono<ApiRequest> request) {
            return Mono.defer(() -> new ReactorNettyExchange(http, settings, ages, request).run());
        }

        @Override
        public Mono<Void> disposeLater() {
            return pool.disposeLater();
        }
    }
}
