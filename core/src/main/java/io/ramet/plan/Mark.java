package io.ramet.plan;

import io.ramet.model.CloneRequest;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * The unique end of a chunk's InstanceName, by which its instances are found on the server.
 *
 * @param value twelve characters for the plan, a hyphen, and the chunk's index
 */
public record Mark(String value) {

    /** The part of a mark that identifies the plan: a hash, so that any plan id fits into a name. */
    static String root(PlanId plan) {
        try {
            byte[] hash =
                    MessageDigest.getInstance("SHA-256").digest(plan.value().getBytes(StandardCharsets.UTF_8));
            return Base32.encode(ByteBuffer.wrap(hash).getLong(), CloneRequest.MARK_ROOT_LENGTH);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    static Mark of(String root, int index) {
        return new Mark(root + "-" + index);
    }

    /** {@return the mark itself} */
    @Override
    public String toString() {
        return value;
    }
}
