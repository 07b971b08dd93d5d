package io.ramet.sign;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * The buffer in which one signature is computed: a text is assembled and hashed, and its hash becomes part of the next
 * text. Each signature has its own, so that threads share nothing.
 */
final class SigningBuffer {

    private static final MessageDigest UNUSED = sha256();
    /** Both digits of each byte: writing two at a time takes half as long. */
    private static final short[] HEX = new short[256];

    private static final VarHandle TWO_DIGITS =
            MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);

    static {
        for (int i = 0; i < HEX.length; i++) {
            String digits = HexFormat.of().toHexDigits((byte) i);
            HEX[i] = (short) (digits.charAt(0) << 8 | digits.charAt(1));
        }
    }

    private final MessageDigest sha256;
    private final byte[] hash = new byte[32];
    private byte[] text = new byte[224];
    private int length;

    SigningBuffer() {
        try {
            // Cheaper than looking up the algorithm.
            sha256 = (MessageDigest) UNUSED.clone();
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("the JDK's own SHA-256 can be cloned", e);
        }
    }

    SigningBuffer add(byte[] bytes) {
        int at = extend(bytes.length);
        System.arraycopy(bytes, 0, text, at, bytes.length);
        return this;
    }

    /** Adds a number that is not negative, in decimal. */
    SigningBuffer add(long number) {
        if (number >= 10) {
            add(number / 10);
        }
        int at = extend(1);
        text[at] = (byte) ('0' + number % 10);
        return this;
    }

    /** Adds the last hash as it is. */
    SigningBuffer addHash() {
        return add(hash);
    }

    /** Adds the last hash in lower-case hex. */
    SigningBuffer addHex() {
        int at = extend(2 * hash.length);
        for (int i = 0; i < hash.length; i++) {
            TWO_DIGITS.set(text, at + 2 * i, HEX[hash[i] & 0xff]);
        }
        return this;
    }

    /** Hashes the text and starts the next. */
    SigningBuffer hash() {
        hash(text, length);
        length = 0;
        return this;
    }

    /** Hashes other bytes, and leaves the text alone. */
    SigningBuffer hash(byte[] bytes) {
        hash(bytes, bytes.length);
        return this;
    }

    /** {@return the text, decoded from UTF-8} */
    String text() {
        return new String(text, 0, length, StandardCharsets.UTF_8);
    }

    byte[] lastHash() {
        return hash.clone();
    }

    private int extend(int more) {
        int at = length;
        length += more;
        if (length > text.length) {
            text = Arrays.copyOf(text, 2 * length);
        }
        return at;
    }

    private void hash(byte[] bytes, int count) {
        try {
            sha256.update(bytes, 0, count);
            sha256.digest(hash, 0, hash.length);
        } catch (DigestException e) {
            throw new IllegalStateException("a SHA-256 has 32 bytes", e);
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
