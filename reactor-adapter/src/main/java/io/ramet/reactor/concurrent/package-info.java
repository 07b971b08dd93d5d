/**
 * The small pieces of concurrency that the other packages share: closing without blocking, draining without a lock,
 * schedulers that the application cannot block, and failures in place of errors that Reactor does not pass on.
 */
@NullMarked
package io.ramet.reactor.concurrent;

import org.jspecify.annotations.NullMarked;
