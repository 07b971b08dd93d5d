package io.ramet.spring.simulator;

import io.ramet.sign.Credentials;
import io.ramet.sign.CredentialsProvider;
import io.ramet.simulator.Simulator;
import io.ramet.spring.RametConnectionDetails;
import java.net.URI;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Fallback;
import org.springframework.context.annotation.Lazy;

/** A simulator and its connection details. */
@Configuration(proxyBeanMethods = false)
final class SimulatorConfiguration {

    SimulatorConfiguration() {}

    /** Is started only if the application has no simulator of its own. */
    @Bean
    @Lazy
    @Fallback
    Simulator cloneSimulator() {
        return Simulator.start();
    }

    @Bean
    SimulatorConnection cloneSimulatorConnection(
            Simulator simulator, @Value("${ramet.region:ap-guangzhou}") String region) {
        return new SimulatorConnection(
                region,
                simulator.uri(),
                CredentialsProvider.fixed(Credentials.of(simulator.secretId(), simulator.secretKey())));
    }

    record SimulatorConnection(String region, URI endpoint, CredentialsProvider credentials)
            implements RametConnectionDetails {}
}
