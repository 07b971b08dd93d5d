package io.ramet.spring;

import io.github.bucket4j.redis.lettuce.Bucket4jLettuce;
import io.lettuce.core.RedisClient;
import io.ramet.reactor.CloneClient;
import io.ramet.reactor.shape.RequestShaper;
import io.ramet.reactor.shape.SharedShaper;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.AnyNestedCondition;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.core.env.Environment;

/**
 * Auto-configures a shaper that replicas share in the Redis of {@code spring.data.redis.*}, if {@code
 * bucket4j_jdk17-lettuce} and Lettuce are present. It reads url, or else host, port, database, username, password,
 * ssl.enabled and ssl.bundle, and refuses what it does not support; for anything else, define a {@link RequestShaper}
 * bean.
 */
@AutoConfiguration(before = RametAutoConfiguration.class)
@ConditionalOnClass({RedisClient.class, Bucket4jLettuce.class})
@ConditionalOnProperty(name = "ramet.enabled", matchIfMissing = true)
@ConditionalOnMissingBean({CloneClient.class, RequestShaper.class})
@Conditional(RametRedisAutoConfiguration.WithRedis.class)
@EnableConfigurationProperties(RametProperties.class)
public final class RametRedisAutoConfiguration {

    RametRedisAutoConfiguration() {}

    @Bean(destroyMethod = "close")
    SharedShaper cloneRequestShaper(
            RametProperties properties, Environment environment, ObjectProvider<SslBundles> bundles) {
        String limit = properties.sharedLimit() == null ? properties.endpoint().getHost() : properties.sharedLimit();
        return InvalidSettingException.naming(
                "ramet.",
                () -> new RedisSettings(environment)
                        .connect(limit, bundles.getIfAvailable())
                        .callsPerSecond(properties.callsPerSecond())
                        .replicas(properties.replicas())
                        .build());
    }

    /** Matches if one of the two is set. */
    static final class WithRedis extends AnyNestedCondition {

        WithRedis() {
            super(ConfigurationPhase.REGISTER_BEAN);
        }

        @ConditionalOnProperty("spring.data.redis.url")
        static final class Url {}

        @ConditionalOnProperty("spring.data.redis.host")
        static final class Host {}
    }
}
