package io.ramet.spring;

import io.ramet.sign.CredentialsProvider;
import java.net.URI;

/**
 * The connection details of the properties, with the credentials of the properties or of the application's own
 * provider.
 */
record PropertiesConnectionDetails(String region, URI endpoint, CredentialsProvider credentials)
        implements RametConnectionDetails {

    static PropertiesConnectionDetails of(RametProperties properties, CredentialsProvider credentials) {
        String region = properties.region();
        if (region == null || region.isBlank()) {
            throw new InvalidSettingException("ramet.region", "(none): is required, such as ap-guangzhou", null);
        }
        return new PropertiesConnectionDetails(region, properties.endpoint(), credentials);
    }
}
