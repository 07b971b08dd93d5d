/**
 * One plan: {@code PlanRun} from opening to release, {@code RunState} for what may be sent, {@code PlanCheck} before
 * the first request, {@code PlanAuditor} after the last, {@code OutcomeFeed} for subscribers, {@code InFlightSlots} and
 * {@code ShaperLanes} for fairness, {@code OrphanRecovery} for abandoned plans. Internal: used by the client only.
 */
@NullMarked
package io.ramet.reactor.run;

import org.jspecify.annotations.NullMarked;
