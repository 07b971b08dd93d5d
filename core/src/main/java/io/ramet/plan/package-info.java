/**
 * Splits a clone request into chunks ({@link io.ramet.plan.ClonePlan}). {@link io.ramet.plan.PlanId} is the idempotency
 * key; {@link io.ramet.plan.Mark} is the end of an instance's name by which a chunk is found on the server.
 */
@NullMarked
package io.ramet.plan;

import org.jspecify.annotations.NullMarked;
