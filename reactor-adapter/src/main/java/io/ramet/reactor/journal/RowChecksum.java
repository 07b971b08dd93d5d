package io.ramet.reactor.journal;

import io.ramet.plan.CloneChunk;
import io.ramet.plan.PlanId;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The checksum of a row, in the column {@code seal}. A database protects its structure but not the values in it: a
 * single bad byte could turn a chunk that was sent into one that was never sent.
 */
final class RowChecksum {

    private RowChecksum() {}

    /**
     * {@return the checksum of a chunk: with its outcome if it has one, else with the time of its signature if it has
     * one}
     */
    static long of(CloneChunk chunk, @Nullable Long signedAt, @Nullable String outcome) {
        return of(
                chunk.planId().value(),
                String.valueOf(chunk.index()),
                String.valueOf(chunk.goodsNum()),
                chunk.mark().value(),
                chunk.instanceName(),
                outcome == null ? "signed " + signedAt : "settled " + outcome);
    }

    /** {@return the checksum of a plan, without the columns that change while it is held} */
    static long of(StoredPlan plan, String fingerprint) {
        return of(plan.id().value(), plan.region(), String.valueOf(plan.goodsNum()), plan.request(), fingerprint);
    }

    /** {@return the checksum of an undo entry} */
    static long of(PlanId id, String instanceId, String step, String reference) {
        return of(new String[] {id.value(), instanceId, step, reference});
    }

    private static long of(String... values) {
        CRC32C sum = new CRC32C();
        sum.update(String.join("\n", values).getBytes(StandardCharsets.UTF_8));
        return sum.getValue();
    }

    static void check(StoredPlan plan, String fingerprint, long seal) {
        if (of(plan, fingerprint) != seal) {
            throw new DamagedPlanException(plan.id(), "the entry of plan " + plan.id() + " is damaged", null);
        }
    }

    static void check(CloneChunk chunk, @Nullable Long signedAt, @Nullable String outcome, long seal) {
        if (of(chunk, signedAt, outcome) != seal) {
            throw new DamagedPlanException(
                    chunk.planId(),
                    "the entry of chunk " + chunk.index() + " of plan " + chunk.planId() + " is damaged",
                    null);
        }
    }
}
