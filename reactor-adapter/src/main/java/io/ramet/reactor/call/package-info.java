/**
 * Sends and settles one chunk. {@code ChunkCall} sends it and judges the response, and {@code Settlement} looks up what
 * the response leaves open; both send again only as {@code ResendRule} allows. {@code Attempt} keeps the order of
 * permit, journal, signature and bytes. {@code InstanceFinder} and {@code Lookups} send the requests that only read,
 * for {@code lookup} as well. Internal.
 */
@NullMarked
package io.ramet.reactor.call;

import org.jspecify.annotations.NullMarked;
