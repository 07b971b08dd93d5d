package io.ramet.reactor.journal;

import io.ramet.plan.PlanId;
import io.ramet.reactor.journal.PlanTable.Purpose;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * The rule of fencing. A process that was paused does not know that its lease has expired and that another process has
 * claimed the plan. Therefore every claim has a number that is one higher than that of the previous claim, and every
 * write begins by renewing the lease of its own claim, by plan, owner and number. The renewal locks the plan's row; if
 * it renews nothing, nothing is written.
 *
 * @param number the fencing number of the claim
 * @param purpose the purpose of the claim
 */
record Fence(PlanTable plans, PlanId id, long number, Purpose purpose) {

    /** A write that only the claim's holder may make. */
    interface Change {
        void in(Transaction transaction) throws SQLException;
    }

    /** {@return whether the change was made; false if another claim has replaced this one} */
    boolean pass(Transaction transaction, Change change) throws SQLException {
        boolean held = plans.renew(transaction, id, number, purpose);
        if (held) {
            change.in(transaction);
        }
        return held;
    }

    /**
     * Releases the plan, unless another claim has replaced this one. If {@code progress} is null, it stays unchanged.
     *
     * @return whether the plan is released; false if another claim has replaced this one
     */
    boolean release(Transaction transaction, @Nullable PlanProgress progress) throws SQLException {
        return plans.release(transaction, id, number, progress);
    }
}
