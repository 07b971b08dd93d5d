package io.ramet.reactor;

import io.ramet.reactor.lookup.PreflightBlockedException;

/** The checks before the purchase of a plan that the journal does not know yet. */
public enum PreflightPolicy {
    /** No checks beyond those of every run. */
    OFF,
    /**
     * The plan is {@linkplain io.ramet.reactor.lookup.LookupClient#preflight checked} first; a blocker fails the run
     * with {@link PreflightBlockedException} before anything is sent. A check that cannot be made, for example because
     * a permission is missing, does not fail the run. Takes up to 10 s.
     */
    REQUIRE_NO_BLOCKER
}
