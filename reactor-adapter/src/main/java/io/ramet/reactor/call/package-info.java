/**
 * One chunk: {@code ChunkCall} sends it and judges the response, {@code Settlement} looks up what is open, both by
 * the rules of {@code ResendRule} for sending again. {@code Attempt} keeps the order of permit, journal, signature
 * and bytes. Internal: used by {@code run} and the client only.
 */
@NullMarked
package io.ramet.reactor.call;

import org.jspecify.annotations.NullMarked;
