package io.ramet.reactor.transport;

import java.net.URI;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** Carries the small requests that obtain credentials. They change nothing on the server, so they may be repeated. */
@FunctionalInterface
public interface CredentialsTransport {

    /**
     * One exchange.
     *
     * @param request the request
     * @return cold; the whole response, whatever its status. Fails if there was none. It has no time limit of its own,
     *     and cancelling it closes the connection
     */
    Mono<ApiResponse> exchange(Request request);

    /**
     * A request.
     *
     * @param uri the address
     * @param headers its headers
     * @param body the body of a POST; null for a GET
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared: written once and forgotten
    record Request(URI uri, Map<String, String> headers, byte @Nullable [] body) {

        /** {@return the address only: the headers hold a signature, and the body may hold a token} */
        @Override
        public String toString() {
            return "Request[" + uri + "]";
        }
    }
}
