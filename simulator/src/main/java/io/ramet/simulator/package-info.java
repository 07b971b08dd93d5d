/**
 * The CloneInstances API as an HTTP server inside the process: it verifies signatures, enforces limits, knows what was
 * really bought, and misbehaves on request. It shares no code with the rest of Ramet, so that an error made there
 * cannot be made here in the same way; what they have in common is the wire.
 *
 * <p>Start with {@link io.ramet.simulator.Simulator}.
 */
@NullMarked
package io.ramet.simulator;

import org.jspecify.annotations.NullMarked;
