package io.ramet.reactor.credentials;

import static io.ramet.error.InvalidValueException.unless;

import java.nio.file.Path;
import java.time.Duration;

/**
 * A role to assume with the token of an OpenID provider.
 *
 * @param providerId the name of the provider in CAM
 * @param roleArn such as {@code qcs::cam::uin/100000000001:roleName/cloner}
 * @param tokenFile the file that holds the token; another program refreshes it
 * @param sessionName appears in the audit log; 2 to 128 letters, digits and {@code +=,.@_-}
 * @param duration how long the credentials are valid, 1 s to 12 h in whole seconds
 * @param region sent as {@code X-TC-Region}
 */
public record WebIdentity(
        String providerId, String roleArn, Path tokenFile, String sessionName, Duration duration, String region) {

    /**
     * Rejects values that the service would refuse.
     *
     * @throws io.ramet.error.InvalidValueException if a component breaks its rule
     */
    public WebIdentity {
        unless(!providerId.isBlank(), "providerId", "''", "must not be blank");
        AssumedRole.checkArn(roleArn);
        AssumedRole.checkSession(sessionName);
        AssumedRole.checkDuration(duration);
        unless(region.matches("[a-z0-9-]+"), "region", region, "must be a region such as ap-guangzhou");
    }

    /**
     * Creates a role with a session of two hours named {@code ramet}, in {@code ap-guangzhou}.
     *
     * @param providerId the provider
     * @param roleArn the role
     * @param tokenFile the file that holds the token
     * @return the identity
     */
    public static WebIdentity of(String providerId, String roleArn, Path tokenFile) {
        return new WebIdentity(providerId, roleArn, tokenFile, "ramet", AssumedRole.USUAL, "ap-guangzhou");
    }

    /**
     * Sets the session's name.
     *
     * @param sessionName 2 to 128 characters
     * @return an identity with that name
     */
    public WebIdentity sessionName(String sessionName) {
        return new WebIdentity(providerId, roleArn, tokenFile, sessionName, duration, region);
    }

    /**
     * Sets how long the credentials are valid.
     *
     * @param duration 1 s to 12 h in whole seconds
     * @return an identity with that duration
     */
    public WebIdentity duration(Duration duration) {
        return new WebIdentity(providerId, roleArn, tokenFile, sessionName, duration, region);
    }

    /**
     * Sets the region of the request.
     *
     * @param region such as {@code ap-guangzhou}
     * @return an identity with that region
     */
    public WebIdentity region(String region) {
        return new WebIdentity(providerId, roleArn, tokenFile, sessionName, duration, region);
    }
}
