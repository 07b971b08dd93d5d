/**
 * Rate limiting: a request waits for a permit before it is signed and sent ({@link
 * io.ramet.reactor.shape.RequestShaper}). {@code WindowShaper} is the sliding window of one process, and {@code
 * Silence} is its rule against sending while no response arrives. {@link io.ramet.reactor.shape.SharedShaper} shares a
 * limit among processes.
 */
@NullMarked
package io.ramet.reactor.shape;

import org.jspecify.annotations.NullMarked;
