package io.ramet.spring;

import io.ramet.model.Secret;
import io.ramet.reactor.credentials.AssumedRole;
import io.ramet.reactor.credentials.CredentialsSource;
import io.ramet.reactor.credentials.CredentialsSources;
import io.ramet.reactor.credentials.RefreshingCredentials;
import io.ramet.reactor.credentials.RefreshingCredentialsBuilder;
import io.ramet.reactor.credentials.WebIdentity;
import io.ramet.reactor.observe.CloneObserver;
import io.ramet.reactor.transport.Network;
import io.ramet.sign.Credentials;
import io.ramet.sign.CredentialsProvider;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The provider that {@link CredentialsProperties} describe, unless the application has one of its own. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(CredentialsProperties.class)
class CredentialsConfiguration {

    private static final String PREFIX = "ramet.credentials.";

    @Bean(destroyMethod = "close")
    @ConditionalOnMissingBean({CredentialsProvider.class, RametConnectionDetails.class})
    RefreshingCredentials cloneCredentials(
            CredentialsProperties properties, Network network, ObjectProvider<CloneObserver> observers) {
        return InvalidSettingException.naming(
                PREFIX, () -> build(source(properties, properties.sources(network)), observers));
    }

    private static RefreshingCredentials build(CredentialsSource source, ObjectProvider<CloneObserver> observers) {
        RefreshingCredentialsBuilder builder = RefreshingCredentials.of(source);
        observers.orderedStream().forEach(builder::observer);
        return builder.build();
    }

    private static CredentialsSource source(CredentialsProperties properties, CredentialsSources sources) {
        CredentialsSource base = base(properties, sources);
        CredentialsProperties.AssumeRole role = properties.assumeRole();
        return role.roleArn() == null ? base : sources.assumeRole(assumed(role.roleArn(), role), base);
    }

    private static AssumedRole assumed(String roleArn, CredentialsProperties.AssumeRole role) {
        return InvalidSettingException.naming(
                PREFIX + "assume-role.",
                () -> new AssumedRole(roleArn, role.sessionName(), role.duration(), role.externalId(), role.policy()));
    }

    private static CredentialsSource base(CredentialsProperties properties, CredentialsSources sources) {
        CredentialsSource pair = pair(properties, sources);
        if (properties.provider() == null) {
            if (pair != null) {
                return pair;
            }
            return properties.file() == null ? sources.defaultChain() : sources.file(properties.file());
        }
        if (pair != null) {
            throw new InvalidSettingException(
                    PREFIX + "provider", properties.provider() + ": excludes secret-id and secret-key", null);
        }
        return switch (properties.provider()) {
            case CHAIN -> sources.defaultChain();
            case ENVIRONMENT -> sources.environment();
            case FILE -> sources.file(required("file", properties.file()));
            case TCCLI -> sources.tccliProfile();
            case CVM_ROLE -> properties.roleName() == null ? sources.cvmRole() : sources.cvmRole(properties.roleName());
            case POD_IDENTITY -> sources.podIdentity();
            case WEB_IDENTITY -> sources.webIdentity(webIdentity(properties.webIdentity()));
        };
    }

    private static @Nullable CredentialsSource pair(CredentialsProperties given, CredentialsSources sources) {
        String id = given.secretId();
        Secret key = given.secretKey();
        if (id == null && key == null) {
            return null;
        }
        if (id == null || key == null) {
            String missing = id == null ? "secret-id" : "secret-key";
            throw new InvalidSettingException(PREFIX + missing, "(none): a key pair needs both halves", null);
        }
        return sources.fixed("ramet.credentials", new Credentials(id, key, given.token()));
    }

    private static WebIdentity webIdentity(CredentialsProperties.WebIdentity given) {
        String providerId = required("web-identity.provider-id", given.providerId());
        String roleArn = required("web-identity.role-arn", given.roleArn());
        Path tokenFile = required("web-identity.token-file", given.tokenFile());
        return InvalidSettingException.naming(
                PREFIX + "web-identity.",
                () -> WebIdentity.of(providerId, roleArn, tokenFile)
                        .sessionName(given.sessionName())
                        .duration(given.duration()));
    }

    private static <T> T required(String property, @Nullable T value) {
        if (value == null) {
            throw new InvalidSettingException(PREFIX + property, "(none): is required for this provider", null);
        }
        return value;
    }
}
