package io.ramet.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.ramet.model.CloneRequest;
import io.ramet.plan.ClonePlan;
import io.ramet.plan.PlanId;
import io.ramet.reactor.CloneClient;
import io.ramet.reactor.journal.CloneJournal;
import io.ramet.simulator.Simulator;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

class RametAutoConfigurationTest {

    private static final Duration PATIENCE = Duration.ofSeconds(15);

    private final ApplicationContextRunner application = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(RametAutoConfiguration.class))
            .withPropertyValues("ramet.region=ap-guangzhou");

    @Test
    void aFewPropertiesMakeAClientThatClones(@TempDir Path folder) {
        try (Simulator simulator = Simulator.start()) {
            application
                    .withPropertyValues(
                            "ramet.endpoint=" + simulator.uri(),
                            "ramet.credentials.secret-id=" + simulator.secretId(),
                            "ramet.credentials.secret-key=" + simulator.secretKey(),
                            "ramet.journal.file=" + folder.resolve("journal.db"))
                    .run(context -> {
                        assertThat(context).hasNotFailed();
                        CloneClient client = context.getBean(CloneClient.class);
                        assertThat(client.report(plan("order-1", 60))
                                        .block(PATIENCE)
                                        .complete())
                                .isTrue();
                    });
            assertThat(simulator.books().bought()).isEqualTo(60);
            assertThat(folder.resolve("journal.db")).isNotEmptyFile();
        }
    }

    @Test
    void aMissingRegionIsNamedByItsProperty() {
        new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(RametAutoConfiguration.class))
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .isInstanceOf(InvalidSettingException.class)
                        .hasMessage("ramet.region (none): is required, such as ap-guangzhou"));
    }

    @Test
    void ofItsOwnJournalTheApplicationHasTheSay() {
        CloneJournal own = CloneJournal.inMemory();
        application
                .withBean(CloneJournal.class, () -> own)
                .run(context -> assertThat(context).getBean(CloneJournal.class).isSameAs(own));
    }

    private static ClonePlan plan(String id, int goodsNum) {
        return ClonePlan.of(
                PlanId.of(id),
                CloneRequest.builder()
                        .instanceId("crs-xjhsdj12")
                        .backupId("154572601-1165734322-153705740")
                        .goodsNum(goodsNum)
                        .payAsYouGo()
                        .zoneId(100003)
                        .securityGroups("sg-bmadczm1")
                        .noAuth()
                        .build());
    }
}
