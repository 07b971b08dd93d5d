package io.ramet.spring;

import io.ramet.model.Secret;
import io.ramet.reactor.credentials.CredentialsSources;
import io.ramet.reactor.credentials.CredentialsSourcesBuilder;
import io.ramet.reactor.transport.Network;
import io.ramet.reactor.transport.ReactorNettyCredentialsTransport;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The source of the credentials that requests are signed with. With none of these, it is the default chain.
 *
 * @param provider The source of credentials; by default the key pair if one is given, else the file, else the default
 *     chain.
 * @param secretId The public half of a key pair.
 * @param secretKey The private half of the key pair.
 * @param token The session token of temporary credentials.
 * @param file An ini file with secret_id, secret_key and token, which is read before each request.
 * @param profile The profile of tccli; by default TCCLI_PROFILE, else default.
 * @param roleName The role of the CVM instance; by default TENCENTCLOUD_CAM_ROLE_NAME, else the role that is bound to
 *     the instance.
 * @param assumeRole A role that is assumed with the credentials of the provider.
 * @param webIdentity A role that is assumed with the token of an OpenID provider.
 * @param sts The Security Token Service: scheme, host and port.
 */
@ConfigurationProperties("ramet.credentials")
public record CredentialsProperties(
        @Nullable Provider provider,
        @Nullable String secretId,
        @Nullable Secret secretKey,
        @Nullable Secret token,
        @Nullable Path file,
        @Nullable String profile,
        @Nullable String roleName,
        @DefaultValue AssumeRole assumeRole,
        @DefaultValue WebIdentity webIdentity,
        @DefaultValue("https://sts.tencentcloudapi.com") URI sts) {

    /** The sources to choose from. */
    public enum Provider {
        /** Environment, TKE pod identity, tccli profile, ini files, CVM role: the first that has credentials. */
        CHAIN,
        /** TENCENTCLOUD_SECRET_ID, TENCENTCLOUD_SECRET_KEY and the token. */
        ENVIRONMENT,
        /** An ini file. */
        FILE,
        /** A profile of tccli. */
        TCCLI,
        /** The role of a CVM instance. */
        CVM_ROLE,
        /** The identity of a TKE pod. */
        POD_IDENTITY,
        /** The token of any OpenID provider. */
        WEB_IDENTITY
    }

    /**
     * A role that is assumed with other credentials.
     *
     * @param roleArn The role, such as qcs::cam::uin/100000000001:roleName/cloner; without it, no role is assumed.
     * @param sessionName The name of the session, which shows in the audit log.
     * @param duration How long the credentials are valid, up to 12h.
     * @param externalId The external id that the role's trust policy may require.
     * @param policy A further policy in JSON that narrows the session.
     */
    public record AssumeRole(
            @Nullable String roleArn,
            @DefaultValue("ramet") String sessionName,
            @DefaultValue("2h") Duration duration,
            @Nullable String externalId,
            @Nullable String policy) {}

    /**
     * A role that is assumed with the token of an OpenID provider.
     *
     * @param providerId The name of the OpenID provider, as it is set up in CAM.
     * @param roleArn The role.
     * @param tokenFile The file that holds the token.
     * @param sessionName The name of the session, which shows in the audit log.
     * @param duration How long the credentials are valid, up to 12h.
     */
    public record WebIdentity(
            @Nullable String providerId,
            @Nullable String roleArn,
            @Nullable Path tokenFile,
            @DefaultValue("ramet") String sessionName,
            @DefaultValue("2h") Duration duration) {}

    CredentialsSources sources(Network network) {
        CredentialsSourcesBuilder builder =
                CredentialsSources.builder().sts(sts).transport(ReactorNettyCredentialsTransport.over(network));
        if (profile != null) {
            builder.profile(profile);
        }
        if (roleName != null) {
            builder.cvmRoleName(roleName);
        }
        return builder.build();
    }
}
