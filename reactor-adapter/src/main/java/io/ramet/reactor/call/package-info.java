/**
 * One chunk: sends it, judges the response, and looks up what is open. Internal: only {@code run} and the client use
 * it.
 */
@NullMarked
package io.ramet.reactor.call;

import org.jspecify.annotations.NullMarked;
