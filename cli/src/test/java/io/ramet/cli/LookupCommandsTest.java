package io.ramet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.ramet.reactor.CloneClient;
import io.ramet.sign.Credentials;
import io.ramet.sign.CredentialsProvider;
import io.ramet.simulator.Backup;
import io.ramet.simulator.Fault;
import io.ramet.simulator.Misbehaviour;
import io.ramet.simulator.Simulator;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Everything before a purchase: backups, price, preflight. None of it buys. */
@Timeout(60)
class LookupCommandsTest {

    private static final String SOURCE = "crs-source12";

    private final Simulator simulator = Simulator.builder()
            .backup(Backup.of("1-1-2", SOURCE, ago(1)).lockedByTask())
            .backup(Backup.of("1-1-1", SOURCE, ago(6)))
            .start();
    private final Session session = Session.withKeyOf(simulator);

    @AfterEach
    void stop() {
        simulator.close();
    }

    @Test
    void backupsAreListedNewestFirstWithWhetherTheyCanBeCloned() {
        assertThat(session.run("backups", SOURCE, "--region=ap-guangzhou", "--endpoint=" + simulator.uri()))
                .isZero();

        assertThat(session.out().lines()).allMatch(line -> line.length() <= 80);
        assertThat(session.out())
                .containsSubsequence(
                        "BACKUP", "CLONABLE", "1-1-2", "no", "another task holds it", "1-1-1", "auto", "yes");

        Session json = session.next();
        json.run("backups", SOURCE, "--region=ap-guangzhou", "--endpoint=" + simulator.uri(), "--output=ndjson");
        assertThat(json.json())
                .extracting(line -> line.get("type").asString()
                        + " " + line.get("backupId").asString() + " "
                        + line.get("clonable").asString())
                .containsExactly("backup 1-1-2 no", "backup 1-1-1 yes");
    }

    @ParameterizedTest
    @ValueSource(strings = {"plan", "price", "preflight", "verify"})
    void anOptionOfClonesThatHasNoEffectIsAcceptedAndNotInTheHelp(String command) {
        session.run(command, "--help");
        assertThat(session.out()).contains("--simulate").doesNotContain("--yes ", "--wait ", "--busy-for");

        Session accepted = session.next();
        List<String> words = new ArrayList<>(List.of(command, "--simulate", "--goods-num=1", "--billing=payg"));
        words.addAll(Fixtures.REQUEST);
        words.addAll(List.of("--yes", "--wait", "--busy-for=1s"));
        assertThat(accepted.run(words.toArray(String[]::new))).isNotEqualTo(ExitCode.USAGE);
    }

    @Test
    void anInstanceWithoutBackupsIsExitCodeThree() {
        assertThat(session.run("backups", "crs-other123", "--region=ap-guangzhou", "--endpoint=" + simulator.uri()))
                .isEqualTo(3);
    }

    @Test
    void theLatestBackupIsTheNewestThatCanBeCloned() {
        assertThat(session.run(with("latest", "clone", "--goods-num=1", "--billing=payg", "--yes")))
                .isZero();

        assertThat(simulator.books().arrivals("CloneInstances")).hasSize(1);
        assertThat(session.next().run(with("1-1-1", "clone", "--goods-num=1", "--billing=payg", "--yes")))
                .as("the same request as that of the latest backup")
                .isEqualTo(2);
    }

    @Test
    void withoutABackupThatCanBeClonedNothingIsSentAndNoPasswordIsAsked() {
        Session asked = session.next().password("a-Passw0rd");

        assertThat(asked.run(
                        "clone",
                        "--region=ap-guangzhou",
                        "--endpoint=" + simulator.uri(),
                        "--instance-id=crs-other123",
                        "--backup=latest",
                        "--zone-id=100003",
                        "--security-group=sg-bmadczm1",
                        "--goods-num=1",
                        "--billing=payg"))
                .isEqualTo(2);

        assertThat(asked.err()).contains("ramet backups crs-other123").doesNotContain("password");
        assertThat(simulator.books().bought()).isZero();
    }

    @Test
    void thePriceIsThatOfAllInstances() {
        assertThat(session.run(with("1-1-1", "price", "--goods-num=250", "--billing=payg")))
                .isZero();

        assertThat(session.out()).contains("250 × ", " CNY per hour, about ");
        assertThat(session.out().lines()).allMatch(line -> line.length() <= 80);
        Session json = session.next();
        assertThat(json.run(with("1-1-1", "price", "--goods-num=250", "--billing=payg", "--output=ndjson")))
                .isZero();
        assertThat(json.lastJson().get("type").asString()).isEqualTo("price");
        assertThat(json.lastJson().get("per").asString()).isEqualTo("hour");
        assertThat(json.lastJson().get("total").asDouble())
                .isEqualTo(250 * json.lastJson().get("each").asDouble());
        assertThat(simulator.books().bought()).isZero();
    }

