package io.ramet.sign;

import io.ramet.model.Secret;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.LocalDate;
import java.util.Arrays;

/**
 * The signing key of one UTC day, kept as the two SHA-256 states that HMAC starts from. Immutable: the states are cloned
 * for use, so threads may share it.
 */
final class DayKey {

    private static final int BLOCK = 64;

    private final long epochDay;
    private final Secret secretKey;
    private final String scope;
    private final MessageDigest inner;
    private final MessageDigest outer;

    private DayKey(long epochDay, Secret secretKey, String scope, byte[] key) {
        this.epochDay = epochDay;
        this.secretKey = secretKey;
        this.scope = scope;
        this.inner = padded(key, 0x36);
        this.outer = padded(key, 0x5c);
    }

    static DayKey derive(Secret secretKey, long epochDay, String service) {
        String date = LocalDate.ofEpochDay(epochDay).toString();
        byte[] signing = signingKey(secretKey, date, service);
        return new DayKey(epochDay, secretKey, date + "/" + service + "/tc3_request", signing);
    }

    static byte[] signingKey(Secret secretKey, String date, String service) {
        byte[] kDate = hmac(Sha256.utf8("TC3" + secretKey.reveal()), date);
        byte[] kService = hmac(kDate, service);
        return hmac(kService, "tc3_request");
    }

    boolean isFor(Secret key, long day) {
        return day == epochDay && key.equals(secretKey);
    }

    /** {@return the credential scope: date, service, {@code tc3_request}} */
    String scope() {
        return scope;
    }

    byte[] hmac(String message) {
        byte[] digest = Sha256.fork(inner).digest(message.getBytes(StandardCharsets.UTF_8));
        return Sha256.fork(outer).digest(digest);
    }

    private static byte[] hmac(byte[] key, String message) {
        byte[] digest = padded(key, 0x36).digest(Sha256.utf8(message));
        return padded(key, 0x5c).digest(digest);
    }

    private static MessageDigest padded(byte[] key, int pad) {
        byte[] block = Arrays.copyOf(key.length > BLOCK ? Sha256.start().digest(key) : key, BLOCK);
        for (int i = 0; i < BLOCK; i++) {
            block[i] ^= (byte) pad;
        }
        MessageDigest state = Sha256.start();
        state.update(block);
        return state;
    }
}
