/**
 * Results: {@link io.ramet.outcome.ChunkOutcome} for one chunk, {@link io.ramet.outcome.CloneReport} for the sum of a
 * plan, and {@link io.ramet.outcome.PlanAudit} for its comparison with a listing.
 */
@NullMarked
package io.ramet.outcome;

import org.jspecify.annotations.NullMarked;
