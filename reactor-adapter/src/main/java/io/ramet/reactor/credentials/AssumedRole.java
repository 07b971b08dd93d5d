package io.ramet.reactor.credentials;

import static io.ramet.error.InvalidValueException.unless;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A role to assume, and the limits of its session.
 *
 * @param roleArn such as {@code qcs::cam::uin/100000000001:roleName/cloner}
 * @param sessionName appears in the audit log; 2 to 128 letters, digits and {@code +=,.@_-}
 * @param duration how long the credentials are valid, 1 s to 12 h in whole seconds; the role may allow less
 * @param externalId the external id that the role's trust policy may require, 2 to 128 letters, digits and {@code
 *     +=,.@:/-}; null for none
 * @param policy a further policy (JSON) that narrows the session, with no principal; null for none
 */
public record AssumedRole(
        String roleArn,
        String sessionName,
        Duration duration,
        @Nullable String externalId,
        @Nullable String policy) {

    static final Duration USUAL = Duration.ofHours(2);
    private static final Duration LONGEST = Duration.ofHours(12);

    /**
     * Rejects values that the service would refuse.
     *
     * @throws io.ramet.error.InvalidValueException if a component breaks its rule
     */
    public AssumedRole {
        checkArn(roleArn);
        checkSession(sessionName);
        checkDuration(duration);
        unless(
                externalId == null || externalId.matches("[\\w+=,.@:/-]{2,128}"),
                "externalId",
                String.valueOf(externalId),
                "must be 2 to 128 letters, digits and +=,.@:/-");
    }

    /**
     * Creates a role with a session of two hours, no external id and no further policy.
     *
     * @param roleArn the role
     * @param sessionName appears in the audit log
     * @return the role
     */
    public static AssumedRole of(String roleArn, String sessionName) {
        return new AssumedRole(roleArn, sessionName, USUAL, null, null);
    }

    /**
     * Sets how long the credentials are valid.
     *
     * @param duration 1 s to 12 h in whole seconds
     * @return a role with that duration
     */
    public AssumedRole duration(Duration duration) {
        return new AssumedRole(roleArn, sessionName, duration, externalId, policy);
    }

    /**
     * Sets the external id.
     *
     * @param externalId 2 to 128 characters
     * @return a role with that id
     */
    public AssumedRole externalId(String externalId) {
        return new AssumedRole(roleArn, sessionName, duration, externalId, policy);
    }

    /**
     * Sets a policy that narrows the session.
     *
     * @param policy JSON
     * @return a role with that policy
     */
    public AssumedRole policy(String policy) {
        return new AssumedRole(roleArn, sessionName, duration, externalId, policy);
    }

    static void checkArn(String roleArn) {
        unless(
                roleArn.startsWith("qcs::cam:") && !roleArn.chars().anyMatch(Character::isWhitespace),
                "roleArn",
                roleArn,
                "must be a role such as qcs::cam::uin/100000000001:roleName/cloner");
    }

    static void checkSession(String sessionName) {
        unless(
                sessionName.matches("[\\w+=,.@-]{2,128}"),
                "sessionName",
                sessionName,
                "must be 2 to 128 letters, digits and +=,.@_-");
    }

    static void checkDuration(Duration duration) {
        unless(
                duration.toSeconds() >= 1
                        && duration.equals(Duration.ofSeconds(duration.toSeconds()))
                        && duration.compareTo(LONGEST) <= 0,
                "duration",
                duration,
                "must be 1 s to 12 h in whole seconds");
    }
}
