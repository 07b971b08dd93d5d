package io.ramet.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.ramet.model.Secret;
import io.ramet.reactor.credentials.RefreshingCredentials;
import io.ramet.reactor.transport.HttpProxy;
import io.ramet.reactor.transport.Network;
import io.ramet.sign.Credentials;
import io.ramet.sign.CredentialsProvider;
import io.ramet.simulator.CredentialsSimulator;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import reactor.core.publisher.Mono;

class CredentialsConfigurationTest {

    /** The certificate of an authority that exists nowhere else. */
    private static final String CERTIFICATE = """
            -----BEGIN CERTIFICATE-----
            MIIBTDCB8qADAgECAgkAqpMrmYKOoJwwCgYIKoZIzj0EAwIwGTEXMBUGA1UEAxMO
            dGVzdC1hdXRob3JpdHkwIBcNMjYxMTI5MDgwNTUyWhgPMjEyNjExMDUwODA1NTJa
            MBkxFzAVBgNVBAMTDnRlc3QtYXV0aG9yaXR5MFkwEwYHKoZIzj0CAQYIKoZIzj0D
            AQcDQgAEdkEpSHlwuwzeQK6CD4bJ+8mFVPITikGs5EPBMrCck2O9IZizgjzkCcB4
            ymRFvCDe48QAn2bM5DbLp/6x9YNw/qMhMB8wHQYDVR0OBBYEFAJOgHPWz77qMdy5
            Dn+U8Vlh+j3WMAoGCCqGSM49BAMCA0kAMEYCIQCyCg4UCkt8XmSTk58CTnZECalm
            sAuxqtRGkNgn85hNBQIhAI7v2OVQLPMExQ+B3oK5le5+Kn1NDijE+c4vpZb6cihN
            -----END CERTIFICATE-----
            """;

    private static final Duration PATIENCE = Duration.ofSeconds(15);
    private static final String ROLE = "qcs::cam::uin/100000000001:roleName/cloner";

    @AutoClose
    private final CredentialsSimulator services = CredentialsSimulator.start();

