package io.ramet.reactor;

import io.ramet.reactor.lookup.PreflightBlockedException;

/** The checks before a plan is bought that the journal does not know yet. */
public enum PreflightPolicy {
    /** Nothing but what every run checks. */
    OFF,
    /**
     * The plan is {@linkplain io.ramet.reactor.lookup.LookupClient#preflight checked} first; a blocker fails the run
     * with {@link PreflightBlockedException} before anything is sent. Checks that fail, such as for a missing permission,
     * do not. Takes up to 10 s.
     */
    REQUIRE_NO_BLOCKER
}
