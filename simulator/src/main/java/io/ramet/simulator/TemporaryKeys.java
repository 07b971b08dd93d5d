package io.ramet.simulator;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The temporary keys that a {@link CredentialsSimulator} has issued. A {@link Simulator} that shares them accepts those
 * that are valid. Thread-safe.
 */
public final class TemporaryKeys {

    private final List<Key> issued = new ArrayList<>();
    private final List<String> revoked = new ArrayList<>();

    /**
     * A temporary key.
     *
     * @param id the SecretId
     * @param secret the SecretKey
     * @param token the session token
     * @param expiresAt when it expires, by the server's clock
     */
    public record Key(String id, String secret, String token, Instant expiresAt) {

        /** {@return the id only} */
        @Override
        public String toString() {
            return "Key[" + id + "]";
        }
    }

    /** Creates an empty set of keys. */
    public TemporaryKeys() {}

    /**
     * Issues a new key.
     *
     * @param now the server's time
     * @param lifetime how long it is valid
     * @return the key
     */
    public synchronized Key issue(Instant now, Duration lifetime) {
        int number = issued.size() + 1;
        Key key = new Key(
                "AKIDtemporary" + number,
                "canary-temporary-key-" + number,
                "canary-temporary-token-" + number,
                now.plus(lifetime));
        issued.add(key);
        return key;
    }

    /**
     * Makes a key invalid at once, before it expires.
     *
     * @param id its id
     */
    public synchronized void revoke(String id) {
        revoked.add(id);
    }

    /** {@return all keys that were issued, in order, valid or not} */
    public synchronized List<Key> issued() {
        return List.copyOf(issued);
    }

    /** The key with that id, valid or not; empty if there is none, or if it was revoked. */
    synchronized Optional<Key> find(String id) {
        return issued.stream()
                .filter(key -> key.id().equals(id) && !revoked.contains(id))
                .findFirst();
    }
}
