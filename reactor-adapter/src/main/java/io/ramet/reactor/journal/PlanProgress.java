package io.ramet.reactor.journal;

/**
 * The progress of a plan's runs. Whether a process holds the plan is stored separately.
 *
 * <pre>
 *          open              handOff
 *  ENDED --------&gt; BEGUN -------------&gt; HANDED_OFF
 *    ^               |                      |  ^
 *    |    release    |       release        |  | open, handOff
 *    +---------------+----------------------+  +--------------
 * </pre>
 *
 * A plan that is BEGUN or HANDED_OFF and not held by a process is abandoned. Reopening a plan in order to reconcile it
 * changes nothing. A plan that was opened unbegun becomes BEGUN with its first request.
 */
enum PlanProgress {
    /** No run was begun, or the last one has ended. */
    ENDED(0),
    /** A run was begun and has not ended. */
    BEGUN(1),
    /** A run was interrupted and has handed the plan off, so that another process recovers it. */
    HANDED_OFF(2);

    /** The number in the column {@code underway}. */
    final int stored;

    PlanProgress(int stored) {
        this.stored = stored;
    }

    static PlanProgress of(int stored) {
        return values()[stored];
    }
}
