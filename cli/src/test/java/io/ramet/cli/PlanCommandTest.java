package io.ramet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.ramet.simulator.Simulator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlanCommandTest {

    private final Session session = new Session();

    @Test
    void showsCallsTimeAndNames() {
        assertThat(plan("--goods-num=95", "--billing=payg", "--instance-name=web", "--plan-id=p"))
                .isEqualTo(0);

        assertThat(session.out())
                .contains("95 pay-as-you-go clones of crs-source12")
                .contains("4 calls: 3 × 30 + 1 × 5")
                .containsPattern("web-[0-9a-z]{12}-0 to web-[0-9a-z]{12}-3");
    }

    @Test
    void isOneNdjsonLinePerCallAndOneForAll() {
        assertThat(plan("--goods-num=250", "--billing=monthly", "--period=12", "--output=ndjson"))
                .isEqualTo(0);

        assertThat(session.json())
                .extracting(line -> line.get("type").asString())
                .containsExactly("chunk", "chunk", "chunk", "plan");
        assertThat(session.lastJson().get("calls").asInt()).isEqualTo(3);
    }

    @Test
    void theSamePlanIdIsTheSamePlan() {
        plan("--goods-num=95", "--billing=payg", "--plan-id=p", "--output=ndjson");
        String once = session.out();
        plan("--goods-num=95", "--billing=payg", "--plan-id=p", "--output=ndjson");

        assertThat(session.out()).isEqualTo(once + once);
    }

    @Test
    void acceptsTheOptionsOfClone() {
        assertThat(plan("--goods-num=5", "--billing=payg", "--region=ap-guangzhou", "--yes", "--max-in-flight=3"))
                .isEqualTo(0);
        assertThat(plan("--goods-num=5", "--billing=payg", "--max-instances=4")).isEqualTo(2);
    }

    @Test
    void missingFieldsAreNamed() {
        assertThat(session.run("plan", "--instance-id=crs-1")).isEqualTo(2);

        assertThat(session.err()).contains("BackupId (none): is required");
    }

    @Test
    void theSkeletonIsAcceptedOnceItIsFilledInAndNotBefore(@TempDir Path folder) throws IOException {
        assertThat(session.run("plan", "--skeleton")).isZero();
        Path file = folder.resolve("request.json");
        Files.writeString(file, session.out());
        assertThat(session.next().run("plan", "--request=" + file)).isEqualTo(2);

        Files.writeString(
                file,
                session.out()
                        .replaceFirst("\"InstanceId\" : null", "\"InstanceId\" : \"crs-source12\"")
                        .replaceFirst("\"BackupId\" : null", "\"BackupId\" : \"1-1-1\"")
                        .replaceFirst("\"ZoneId\" : null", "\"ZoneId\" : 100003")
                        .replaceFirst("\"SecurityGroupIdList\" : null", "\"SecurityGroupIdList\" : [\"sg-bmadczm1\"]"));
        Session filled = session.next();

        assertThat(filled.run("plan", "--request=" + file)).as(filled.err()).isZero();
        assertThat(filled.out()).contains("1 pay-as-you-go clone", "crs-source12");
        assertThat(session.err()).contains("ZoneId", "SecurityGroupIdList");
    }

    @Test
    void theSkeletonOfAnInstanceNamesItsLatestBackup() {
        try (Simulator simulator = Simulator.start()) {
            Session looking = Session.withKeyOf(simulator);

            assertThat(looking.run(
                            "plan",
                            "--skeleton",
                            "--from=crs-source12",
                            "--region=ap-guangzhou",
                            "--endpoint=" + simulator.uri()))
                    .as(looking.err())
                    .isZero();

            assertThat(looking.out())
                    .contains("\"crs-source12\"", "\"154572601-1165734322-153705740\"")
                    .contains("\"ZoneId\" : null");
            assertThat(simulator.books().bought()).isZero();
        }
        assertThat(session.run("plan", "--from=crs-source12")).isEqualTo(2);
    }

    private int plan(String... more) {
        return session.run(Stream.of(List.of("plan"), Fixtures.REQUEST, List.of(more))
                .flatMap(List::stream)
                .toArray(String[]::new));
    }
}
