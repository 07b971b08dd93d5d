/**
 * The small pieces of concurrency that the other packages share: closing without blocking, draining without a lock, and
 * schedulers that the application cannot block.
 */
@NullMarked
package io.ramet.reactor.concurrent;

import org.jspecify.annotations.NullMarked;
