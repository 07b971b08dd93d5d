/**
 * The CloneInstances API, and what surrounds it, as an in-process HTTP server: it verifies signatures, enforces limits,
 * knows what was really bought and destroyed, and misbehaves on request. It shares only the wire format, and no code,
 * with the rest of Ramet, so that an error on one side is not hidden by the same error on the other.
 *
 * <p>Start with {@link io.ramet.simulator.Simulator}.
 */
@NullMarked
package io.ramet.simulator;

import org.jspecify.annotations.NullMarked;
