package io.ramet.reactor.transport;

import java.net.URI;
import java.time.Duration;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/** Sends requests to one endpoint. Thread-safe. */
public interface ApiTransport {

    /**
     * One exchange.
     *
     * <p>The request is subscribed to once a channel is connected, and is written as soon as it is emitted. Nothing is
     * sent again and no redirect is followed. A failure is {@link io.ramet.error.NotSent} while no byte was handed to
     * the channel, and {@link io.ramet.error.LostResponse} from then on; a failure of {@code request} itself is passed
     * on as it is. Cancelling closes the connection; a request that was written may be executed all the same.
     *
     * @param request takes its permit and its signature when it is subscribed to
     * @return the whole response; a cold Mono that writes at most one request per subscription
     */
    Mono<ApiResponse> exchange(Mono<ApiRequest> request);

    /** {@return completes when the connections are closed; cold, idempotent} */
    Mono<Void> disposeLater();

    /** Opens transports: a client needs one for purchases and one for look-ups. */
    @FunctionalInterface
    interface Factory {

        /**
         * Opens a transport.
         *
         * @param settings its address and its limits
         * @return the transport
         */
        ApiTransport open(Settings settings);
    }

    /**
     * The address of a transport, and its limits.
     *
     * @param name names the connection pool in metrics
     * @param endpoint scheme, host and port
     * @param connections the most connections at a time
     * @param callTimeout the most time from the first byte written to the last byte read
     * @param maxResponseBytes a longer response is lost
     * @param timer where the time is measured
     * @param network the way to the endpoint
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
