package io.ramet.reactor.journal;

import io.ramet.plan.PlanId;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * The rule of fencing. A process that was paused does not know that its lease has run out and that another process has
 * claimed the plan. So every claim has a number that is one higher than that of the claim before, and every write
 * begins with renewing the lease of its own claim, by plan, owner and number. This takes the lock of the plan's row; if it
 * renews nothing, nothing is written.
 *
 * @param number the fencing number of the claim
 */
record Fence(PlanTable plans, PlanId id, long number) {

    /** A write that only the claim's holder may make. */
    interface Change {
        void in(Transaction transaction) throws SQLException;
    }

    /** {@return whether the change was made; false if the plan has been claimed since} */
    boolean pass(Transaction transaction, Change change) throws SQLException {
        boolean held = plans.renew(transaction, id, number);
        if (held) {
            change.in(transaction);
        }
        return held;
    }

    /** Releases the plan, unless it has been claimed since; {@code progress} null leaves it as it is. */
    void release(Transaction transaction, @Nullable PlanProgress progress) throws SQLException {
        plans.release(transaction, id, number, progress);
    }
}
