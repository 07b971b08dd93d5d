package io.ramet.sign;

import io.ramet.error.InvalidValueException;
import io.ramet.model.Secret;
import org.jspecify.annotations.Nullable;

/**
 * A key pair, permanent or temporary.
 *
 * @param secretId the public half
 * @param secretKey the private half
 * @param token the session token of temporary credentials, or null
 */
public record Credentials(
        String secretId, Secret secretKey, @Nullable Secret token) {

    /**
     * Rejects a blank part.
     *
     * @throws InvalidValueException if a part is blank
     */
    public Credentials {
        InvalidValueException.unless(!secretId.isBlank(), "secretId", "''", "must not be blank");
        InvalidValueException.unless(!secretKey.reveal().isBlank(), "secretKey", secretKey, "must not be blank");
        InvalidValueException.unless(token == null || !token.reveal().isBlank(), "token", "***", "must not be blank");
    }

    /**
     * Permanent credentials.
     *
     * @param secretId the public half
     * @param secretKey the private half
     * @return the credentials
     */
    public static Credentials of(String secretId, String secretKey) {
        return new Credentials(secretId, Secret.of(secretKey), null);
    }

    /** {@return the first characters of the SecretId, and no secret} */
    @Override
    public String toString() {
        return "Credentials[" + secretId.substring(0, Math.min(8, secretId.length())) + "…]";
    }
}
