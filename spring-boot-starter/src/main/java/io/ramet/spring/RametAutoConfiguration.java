package io.ramet.spring;

import io.ramet.reactor.CloneClient;
import io.ramet.reactor.CloneClientBuilder;
import io.ramet.reactor.PasswordProvider;
import io.ramet.reactor.journal.CloneJournal;
import io.ramet.reactor.observe.CloneActivity;
import io.ramet.reactor.observe.CloneObserver;
import io.ramet.reactor.shape.RequestShaper;
import io.ramet.reactor.transport.Network;
import io.ramet.sign.CredentialsProvider;
import java.time.Clock;
import java.util.Optional;
import javax.sql.DataSource;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.SpringBootVersion;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.ConfigurationPropertiesBinding;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.util.ClassUtils;

/**
 * Auto-configures a {@link CloneClient} from {@link RametProperties}. A bean of the application's own takes the place
 * of the one that is configured here; its own client takes the place of all of them.
 */
@AutoConfiguration
@ConditionalOnProperty(name = "ramet.enabled", matchIfMissing = true)
@ConditionalOnMissingBean(CloneClient.class)
@EnableConfigurationProperties(RametProperties.class)
@Import({CredentialsConfiguration.class, NetworkConfiguration.class})
public final class RametAutoConfiguration {

    RametAutoConfiguration() {}

    @Bean
    @ConfigurationPropertiesBinding
    static SecretConverter rametSecretConverter() {
        return new SecretConverter();
    }

    @Bean
    @ConditionalOnMissingBean(RametConnectionDetails.class)
    PropertiesConnectionDetails rametConnectionDetails(RametProperties properties, CredentialsProvider credentials) {
        return PropertiesConnectionDetails.of(properties, credentials);
    }

    /** A bean, so that an application with several clients of one account can share it. */
    @Bean
    @ConditionalOnMissingBean
    RequestShaper cloneRequestShaper(RametProperties properties, ApplicationContext context) {
        if (properties.replicas() != 0) {
            throw new InvalidSettingException(
                    "ramet.replicas",
                    properties.replicas() + ": needs a shared limit, but " + notShared(context),
                    null);
        }
        int calls = properties.callsPerSecond();
        return InvalidSettingException.naming("ramet.", () -> switch (properties.shape()) {
            case WINDOW -> RequestShaper.window(calls);
            case STRICT -> RequestShaper.strict(calls);
            case PACED -> RequestShaper.paced(calls);
        });
    }

    /** {@return why the limit is not shared: each replica would then use the whole limit} */
    private static String notShared(ApplicationContext context) {
        ClassLoader classes = context.getClassLoader();
        if (!ClassUtils.isPresent("io.lettuce.core.RedisClient", classes)) {
            return "lettuce-core is not on the class path";
        }
        if (!ClassUtils.isPresent("io.github.bucket4j.redis.lettuce.Bucket4jLettuce", classes)) {
            return "bucket4j_jdk17-lettuce is not on the class path";
        }
        RedisSettings redis = new RedisSettings(context.getEnvironment());
        String unsupported = redis.unsupported();
        if (unsupported != null) {
            return unsupported + " is not supported: " + RedisSettings.WAY_OUT;
        }
        return redis.isConfigured()
                ? "RametRedisAutoConfiguration is excluded"
                : "neither spring.data.redis.host nor spring.data.redis.url is set";
    }

    /** Destroyed after the client, which depends on it. */
    @Bean(destroyMethod = "close")
    @ConditionalOnMissingBean
    CloneJournal cloneJournal(
            RametProperties properties,
            @CloneJournalDataSource ObjectProvider<DataSource> meant,
            ObjectProvider<DataSource> any,
            ListableBeanFactory beans) {
        boolean several = beans.getBeanNamesForType(DataSource.class, true, false).length > 1;
        return Journals.open(properties.journal(), meant.getIfAvailable(any::getIfUnique), several);
    }

    @Bean
    @ConditionalOnMissingBean
    CloneActivity cloneActivity() {
        return new CloneActivity(Clock.systemUTC());
    }

    @Bean(destroyMethod = "close")
    CloneClient cloneClient(
            RametProperties properties,
            RametConnectionDetails connection,
            Network network,
            RequestShaper shaper,
            CloneJournal journal,
            ObjectProvider<PasswordProvider> passwords,
            ObjectProvider<CloneObserver> observers,
            ObjectProvider<CloneClientCustomizer> customizers) {
        CloneClientBuilder builder = CloneClient.builder()
                .region(connection.region())
                .endpoint(connection.endpoint())
                .credentials(connection.credentials())
                .network(network)
                .shaper(shaper)
                .journal(journal)
                .maxInstances(properties.maxInstances())
                .maxInFlight(properties.maxInFlight())
                .maxInDoubt(properties.maxInDoubt())
                .stopOnRefusal(properties.stopOnRefusal())
                .callTimeout(properties.callTimeout())
                .reconcileFor(properties.reconcileFor())
                .onDoubt(properties.onDoubt())
                .visibilityLag(properties.visibilityLag())
                .unverifiedPlans(properties.unverifiedPlans())
                .auditFor(properties.auditFor());
        passwords.ifAvailable(builder::passwords);
        Optional.ofNullable(properties.recoverEvery()).ifPresent(builder::recoverEvery);
        observers.orderedStream().forEach(builder::observer);
        customizers.orderedStream().forEach(customizer -> customizer.customize(builder));
        return InvalidSettingException.naming("ramet.", builder::build);
    }

    @Bean
    ClientLifecycle cloneClientLifecycle(CloneClient client) {
        return new ClientLifecycle(client);
    }

    /** Logs that there is no indicator with the health types of Boot 3.5, which have moved in Boot 4. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(name = "org.springframework.boot.actuate.health.HealthIndicator")
    @ConditionalOnMissingClass("org.springframework.boot.health.contributor.HealthIndicator")
    static final class WithoutHealth {

        WithoutHealth() {
            LoggerFactory.getLogger(RametAutoConfiguration.class)
                    .info(
                            "Ramet has no health indicator with Spring Boot {}: it needs 4.0 or later. The rest works.",
                            SpringBootVersion.getVersion());
        }
    }
}
