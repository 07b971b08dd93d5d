/**
 * The CloneInstances API, and the APIs around it, as an in-process HTTP server. It verifies signatures, enforces
 * limits, keeps books of all purchases and destructions, and misbehaves on request. It shares the wire format with the
 * rest of Ramet, but no code, so that an error on one side is not hidden by the same error on the other.
 *
 * <p>Start with {@link io.ramet.simulator.Simulator}.
 */
@NullMarked
package io.ramet.simulator;

import org.jspecify.annotations.NullMarked;
