package io.ramet.spring;

import io.micrometer.core.instrument.MeterRegistry;
import io.ramet.reactor.observe.CloneActivity;
import io.ramet.reactor.observe.CloneObserver;
import io.ramet.reactor.observe.Micrometer;
import io.ramet.reactor.shape.SharedShaper;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.context.annotation.Bean;

/** Auto-configures meters if the application has a registry for them. */
@AutoConfiguration(
        after = RametAutoConfiguration.class,
        afterName = {
            "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration",
            // Boot 3.5:
            "org.springframework.boot.actuate.autoconfigure.metrics.CompositeMeterRegistryAutoConfiguration"
        })
@ConditionalOnClass(MeterRegistry.class)
@ConditionalOnSingleCandidate(MeterRegistry.class)
public final class RametMetricsAutoConfiguration {

    RametMetricsAutoConfiguration() {}

    @Bean
    @ConditionalOnSingleCandidate(CloneActivity.class)
    @ConditionalOnMissingBean(name = "cloneMeters")
    CloneObserver cloneMeters(MeterRegistry registry, CloneActivity activity, ObjectProvider<SharedShaper> shapers) {
        shapers.ifUnique(shaper -> Micrometer.meters(registry, shaper));
        return Micrometer.meters(registry, activity);
    }
}