    @Test
    void preflightHasAFindingForEachCheckAndABlockerIsExitCodeThree() {
        assertThat(session.run(with("1-1-1", "preflight", "--goods-num=2", "--billing=payg")))
                .as(session.out())
                .isZero();
        assertThat(session.out()).contains("✓ source ");
        assertThat(session.out().lines()).allMatch(line -> line.length() <= 80);

        simulator.deny("DescribeInstanceBackups", "UnauthorizedOperation");
        Session unknown = session.next();
        assertThat(unknown.run(with("1-1-1", "preflight", "--goods-num=2", "--billing=payg")))
                .isZero();
        assertThat(unknown.out()).contains("? backup ", "redis:DescribeInstanceBackups");
        simulator.allow("DescribeInstanceBackups");

        Session blocked = session.next();
        assertThat(blocked.run(with("1-1-9", "preflight", "--goods-num=2", "--billing=payg")))
                .isEqualTo(3);
        assertThat(blocked.out()).contains("✗ backup ");
        assertThat(simulator.books().bought()).isZero();
    }

    @Test
    void theQuestionBeforeAPurchaseShowsPriceAndBlockers() {
        Session refused = session.next().atTerminal("n\n");

        assertThat(refused.run(with("1-1-9", "clone", "--goods-num=2", "--billing=payg")))
                .isEqualTo(2);

        assertThat(refused.err()).contains("Buy 2 from 127.0.0.1");
        assertThat(simulator.books().bought()).isZero();
        // Without the limit of two seconds, which a busy machine may not keep.
        try (CloneClient client = CloneClient.builder()
                .region("ap-guangzhou")
                .endpoint(simulator.uri())
                .credentials(CredentialsProvider.fixed(Credentials.of(simulator.secretId(), simulator.secretKey())))
                .build()) {
            assertThat(Findings.within(Duration.ofSeconds(40), client.lookups(), Fixtures.plan("order-1", 2), 80))
                    .hasSizeGreaterThan(1)
                    .allMatch(line -> line.startsWith("Price: 2 × ") || line.startsWith("✗ ") || line.startsWith("! "))
                    .anyMatch(line -> line.startsWith("✗ backup "))
                    .element(0)
                    .asString()
                    .startsWith("Price: ");
        }
    }

    @Test
    void aLookUpThatFailsDoesNotHoldUpTheQuestion() {
        simulator.deny("InquiryPriceCreateInstance", "UnauthorizedOperation");
        Session agreed = session.next().atTerminal("y\n");

        assertThat(agreed.run(with("1-1-1", "clone", "--goods-num=2", "--billing=payg")))
                .isZero();

        assertThat(agreed.err()).doesNotContain("Price: ").contains("Buy 2 from");
        assertThat(simulator.books().bought()).isEqualTo(2);
    }

    /** Without the limit, the price would be shown: it comes long before the client gives the look-up up. */
    @Test
    void aPriceThatTakesLongerThanTwoSecondsIsLeftOutOfTheQuestion() {
        simulator.misbehave(
                Misbehaviour.ofAction("InquiryPriceCreateInstance", arrival -> Fault.latency(Duration.ofSeconds(8))));
        Session refused = session.next().atTerminal("n\n");

        assertThat(refused.run(with("1-1-1", "clone", "--goods-num=2", "--billing=payg")))
                .isEqualTo(2);

        assertThat(refused.err()).doesNotContain("Price: ").contains("Buy 2 from");
        assertThat(simulator.books().bought()).isZero();
    }

    @Test
    void sizesAreShownInThreeDigits() {
        assertThat(Stream.of(null, 12L, 1024L, 10_000_000L, 1_600_000_000L, 90_000_000_000L)
                        .map(BackupForm::size))
                .containsExactly("-", "12B", "1.0K", "9.5M", "1.5G", "84G");
    }

    private static Instant ago(int hours) {
        return Instant.now().minus(Duration.ofHours(hours));
    }

    private String[] with(String backup, String command, String... more) {
        return Stream.of(
                        Stream.of(command, "--endpoint=" + simulator.uri(), "--region=ap-guangzhou"),
                        Fixtures.REQUEST.stream().filter(option -> !option.startsWith("--backup")),
                        Stream.of("--backup=" + backup),
                        Stream.of(more))
                .flatMap(options -> options)
                .toArray(String[]::new);
    }
}
