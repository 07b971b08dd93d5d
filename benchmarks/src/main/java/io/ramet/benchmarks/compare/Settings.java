package io.ramet.benchmarks.compare;

import java.net.URI;

/**
 * How a contender is used.
 *
 * @param endpoint the server
 * @param inFlight calls on their way at once, and threads where a call needs one
 * @param limited whether the server has its limit, so that calls are paced by whoever can
 * @param timeoutMillis how long an answer is waited for
 */
record Settings(String endpoint, int inFlight, boolean limited, int timeoutMillis) {

    URI uri() {
        return URI.create(endpoint);
    }

    /** {@return host and port, as they are signed} */
    String authority() {
        return uri().getAuthority();
    }
}
