package io.ramet.benchmarks.hotpath;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Arrays;

/** The copying that cannot be avoided: into one new array, the part that all chunks share and the part of one chunk. */
final class BodyFloor {

    private final byte[] head;
    private final byte[] tail;

    private BodyFloor(byte[] head, byte[] tail) {
        this.head = head;
        this.tail = tail;
    }

    static BodyFloor of(byte[] body) {
        int cut = new String(body, US_ASCII).indexOf(",\"GoodsNum\"");
        return new BodyFloor(Arrays.copyOf(body, cut), Arrays.copyOfRange(body, cut, body.length));
    }

    byte[] body() {
        byte[] body = Arrays.copyOf(head, head.length + tail.length);
        System.arraycopy(tail, 0, body, head.length, tail.length);
        return body;
    }
}
