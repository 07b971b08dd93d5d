package io.ramet.reactor.transport;

import java.net.URI;
import java.time.Duration;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/** Sends requests to one endpoint. Thread-safe. */
public interface ApiTransport {

    /**
     * Performs one exchange.
     *
     * <p>The request is subscribed to once a channel is connected, and is written as soon as it is emitted. Nothing is
     * sent again and no redirect is followed. A failure is {@link io.ramet.error.NotSent} while no byte has been passed
     * to the channel, and {@link io.ramet.error.LostResponse} from then on; a failure of {@code request} itself is
     * passed on unchanged. Cancelling closes the connection; a request that was written may be executed nevertheless.
     *
     * @param request waits for its permit and is signed when it is subscribed to
     * @return the complete response; a cold Mono that writes at most one request per subscription
     */
    Mono<ApiResponse> exchange(Mono<ApiRequest> request);

    /** {@return a cold, idempotent Mono that completes when the connections are closed} */
    Mono<Void> disposeLater();

    /** Opens transports. A client needs one for purchases, one for look-ups, and one for each further service. */
    @FunctionalInterface
    interface Factory {

        /**
         * Opens a transport.
         *
         * @param settings the address and the limits
         * @return the transport
         */
        ApiTransport open(Settings settings);
    }

    /**
     * The address and the limits of a transport.
     *
     * @param name the name of the connection pool in metrics
     * @param endpoint scheme, host and port
     * @param connections the maximum number of connections
     * @param callTimeout the maximum time from the first byte written to the last byte read
     * @param maxResponseBytes the maximum size of a response; a longer one is lost
     * @param timer measures the timeouts
     * @param network the network path to the endpoint
     */
    record Settings(
            String name,
            URI endpoint,
            int connections,
            Duration callTimeout,
            int maxResponseBytes,
            Scheduler timer,
            Network network) {}
}
