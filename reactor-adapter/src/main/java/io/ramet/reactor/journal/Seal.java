package io.ramet.reactor.journal;

import io.ramet.plan.CloneChunk;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * A checksum over what an entry says of its chunk. A database looks after its structure, not after the values in it: a byte
 * that has gone bad could turn a chunk that was sent into one that never was.
 */
final class Seal {

    private Seal() {}

    /** Of a chunk that may be sent, or sent again when {@code signedAt} is null, or that has an outcome. */
    static long of(CloneChunk chunk, @Nullable Long signedAt, @Nullable String outcome) {
        CRC32C sum = new CRC32C();
        String said = String.join(
                "\n",
                chunk.planId().value(),
                String.valueOf(chunk.index()),
                String.valueOf(chunk.goodsNum()),
                chunk.mark().value(),
                chunk.instanceName(),
                outcome == null ? "signed " + signedAt : "settled " + outcome);
        sum.update(said.getBytes(StandardCharsets.UTF_8));
        return sum.getValue();
    }

    static void check(CloneChunk chunk, @Nullable Long signedAt, @Nullable String outcome, long seal) {
        if (of(chunk, signedAt, outcome) != seal) {
            throw new JournalException(
                    "the entry of chunk " + chunk.index() + " of plan " + chunk.planId() + " is damaged", null);
        }
    }
}
