package shop;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.core.instrument.MeterRegistry;
import io.ramet.model.CloneRequest;
import io.ramet.model.Secret;
import io.ramet.outcome.CloneReport;
import io.ramet.plan.ClonePlan;
import io.ramet.plan.PlanId;
import io.ramet.reactor.CloneClient;
import io.ramet.simulator.Simulator;
import io.ramet.spring.simulator.EnableCloneSimulator;
import java.io.IOException;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;

@SpringBootTest(webEnvironment = WebEnvironment.NONE)
@EnableCloneSimulator
@ExtendWith(OutputCaptureExtension.class)
class ShopTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Autowired
    private CloneClient client;

    @Autowired
    private Simulator simulator;

    @Autowired
    private MeterRegistry meters;

    @Autowired
    private ObjectMapper json;

    @Autowired
    private ApplicationContext context;

    @Test
    void twoHundredAndFiftyAreBoughtOnceInNineCallsAndSeen() throws IOException {
        ClonePlan plan = ClonePlan.of(
                PlanId.of(UUID.randomUUID().toString()),
                CloneRequest.builder()
                        .instanceId("crs-xjhsdj12")
                        .backupId("154572601-1165734322-153705740")
                        .goodsNum(250)
                        .payAsYouGo()
                        .zoneId(100003)
                        .securityGroups("sg-bmadczm1")
                        .vpc("vpc-pxyzim13", "subnet-7jbabche")
                        .password(Secret.of("Boot+Consumer1"))
                        .build());

        CloneReport report = client.cloneReport(plan).block(PATIENCE);
        client.cloneReport(plan).block(PATIENCE);

        assertThat(report.complete()).isTrue();
        assertThat(simulator.books().bought()).isEqualTo(250);
        assertThat(simulator.books().boughtTwice()).isEmpty();
        assertThat(simulator.books().executions()).hasSize(9);
        assertThat(meters.get("ramet.call").timer().count()).isEqualTo(9);
        assertThat(meters.get("ramet.attempt").timer().count()).as("observations").isEqualTo(9);
        assertThat(meters.get("ramet.chunks.in.doubt").gauge().value()).isZero();
        assertThat(json.writeValueAsString(report)).startsWith("{\"type\":\"report\"").contains("\"cloned\":250");
    }

    @Test
    void theLogSaysAtStartThatThereIsNoHealthIndicator(CapturedOutput output) {
        assertThat(context.getBeansOfType(HealthIndicator.class)).doesNotContainKey("rametHealthIndicator");
        try (ConfigurableApplicationContext started = SpringApplication.run(Shop.class)) {
            assertThat(started.getBean(CloneClient.class)).isNotNull();
        }
        assertThat(output).contains("Ramet has no health indicator with Spring Boot 3.5");
    }
}
