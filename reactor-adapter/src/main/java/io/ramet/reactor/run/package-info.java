/**
 * Runs one plan. {@code PlanRun} leads a run from opening to release, {@code RunState} decides what may be sent, {@code
 * PlanCheck} works before the first request and {@code PlanAuditor} after the last, {@code OutcomeFeed} serves
 * subscribers, {@code InFlightSlots} and {@code ShaperLanes} provide fairness, and {@code OrphanRecovery} resumes
 * abandoned plans. Internal: used by the client only.
 */
@NullMarked
package io.ramet.reactor.run;

import org.jspecify.annotations.NullMarked;
