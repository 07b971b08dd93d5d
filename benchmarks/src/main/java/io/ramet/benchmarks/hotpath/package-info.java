/**
 * The cost of one request before its bytes are written and after its response has arrived, compared with its floor and
 * with other clients.
 *
 * <p>A floor is the part that cannot be avoided for the very bytes of {@link io.ramet.benchmarks.hotpath.ExampleCall}:
 * it knows the result beforehand and can produce no other.
 */
@NullMarked
package io.ramet.benchmarks.hotpath;

import org.jspecify.annotations.NullMarked;
