package io.ramet.model;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/** A password, key or token that never prints itself. It is deliberately not serializable. */
public final class Secret {

    private static final String HIDDEN = "***";

    private final String value;

    private Secret(String value) {
        this.value = value;
    }

    /**
     * Wraps a secret.
     *
     * @param value the secret itself
     * @return the wrapped secret
     */
    public static Secret of(String value) {
        return new Secret(value);
    }

    /** {@return the secret itself; to be called only where it is used} */
    public String reveal() {
        return value;
    }

    /**
     * Hides the secret in a foreign text, such as that of a server that quotes the request.
     *
     * @param text any text
     * @return the text with {@code ***} in place of the secret
     */
    public String redact(String text) {
        return value.isEmpty() ? text : text.replace(value, HIDDEN);
    }

    /** Compares in constant time. */
    @Override
    public boolean equals(@Nullable Object other) {
        return this == other || (other instanceof Secret that && MessageDigest.isEqual(utf8(value), utf8(that.value)));
    }

    /** The same for every secret, so that it reveals nothing. */
    @Override
    public int hashCode() {
        return HIDDEN.hashCode();
    }

    /** {@return {@code ***}} */
    @Override
    public String toString() {
        return HIDDEN;
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
