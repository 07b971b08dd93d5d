/**
 * The two small pieces of concurrency that the other packages share: closing without blocking, and draining without a
 * lock.
 */
@NullMarked
package io.ramet.reactor.concurrent;

import org.jspecify.annotations.NullMarked;
