package io.ramet.reactor.transport;

import java.net.URI;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Sends the small requests that obtain credentials. They change nothing on the server, so they may be repeated.
 * Implementations must be thread-safe and must not block.
 */
@FunctionalInterface
public interface CredentialsTransport {

    /**
     * Performs one exchange.
     *
     * @param request the request
     * @return the complete response of any status; cold. Fails if there is no response. It has no time limit, and
     *     cancelling closes the connection
     */
    Mono<ApiResponse> exchange(Request request);

    /**
     * A request.
     *
     * @param uri the address
     * @param headers the headers
     * @param body the body of a POST; null for a GET
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Request(URI uri, Map<String, String> headers, byte @Nullable [] body) {

        /** {@return the address only, because the headers hold a signature and the body may hold a token} */
        @Override
        public String toString() {
            return "Request[" + uri + "]";
        }
    }
}
