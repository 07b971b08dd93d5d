package io.ramet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.ramet.simulator.Backup;
import io.ramet.simulator.Simulator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

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
    void theSkeletonOfAnInstanceIsFilledInFromItAndCanBePlannedAsItIs(@TempDir Path folder) throws IOException {
        try (Simulator simulator = Simulator.start()) {
            Session looking = Session.withKeyOf(simulator);
            assertThat(skeleton(looking, simulator, "crs-source12"))
                    .as(looking.err())
                    .isZero();
            JsonNode request = Session.parsed(looking.out());
            assertThat(request.get("InstanceId").asString()).isEqualTo("crs-source12");
            assertThat(request.get("BackupId").asString()).isEqualTo("154572601-1165734322-153705740");
            assertThat(request.get("ZoneId").asInt()).isEqualTo(100003);
            assertThat(request.get("VpcId").asString()).isEqualTo("vpc-pxyzim13");
            assertThat(request.get("SubnetId").asString()).isEqualTo("subnet-7jbabche");
            assertThat(request.get("SecurityGroupIdList").toString()).isEqualTo("[\"sg-bmadczm1\"]");
            assertThat(looking.err()).contains("InstanceName", "Password").doesNotContain("ZoneId", "Not looked up");
            Path file = folder.resolve("request.json");
            Files.writeString(file, looking.out());

            assertThat(session.run("plan", "--request=" + file))
                    .as(session.err())
                    .isZero();
            assertThat(simulator.books().bought()).isZero();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "DescribeInstances | ZoneId,VpcId,SubnetId",
                "DescribeInstanceBackups | BackupId",
                "DescribeInstanceSecurityGroup | SecurityGroupIdList"
            })
    void aFieldThatMayNotBeLookedUpStaysNullAndIsNamed(String action, String fields) {
        try (Simulator simulator = Simulator.start()) {
            simulator.deny(action, "UnauthorizedOperation");
            Session looking = Session.withKeyOf(simulator);

            assertThat(skeleton(looking, simulator, "crs-source12"))
                    .as(looking.err())
                    .isZero();

            JsonNode request = Session.parsed(looking.out());
            List<String> refused = List.of(fields.split(","));
            for (String field : List.of("BackupId", "ZoneId", "SecurityGroupIdList", "VpcId", "SubnetId")) {
                assertThat(request.get(field).isNull()).as(field).isEqualTo(refused.contains(field));
            }
            assertThat(looking.err().replaceAll("\\s+", " "))
                    .contains("Not looked up: " + String.join(", ", refused), "redis:" + action);
        }
    }

    @Test
    void theSkeletonOfAnInstanceWithoutABackupThatCanBeClonedSaysWhatWasFound() {
        try (Simulator simulator = Simulator.start()) {
            simulator.backup(Backup.of("1-1-1", "crs-source12", Instant.now().minusSeconds(3600))
                    .lockedByTask());
            Session looking = Session.withKeyOf(simulator);
            Session none = Session.withKeyOf(simulator);

            assertThat(skeleton(looking, simulator, "crs-source12")).isZero();
            assertThat(skeleton(none, simulator, "crs-other123")).isZero();

            assertThat(Session.parsed(looking.out()).get("BackupId").isNull()).isTrue();
            assertThat(looking.err().replaceAll("\\s+", " "))
                    .contains("BackupId: crs-source12 has 1 backup, and none that can certainly be cloned")
                    .doesNotContain("Not looked up");
            assertThat(none.err()).contains("BackupId: crs-other123 has no backup");
        }
    }

    @Test
    void anInstanceThatIsNotListedHasNoSkeleton() {
        try (Simulator simulator =
                Simulator.builder().knownSources("crs-source12").start()) {
            Session looking = Session.withKeyOf(simulator);
            assertThat(skeleton(looking, simulator, "crs-other123")).isEqualTo(ExitCode.USAGE);
            assertThat(looking.err()).contains("--from crs-other123: is not listed in this region");
        }
        assertThat(session.run("plan", "--from=crs-source12")).isEqualTo(2);
    }

    private static int skeleton(Session looking, Simulator simulator, String source) {
        return looking.run(
                "plan", "--skeleton", "--from=" + source, "--region=ap-guangzhou", "--endpoint=" + simulator.uri());
    }

    private int plan(String... more) {
        return session.run(Stream.of(List.of("plan"), Fixtures.REQUEST, List.of(more))
                .flatMap(List::stream)
                .toArray(String[]::new));
    }
}
