package io.ramet.spring;

import io.ramet.model.Secret;
import io.ramet.sign.Credentials;
import io.ramet.sign.CredentialsProvider;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/** The connection details of the properties, with the application's own credentials provider if it has one. */
record PropertiesConnectionDetails(String region, URI endpoint, CredentialsProvider credentials)
        implements RametConnectionDetails {

    static PropertiesConnectionDetails of(RametProperties properties, @Nullable CredentialsProvider own) {
        String region = properties.region();
        if (region == null || region.isBlank()) {
            throw new InvalidSettingException("ramet.region", "(none): is required, such as ap-guangzhou", null);
        }
        return new PropertiesConnectionDetails(
                region, properties.endpoint(), own != null ? own : credentials(properties.credentials()));
    }

    private static CredentialsProvider credentials(RametProperties.Credentials given) {
        String id = given.secretId();
        Secret key = given.secretKey();
        if (id != null && key != null) {
            return InvalidSettingException.naming(
                    "ramet.credentials.", () -> CredentialsProvider.fixed(new Credentials(id, key, given.token())));
        }
        if (id != null || key != null) {
            String missing = id == null ? "secret-id" : "secret-key";
            throw new InvalidSettingException(
                    "ramet.credentials." + missing, "(none): a key pair needs both halves", null);
        }
        return given.file() == null ? CredentialsProvider.defaultChain() : CredentialsProvider.file(given.file());
    }
}
