package io.ramet.spring;

import io.github.bucket4j.redis.lettuce.Bucket4jLettuce;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.ramet.reactor.CloneClient;
import io.ramet.reactor.shape.RequestShaper;
import io.ramet.reactor.shape.SharedShaper;
import io.ramet.reactor.shape.redis.RedisShaper;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.AnyNestedCondition;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.core.env.Environment;

/**
 * A shaper that replicas share in the Redis of {@code spring.data.redis.*}, where {@code bucket4j_jdk17-lettuce} and Lettuce are
 * present. Knows url, host, port, database, username, password and ssl.enabled; for more, have a {@link RequestShaper} bean.
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
    SharedShaper cloneRequestShaper(RametProperties properties, Environment environment) {
        String limit = properties.sharedLimit() == null ? properties.endpoint().getHost() : properties.sharedLimit();
        String url = environment.getProperty("spring.data.redis.url");
        return InvalidSettingException.naming(
                "ramet.",
                () -> (url == null ? RedisShaper.connect(address(environment), limit) : RedisShaper.connect(url, limit))
                        .callsPerSecond(properties.callsPerSecond())
                        .replicas(properties.replicas())
                        .build());
    }

    private static RedisURI address(Environment environment) {
        RedisURI.Builder address = RedisURI.builder()
                .withHost(environment.getProperty("spring.data.redis.host", "localhost"))
                .withPort(environment.getProperty("spring.data.redis.port", Integer.class, 6379))
                .withDatabase(environment.getProperty("spring.data.redis.database", Integer.class, 0))
                .withSsl(environment.getProperty("spring.data.redis.ssl.enabled", Boolean.class, false));
        String password = environment.getProperty("spring.data.redis.password");
        if (password != null) {
            address.withAuthentication(
                    environment.getProperty("spring.data.redis.username", "default"), password.toCharArray());
        }
        return address.build();
    }

    /** Either will do. */
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
