package io.ramet.spring;

import io.ramet.error.InvalidValueException;
import io.ramet.model.Secret;
import io.ramet.reactor.transport.HttpProxy;
import io.ramet.reactor.transport.Network;
import java.util.Objects;
import java.util.Optional;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The way to the API that {@link NetworkProperties} describe, unless the application has one of its own. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(NetworkProperties.class)
class NetworkConfiguration {

    private static final String PREFIX = "ramet.network.";
    private static final Secret NO_PASSWORD = Secret.of("");

    @Bean
    @ConditionalOnMissingBean
    Network cloneNetwork(NetworkProperties properties, ObjectProvider<SslBundles> bundles) {
        Network network = InvalidSettingException.naming(PREFIX, () -> proxied(properties));
        String name = properties.sslBundle();
        if (name == null) {
            return network;
        }
        SslBundles known = bundles.getIfAvailable();
        if (known == null) {
            throw new InvalidSettingException(PREFIX + "ssl-bundle", name + ": there is no SslBundles bean", null);
        }
        return network.trust(known.getBundle(name).getManagers().getTrustManagerFactory());
    }

    private static Network proxied(NetworkProperties properties) {
        Optional<String> user = Optional.ofNullable(properties.proxyUser()).filter(name -> !name.isBlank());
        Secret password = Objects.requireNonNullElse(properties.proxyPassword(), NO_PASSWORD);
        InvalidValueException.unless(
                user.isPresent() || password.equals(NO_PASSWORD),
                "proxyUser",
                "(none)",
                "is required with proxy-password");
        String url = properties.proxy();
        if (url == null || url.isBlank()) {
            return Network.direct();
        }
        HttpProxy proxy = HttpProxy.parse("proxy", url).except(properties.noProxy());
        return Network.direct()
                .proxy(user.map(name -> proxy.user(name, password)).orElse(proxy));
    }
}
