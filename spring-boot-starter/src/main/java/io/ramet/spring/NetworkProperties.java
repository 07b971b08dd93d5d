package io.ramet.spring;

import io.ramet.model.Secret;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The network path to the API and to the Security Token Service. By default it is direct, with the certificates that
 * this Java trusts.
 *
 * @param proxy The HTTP proxy, such as http://proxy.example:3128; user and password may stand before the host. The
 *     environment variable HTTPS_PROXY is not read, but ${HTTPS_PROXY:} may be the value.
 * @param proxyUser The user of the proxy.
 * @param proxyPassword The password of the proxy's user.
 * @param noProxy The hosts that are reached without the proxy, as in NO_PROXY: names with their subdomains, addresses,
 *     networks such as 10.0.0.0/8.
 * @param sslBundle The SSL bundle whose certificates are trusted, in place of those that this Java trusts.
 */
@ConfigurationProperties("ramet.network")
public record NetworkProperties(
        @Nullable String proxy,
        @Nullable String proxyUser,
        @Nullable Secret proxyPassword,
        @DefaultValue List<String> noProxy,
        @Nullable String sslBundle) {

    /** {@return the properties without the proxy, whose URL may hold a password} */
    @Override
    public String toString() {
        return "NetworkProperties[noProxy=" + noProxy + ", sslBundle=" + sslBundle + "]";
    }
}
