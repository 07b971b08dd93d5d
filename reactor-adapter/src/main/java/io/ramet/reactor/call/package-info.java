/**
 * Sends and settles one chunk. {@code ChunkCall} sends it, repeatedly where {@code ResendRule} allows it, and judges
 * the response. {@code Settlement} looks up what the response leaves open, and lets a chunk be sent again only with an
 * {@code AbsenceProof}. {@code JournaledAttempt} keeps the order of permit, journal, signature and bytes. {@code
 * InstanceFinder} and {@code Lookups} send the requests that buy nothing, for {@code lookup} as well. Internal.
 */
@NullMarked
package io.ramet.reactor.call;

import org.jspecify.annotations.NullMarked;
