package io.ramet.spring;

import io.micrometer.observation.ObservationRegistry;
import io.ramet.reactor.observe.CloneObserver;
import io.ramet.reactor.observe.Micrometer;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/** Auto-configures observations of plans and attempts if the application has a registry for them. */
@AutoConfiguration(
        before = RametAutoConfiguration.class,
        afterName = {
            "org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration",
            // Boot 3.5:
            "org.springframework.boot.actuate.autoconfigure.observation.ObservationAutoConfiguration"
        })
@ConditionalOnClass(ObservationRegistry.class)
@ConditionalOnBean(ObservationRegistry.class)
public final class RametObservationAutoConfiguration {

    RametObservationAutoConfiguration() {}

    @Bean
    @ConditionalOnMissingBean(name = "cloneObservations")
    CloneObserver cloneObservations(ObservationRegistry registry) {
        return Micrometer.observations(registry);
    }
}
