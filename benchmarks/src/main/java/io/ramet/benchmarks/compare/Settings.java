package io.ramet.benchmarks.compare;

import java.net.URI;

/**
 * How a competitor is used.
 *
 * @param endpoint the server
 * @param inFlight requests in flight, and threads where a request needs one
 * @param limited whether the server enforces its limit, so that clients pace their requests if they can
 * @param timeoutMillis how long to wait for a response
 */
record Settings(String endpoint, int inFlight, boolean limited, int timeoutMillis) {

    URI uri() {
        return URI.create(endpoint);
    }
}
