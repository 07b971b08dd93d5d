package io.ramet.json;

import io.ramet.plan.CloneChunk;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The bodies of a plan's requests. The request is encoded once; GoodsNum and InstanceName, the only fields that differ
 * between chunks, are appended. Holds the password, so it lives no longer than the run. Thread-safe.
 */
public final class CloneBodies {

    private final byte[] head;

    /** {@code head} is the encoded request without the two fields and without its closing brace. */
    CloneBodies(byte[] head) {
        this.head = head;
    }

    /**
     * The body of one request.
     *
     * @param chunk a chunk of the plan
     * @return a JSON object in UTF-8
     */
    public byte[] of(CloneChunk chunk) {
        // A name holds letters, digits, hyphens, underscores and Chinese characters only: nothing to escape.
        String rest = ",\"GoodsNum\":" + chunk.goodsNum() + ",\"InstanceName\":\"" + chunk.instanceName() + "\"}";
        byte[] tail = rest.getBytes(StandardCharsets.UTF_8);
        byte[] body = Arrays.copyOf(head, head.length + tail.length);
        System.arraycopy(tail, 0, body, head.length, tail.length);
        return body;
    }

    /** {@return the name of the class, because the bodies hold the password} */
    @Override
    public String toString() {
        return "CloneBodies";
    }
}