    private final ApplicationContextRunner application = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    RametAutoConfiguration.class,
                    RametHealthAutoConfiguration.class,
                    RametObservationAutoConfiguration.class))
            .withPropertyValues("ramet.region=ap-guangzhou", "ramet.credentials.sts=" + services.uri());

    private static Credentials fetched(CredentialsProvider provider) {
        return Mono.fromCompletionStage(provider::credentials).block(PATIENCE);
    }

    @Test
    void theWayToTheApiHasPropertiesAndShowsNoPassword() {
        application
                .withConfiguration(AutoConfigurations.of(SslAutoConfiguration.class))
                .withPropertyValues(
                        "ramet.network.proxy=http://proxy.example:3128",
                        "ramet.network.proxy-user=ann",
                        "ramet.network.proxy-password=canary",
                        "ramet.network.no-proxy=10.0.0.0/8,intern.example",
                        "ramet.network.ssl-bundle=company",
                        "spring.ssl.bundle.pem.company.truststore.certificate=" + CERTIFICATE)
                .run(context -> {
                    Network network = context.getBean(Network.class);
                    HttpProxy proxy = network.proxy().orElseThrow();
                    assertThat(proxy.user()).contains("ann");
                    assertThat(proxy.password()).contains(Secret.of("canary"));
                    assertThat(proxy.isFor(URI.create("https://a.intern.example")))
                            .isFalse();
                    assertThat(proxy.isFor(URI.create("https://redis.example"))).isTrue();
                    assertThat(network.trust()).isPresent();
                    assertThat(context.getBean(NetworkProperties.class) + " " + network)
                            .doesNotContain("canary");
                });
    }

    @Test
    void thePasswordInTheUrlOfTheProxyIsNotShown() {
        application
                .withPropertyValues("ramet.network.proxy=http://ann:canary@proxy.example:3128")
                .run(context -> {
                    Network network = context.getBean(Network.class);
                    assertThat(network.proxy().orElseThrow().password()).contains(Secret.of("canary"));
                    assertThat(context.getBean(NetworkProperties.class) + " " + network)
                            .doesNotContain("canary");
                });
    }

    @ParameterizedTest
    @CsvSource({
        "ramet.network.proxy=https://proxy.example:3128, ramet.network.proxy (not shown): must be http://host:port",
        "ramet.network.proxy-password=canary, ramet.network.proxy-user (none): is required with proxy-password",
        "ramet.network.proxy-user=;ramet.network.proxy-password=canary, ramet.network.proxy-user (none): is required",
        "ramet.network.ssl-bundle=company, ramet.network.ssl-bundle company: there is no SslBundles bean"
    })
    void aWayThatCannotBeTakenIsRefusedByItsProperty(String properties, String complaint) {
        application
                .withPropertyValues(properties.split(";"))
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .isNotNull()
                        .satisfies(failure ->
                                assertThat(context.getStartupFailure()).hasStackTraceContaining(complaint)));
    }

    @Test
    void aKeyPairAssumesARoleAndHealthShowsIt() {
        services.accept("AKIDuser", "canary-permanent-key");
        List<String> observed = new CopyOnWriteArrayList<>();
        ObservationRegistry registry = ObservationRegistry.create();
        registry.observationConfig().observationHandler(new ObservationHandler<Observation.Context>() {
            @Override
            public void onStop(Observation.Context context) {
                observed.add(context.getName() + context.getLowCardinalityKeyValues());
            }

            @Override
            public boolean supportsContext(Observation.Context context) {
                return true;
            }
        });
        application
                .withBean(ObservationRegistry.class, () -> registry)
                .withPropertyValues(
                        "ramet.credentials.secret-id=AKIDuser",
                        "ramet.credentials.secret-key=canary-permanent-key",
                        "ramet.credentials.assume-role.role-arn=" + ROLE,
                        "ramet.credentials.assume-role.duration=15m")
                .run(context -> {
                    Credentials keys = fetched(
                            context.getBean(RametConnectionDetails.class).credentials());
                    assertThat(keys.secretId())
                            .isEqualTo(services.keys().issued().get(0).id());

                    Health health = context.getBean(HealthIndicator.class).health();
                    assertThat(health.getDetails()).containsEntry("credentials", "assumed role " + ROLE);
                    assertThat((Duration) health.getDetails().get("credentialsValidFor"))
                            .isBetween(Duration.ofMinutes(13), Duration.ofMinutes(15));
                    assertThat(health.toString()).doesNotContain("canary");
                });
        assertThat(observed).singleElement().asString().contains("ramet.credentials.refresh", "refreshed", ROLE);
    }

    @Test
    void aWebIdentityNeedsNoKey(@TempDir Path folder) throws Exception {
        Path token = Files.writeString(folder.resolve("token"), "canary-web-token");
        services.acceptWebIdentity("canary-web-token");
        application
                .withPropertyValues(
                        "ramet.credentials.provider=web-identity",
                        "ramet.credentials.web-identity.provider-id=ci",
                        "ramet.credentials.web-identity.role-arn=" + ROLE,
                        "ramet.credentials.web-identity.token-file=" + token)
                .run(context -> assertThat(fetched(context.getBean(CredentialsProvider.class))
                                .secretId())
                        .isEqualTo(services.keys().issued().get(0).id()));
    }

    @Test
    void theApplicationsOwnProviderTakesTheirPlace() {
        application
                .withBean(CredentialsProvider.class, () -> CredentialsProvider.fixed(Credentials.of("own", "key")))
                .withPropertyValues("ramet.credentials.provider=cvm-role")
                .run(context -> {
                    assertThat(context).doesNotHaveBean(RefreshingCredentials.class);
                    assertThat(fetched(context.getBean(RametConnectionDetails.class)
                                            .credentials())
                                    .secretId())
                            .isEqualTo("own");
                });
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ramet.credentials.provider=file                        | ramet.credentials.file (none): is required
            ramet.credentials.provider=web-identity                | ramet.credentials.web-identity.provider-id (none)
            ramet.credentials.assume-role.role-arn=cloner          | ramet.credentials.assume-role.role-arn cloner: must be
            ramet.credentials.profile=../other                     | ramet.credentials.profile ../other: must consist
            ramet.credentials.sts=http://sts.tencentcloudapi.com   | ramet.credentials.sts http://sts
            """)
    void aSettingThatCannotBeIsNamed(String property, String complaint) {
        application
                .withPropertyValues(property)
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .satisfiesAnyOf(
                                cause -> assertThat(cause).hasMessageContaining(complaint),
                                cause -> assertThat(context.getStartupFailure()).hasStackTraceContaining(complaint)));
    }
}
