package io.ramet.reactor.journal;

import io.ramet.plan.CloneChunk;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * A checksum over what an entry says of its chunk. A database looks after its structure, not after the values in it: a byte
 * that has gone bad could turn a chunk that was sent into one that never was.
 */
final class RowChecksum {

    private RowChecksum() {}

    /** Of a chunk that may be sent, or sent again when {@code signedAt} is null, or that has an outcome. */
    static long of(CloneChunk chunk, @Nullable Long signedAt, @Nullable String outcome) {
        return sum(
                chunk.planId().value(),
                String.valueOf(chunk.index()),
                String.valueOf(chunk.goodsNum()),
                chunk.mark().value(),
                chunk.instanceName(),
                outcome == null ? "signed " + signedAt : "settled " + outcome);
    }

    private static long sum(String... said) {
        CRC32C sum = new CRC32C();
        sum.update(String.join("\n", said).getBytes(StandardCharsets.UTF_8));
        return sum.getValue();
    }

    /** Of a plan; whether it is held changes, and is not sealed. */
    static long of(StoredPlan plan, String fingerprint) {
        return sum(plan.id().value(), plan.region(), String.valueOf(plan.goodsNum()), plan.request(), fingerprint);
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
