package io.ramet.reactor.transport;

import java.net.URI;
import java.time.Duration;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/** Carries calls to one endpoint. */
public interface ApiTransport {

    /**
     * One exchange: a cold Mono that writes at most one request, ever, per subscription.
     *
     * <p>The call is subscribed to once a channel is connected, and written as soon as it is there. Nothing is sent again
     * and no redirect is followed. Failures are {@link io.ramet.error.NotSent} while no byte was handed to the channel,
     * and {@link io.ramet.error.LostResponse} from then on; a failure of {@code call} itself comes through as it is.
     *
     * @param call the call; it takes its permit and its signature when subscribed to
     * @return the whole answer
     */
    Mono<ApiResponse> exchange(Mono<ApiRequest> call);

    /** {@return completes when the connections are closed; idempotent} */
    Mono<Void> close();

    /** Opens transports: a client needs one for purchases and one for look-ups. */
    @FunctionalInterface
    interface Factory {

        /**
         * Opens a transport.
         *
         * @param settings where to and within which limits
         * @return the transport
         */
        ApiTransport open(Settings settings);
    }

    /**
     * Where a transport goes and its limits.
     *
     * @param name names the connection pool in metrics
     * @param endpoint scheme, host and port
     * @param connections connections at most
     * @param callTimeout from the first byte written to the last byte read
     * @param maxResponseBytes a longer answer is cut off, and lost
     * @param timer where the time is measured
     */
    record Settings(
            String name, URI endpoint, int connections, Duration callTimeout, int maxResponseBytes, Scheduler timer) {}
}
