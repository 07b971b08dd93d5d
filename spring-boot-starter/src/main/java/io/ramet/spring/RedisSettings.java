package io.ramet.spring;

import io.lettuce.core.RedisURI;
import io.lettuce.core.SslOptions;
import io.ramet.error.InvalidValueException;
import io.ramet.reactor.shape.SharedShaper;
import io.ramet.reactor.shape.redis.RedisShaper;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.core.env.Environment;

/**
 * The settings of {@code spring.data.redis.*}. One that is not supported is refused: if it were ignored, the password
 * could be sent in clear text, or the limit be shared in the wrong Redis.
 */
final class RedisSettings {

    static final String PREFIX = "spring.data.redis.";
    static final String WAY_OUT = "define a RequestShaper bean with RedisShaper";

    private static final List<String> UNSUPPORTED =
            List.of("sentinel.master", "sentinel.nodes", "cluster.nodes", "masterreplica.nodes");
    private static final List<String> IN_THE_URL =
            List.of("host", "port", "database", "username", "password", "ssl.enabled", "ssl.bundle");

    private final Environment environment;

    RedisSettings(Environment environment) {
        this.environment = environment;
    }

    boolean isConfigured() {
        return has("url") || has("host");
    }

    /** {@return the property of a kind of Redis that is not supported, or null} */
    @Nullable
    String unsupported() {
        return UNSUPPORTED.stream()
                .filter(name -> has(name) || has(name + "[0]"))
                .map(PREFIX::concat)
                .findFirst()
                .orElse(null);
    }

    /**
     * Begins a shaper that connects to this Redis.
     *
     * @param limit the name of the shared limit
     * @param bundles the bundles in which {@code ssl.bundle} is looked up; null if there are none
     * @throws InvalidSettingException if a setting is not supported
     */
    SharedShaper.Builder connect(String limit, @Nullable SslBundles bundles) {
        String unsupported = unsupported();
        if (unsupported != null) {
            throw new InvalidSettingException(unsupported, "is not supported: " + WAY_OUT, null);
        }
        String url = environment.getProperty(PREFIX + "url");
        if (url == null) {
            return RedisShaper.connect(address(), certificates(bundles), limit);
        }
        IN_THE_URL.stream().filter(this::has).findFirst().ifPresent(name -> {
            throw new InvalidSettingException(
                    PREFIX + name,
                    "is not supported beside " + PREFIX + "url: put it into the URL, or leave the URL out, or "
                            + WAY_OUT,
                    null);
        });
        try {
            return RedisShaper.connect(url, limit);
        } catch (InvalidValueException e) {
            throw new InvalidSettingException(PREFIX + "url", e.value() + ": " + e.rule(), null);
        }
    }

    private RedisURI address() {
        boolean bundle = has("ssl.bundle");
        boolean tls = environment.getProperty(PREFIX + "ssl.enabled", Boolean.class, bundle);
        if (bundle && !tls) {
            throw new InvalidSettingException(
                    PREFIX + "ssl.enabled", "false: contradicts " + PREFIX + "ssl.bundle, which is for TLS", null);
        }
        RedisURI.Builder address = RedisURI.builder()
                .withHost(environment.getProperty(PREFIX + "host", "localhost"))
                .withPort(environment.getProperty(PREFIX + "port", Integer.class, 6379))
                .withDatabase(environment.getProperty(PREFIX + "database", Integer.class, 0))
                .withSsl(tls);
        String password = environment.getProperty(PREFIX + "password");
        if (password != null) {
            address.withAuthentication(environment.getProperty(PREFIX + "username", "default"), password.toCharArray());
        }
        return address.build();
    }

    /** Passes a bundle to Lettuce as Spring Boot does. */
    private SslOptions certificates(@Nullable SslBundles bundles) {
        String name = environment.getProperty(PREFIX + "ssl.bundle");
        if (name == null) {
            return SslOptions.create();
        }
        if (bundles == null) {
            throw new InvalidSettingException(PREFIX + "ssl.bundle", name + ": there is no SslBundles bean", null);
        }
        SslBundle bundle = bundles.getBundle(name);
        SslOptions.Builder ssl = SslOptions.builder()
                .keyManager(bundle.getManagers().getKeyManagerFactory())
                .trustManager(bundle.getManagers().getTrustManagerFactory());
        String[] ciphers = bundle.getOptions().getCiphers();
        if (ciphers != null) {
            ssl.cipherSuites(ciphers);
        }
        String[] protocols = bundle.getOptions().getEnabledProtocols();
        if (protocols != null) {
            ssl.protocols(protocols);
        }
        return ssl.build();
    }

    private boolean has(String name) {
        return environment.containsProperty(PREFIX + name);
    }
}
