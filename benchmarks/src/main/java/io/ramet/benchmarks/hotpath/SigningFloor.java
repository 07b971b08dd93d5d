package io.ramet.benchmarks.hotpath;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.ramet.sign.Credentials;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import org.openjdk.jmh.infra.Blackhole;

/**
 * The SHA-256 blocks that no signer can avoid, and nothing else. The constant parts are hashed beforehand, and
 * every text is in bytes. Four hashes of one request remain, each from a clone of its state, because Java has no
 * cheaper way to return to a state. It can sign no other request.
 */
final class SigningFloor {

    private static final int BLOCK = 64;

    private final MessageDigest empty = MessageDigest.getInstance("SHA-256");
    private final MessageDigest afterRequestHead = MessageDigest.getInstance("SHA-256");
    private final MessageDigest afterInnerKey;
    private final MessageDigest afterOuterKey;
    private final byte[] body;
    private final byte[] requestTail;
    private final byte[] stringToSign;

    private SigningFloor(Credentials credentials, String host, String action, long timestamp, byte[] body)
            throws GeneralSecurityException, CloneNotSupportedException {
        this.body = body;
        byte[] requestHead =
                PlainSigner.likeOurs(host, action).canonicalRequestHead().getBytes(UTF_8);
        requestTail = hex(empty.digest(body));
        afterRequestHead.update(requestHead);
        String requestHash = new String(hex(forkOf(afterRequestHead).digest(requestTail)), UTF_8);
        stringToSign = (PlainSigner.stringToSignHead(timestamp) + requestHash).getBytes(UTF_8);
        byte[] key = PlainSigner.signingKey(credentials, timestamp);
        afterInnerKey = padded(key, 0x36);
        afterOuterKey = padded(key, 0x5c);
    }

    static SigningFloor of(Credentials credentials, String host, String action, long timestamp, byte[] body) {
        try {
            return new SigningFloor(credentials, host, action, timestamp, body);
        } catch (GeneralSecurityException | CloneNotSupportedException e) {
            throw new IllegalStateException("this JDK's SHA-256 cannot be cloned", e);
        }
    }

    byte[] signature(Blackhole unread) throws CloneNotSupportedException {
        unread.consume(empty.digest(body));
        unread.consume(forkOf(afterRequestHead).digest(requestTail));
        byte[] inner = forkOf(afterInnerKey).digest(stringToSign);
        return forkOf(afterOuterKey).digest(inner);
    }

    private static MessageDigest forkOf(MessageDigest state) throws CloneNotSupportedException {
        return (MessageDigest) state.clone();
    }

    private static MessageDigest padded(byte[] key, int pad) throws GeneralSecurityException {
        byte[] block = Arrays.copyOf(key, BLOCK);
        for (int i = 0; i < BLOCK; i++) {
            block[i] ^= (byte) pad;
        }
        MessageDigest state = MessageDigest.getInstance("SHA-256");
        state.update(block);
        return state;
    }

    private static byte[] hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes).getBytes(UTF_8);
    }
}
