/**
 * The CloneInstances API, and what surrounds it, as an in-process HTTP server: it verifies signatures, enforces limits,
 * knows what was really bought and destroyed, and misbehaves on request. It shares only the wire format, and no code,
 * with the rest of Ramet, so that no error can be made on both sides and hide itself.
 *
 * <p>Start with {@link io.ramet.simulator.Simulator}.
 */
@NullMarked
package io.ramet.simulator;

import org.jspecify.annotations.NullMarked;
