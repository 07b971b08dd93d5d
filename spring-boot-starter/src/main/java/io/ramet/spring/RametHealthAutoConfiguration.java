package io.ramet.spring;

import io.ramet.reactor.CloneClient;
import io.ramet.reactor.credentials.RefreshingCredentials;
import io.ramet.reactor.observe.CloneActivity;
import io.ramet.reactor.shape.SharedShaper;
import java.time.Clock;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;

/** Auto-configures the health indicator {@code ramet}, with Boot 4's health types. */
@AutoConfiguration(after = RametAutoConfiguration.class)
@ConditionalOnClass(HealthIndicator.class)
@ConditionalOnBean(CloneClient.class)
@ConditionalOnSingleCandidate(CloneActivity.class)
@ConditionalOnEnabledHealthIndicator("ramet")
@EnableConfigurationProperties(RametProperties.class)
public final class RametHealthAutoConfiguration {

    RametHealthAutoConfiguration() {}

    @Bean
    @ConditionalOnMissingBean(name = {"rametHealthIndicator", "rametHealthContributor"})
    HealthIndicator rametHealthIndicator(
            CloneActivity activity,
            ObjectProvider<SharedShaper> shaper,
            ObjectProvider<RefreshingCredentials> credentials,
            RametProperties properties) {
        return new RametHealthIndicator(
                activity,
                shaper.getIfUnique(),
                credentials.getIfUnique(),
                properties.health().failureAge(),
                Clock.systemUTC());
    }
}
