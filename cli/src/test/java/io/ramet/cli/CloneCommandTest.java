package io.ramet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.ramet.simulator.Fault;
import io.ramet.simulator.Fault.Stage;
import io.ramet.simulator.Misbehaviour;
import io.ramet.simulator.Simulator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class CloneCommandTest {

    private final Simulator simulator = Simulator.start();
    private final Session session = Session.withKeyOf(simulator);

    @AfterEach
    void stop() {
        simulator.close();
    }

    @Test
    void exits0WhenAllAreCloned() {
        assertThat(session.clone(simulator, "--goods-num=65", "--billing=payg", "--yes"))
                .isEqualTo(0);

        assertThat(simulator.books().bought()).isEqualTo(65);
        assertThat(session.out().lines()).hasSize(4).last().asString().contains("65 of 65 cloned in 3 deals");
        assertThat(session.err()).contains("3 calls: 2 × 30 + 1 × 5").contains("65 of 65 cloned");
    }

    @Test
    void aClonedChunkIsAnNdjsonLineOfItsDeal() {
        session.clone(simulator, "--goods-num=3", "--billing=payg", "--yes", "--output=ndjson");

        JsonNode line = session.json().get(0);
        assertThat(line.propertyNames())
                .containsExactlyInAnyOrder(
                        "type", "outcome", "chunk", "goodsNum", "dealId", "dealName", "instanceIds", "requestId");
        assertThat(line.get("type").asString()).isEqualTo("outcome");
        assertThat(line.get("outcome").asString()).isEqualTo("cloned");
        assertThat(line.get("chunk").asInt()).isZero();
        assertThat(line.get("goodsNum").asInt()).isEqualTo(3);
        assertThat(line.get("instanceIds").valueStream().map(JsonNode::asString))
                .containsExactlyInAnyOrderElementsOf(simulator.books().instanceIds());
        assertThat(line.get("dealId").asString())
                .isEqualTo(simulator.books().executions().get(0).dealId());
    }

    @Test
    void theLastNdjsonLineIsTheReport() {
        session.clone(
                simulator,
                "--goods-num=250",
                "--billing=monthly",
                "--period=1",
                "--yes",
                "--output=ndjson",
                "--plan-id=order-7");

        JsonNode report = session.lastJson();
        assertThat(report.propertyNames())
                .containsExactly(
                        "type", "planId", "requested", "cloned", "notCloned", "inDoubt", "deals", "audited", "seconds");
        assertThat(report.get("type").asString()).isEqualTo("report");
        assertThat(report.get("planId").asString()).isEqualTo("order-7");
        assertThat(List.of("requested", "cloned", "notCloned", "inDoubt", "deals"))
                .extracting(field -> report.get(field).asInt())
                .containsExactly(250, 250, 0, 0, 3);
        assertThat(report.get("audited").asBoolean()).isTrue();
        assertThat(report.get("seconds").isDouble()).isTrue();
    }

    @Test
    void absentFieldsAreLeftOut() {
        simulator.misbehave(Misbehaviour.always(Fault.withoutDealId()));

        session.clone(simulator, "--goods-num=1", "--billing=payg", "--yes", "--output=ndjson");

        assertThat(session.json().get(0).has("dealId")).isFalse();
        assertThat(session.json().get(0).has("dealName")).isTrue();
    }

    @Test
    void exits3WhenSomeAreNotCloned() {
        simulator.misbehave(Misbehaviour.always(Fault.error("ResourceUnavailable.SaleOut", false)));

        assertThat(session.clone(simulator, "--goods-num=45", "--billing=payg", "--yes", "--output=ndjson"))
                .isEqualTo(3);

        JsonNode line = session.json().get(0);
        assertThat(line.propertyNames())
                .containsExactlyInAnyOrder("type", "outcome", "chunk", "goodsNum", "requestId", "code", "message");
        assertThat(line.get("outcome").asString()).isEqualTo("not-cloned");
        assertThat(line.get("code").asString()).isEqualTo("ResourceUnavailable.SaleOut");
        assertThat(session.lastJson().get("notCloned").asInt()).isEqualTo(45);
        assertThat(session.err()).contains("To send what was not sent:").contains("  ramet resume ");
    }

    @Test
    void aChunkRefusedForStockIsSaidToBeSentAgainAfterALag() {
        simulator.misbehave(Misbehaviour.always(Fault.error("ResourceUnavailable.SaleOut", false)));
        session.clone(simulator, "--goods-num=45", "--billing=payg", "--yes");

        assertThat(session.err()).contains("stock, quota or balance").contains("--visibility-lag");

        Session forbidden = Session.withKeyOf(simulator);
        simulator.misbehave(Misbehaviour.always(Fault.error("UnauthorizedOperation.NoCAMAuthed", false)));
        forbidden.clone(simulator, "--goods-num=45", "--billing=payg", "--yes");

        assertThat(forbidden.err()).contains("To send what was not sent:").doesNotContain("stock");
    }

    @Test
    void aPlanThatIsAlreadyCompleteSaysWhyItIsNotAudited() {
        session.clone(simulator, "--goods-num=1", "--billing=payg", "--yes", "--plan-id=order-1");
        session.clone(simulator, "--goods-num=1", "--billing=payg", "--yes", "--plan-id=order-1");

        assertThat(session.out()).contains("1 of 1 cloned in 1 deal, audited", "not audited: nothing was sent");
    }

    @Test
    void exits4WhenSomeAreInDoubt() {
        simulator.misbehave(Misbehaviour.always(Fault.reset(Stage.AFTER_EXECUTING)));

        assertThat(session.clone(
                        simulator,
                        "--goods-num=7",
                        "--billing=payg",
                        "--yes",
                        "--output=ndjson",
                        "--reconcile-for=0s",
                        "--audit-for=0s"))
                .isEqualTo(4);

        JsonNode line = session.json().get(0);
        assertThat(line.propertyNames()).containsExactlyInAnyOrder("type", "outcome", "chunk", "goodsNum", "message");
        assertThat(line.get("outcome").asString()).isEqualTo("in-doubt");
        assertThat(line.get("message").asString())
                .contains("look up InstanceName "
                        + simulator.books().executions().get(0).instanceName());
        assertThat(session.lastJson().get("inDoubt").asInt()).isEqualTo(7);
    }

    @Test
    void theAuditSettlesAChunkInDoubtAndItsDealIsPrinted() {
        simulator.misbehave(Misbehaviour.scripted(Fault.reset(Stage.AFTER_EXECUTING)));

        assertThat(session.clone(
                        simulator,
                        "--goods-num=37",
                        "--billing=payg",
                        "--yes",
                        "--output=ndjson",
                        "--reconcile-for=0s"))
                .isZero();

        // Either chunk may be the first to arrive.
        int doubted = session.json().stream()
                .filter(line -> line.path("outcome").asString("").equals("in-doubt"))
                .findFirst()
                .orElseThrow()
                .get("chunk")
                .asInt();
        assertThat(session.json().stream().filter(line -> line.path("chunk").asInt(-1) == doubted))
                .extracting(line -> line.get("outcome").asString())
                .containsExactly("in-doubt", "cloned");
        assertThat(session.lastJson().get("cloned").asInt()).isEqualTo(37);
        assertThat(session.lastJson().get("inDoubt").asInt()).isZero();
        assertThat(session.lastJson().get("audited").asBoolean()).isTrue();
    }

    @Test
    void anAuditThatIsSwitchedOffOrFailsSaysSo() {
        session.clone(simulator, "--goods-num=1", "--billing=payg", "--yes", "--audit-for=0s");
        assertThat(session.out()).contains("not audited: no audit was made");

        Session json = Session.withKeyOf(simulator);
        simulator.misbehave(Misbehaviour.ofAction(
                "DescribeInstances", arrival -> Fault.error("UnauthorizedOperation.NoCAMAuthed", false)));
        json.clone(simulator, "--goods-num=1", "--billing=payg", "--yes", "--output=ndjson");

        assertThat(json.lastJson().get("audited").asBoolean()).isFalse();
        assertThat(json.lastJson().get("notAudited").asString()).contains("NoCAMAuthed");
    }

    @Test
    void instancesThatWereNotRequestedAreListedAndExit1() {
        simulator.misbehave(Misbehaviour.scripted(Fault.executedTwice()));

        assertThat(session.clone(simulator, "--goods-num=2", "--billing=payg", "--yes"))
                .isEqualTo(1);

        assertThat(session.out()).contains("2 MORE THAN REQUESTED").containsPattern("NOT REQUESTED: crs-\\w+");
    }

    @Test
    void aKeyThatTheServerRefusesIsNamedAsTheReasonAndNotAPermission() {
        simulator.misbehave(Misbehaviour.ofAction(
                "DescribeInstances", arrival -> Fault.error("AuthFailure.SignatureFailure", false)));

        assertThat(session.clone(simulator, "--goods-num=1", "--billing=payg", "--yes", "--plan-id=order-1"))
                .isEqualTo(5);

        assertThat(session.err())
                .contains("the server refuses the credentials")
                .contains("ramet whoami")
                .doesNotContain("redis:DescribeInstances", "unverified");
    }

    @Test
    void aPlanThatCannotBeVerifiedIsSentOnlyIfTheOptionSaysSo() {
        simulator.misbehave(Misbehaviour.ofAction(
                "DescribeInstances", arrival -> Fault.error("UnauthorizedOperation.NoCAMAuthed", false)));

        assertThat(session.clone(simulator, "--goods-num=1", "--billing=payg", "--yes", "--plan-id=order-1"))
                .isEqualTo(5);
        assertThat(session.err()).contains("redis:DescribeInstances").contains("--unverified-plans send");
        assertThat(simulator.books().bought()).isZero();

        assertThat(session.clone(
                        simulator,
                        "--goods-num=1",
                        "--billing=payg",
                        "--yes",
                        "--plan-id=order-1",
                        "--unverified-plans=send"))
                .isZero();
        assertThat(simulator.books().bought()).isEqualTo(1);
    }

    @Test
    void clonesWithAChineseNameAreFoundByTheirName() {
        simulator.misbehave(Misbehaviour.scripted(Fault.reset(Stage.AFTER_EXECUTING)));

        assertThat(session.clone(simulator, "--goods-num=37", "--billing=payg", "--yes", "--instance-name=克隆-节点"))
                .isZero();

        assertThat(simulator.books().bought()).isEqualTo(37);
        assertThat(simulator.books().executions())
                .allSatisfy(bought -> assertThat(bought.instanceName()).matches("克隆-节点-\\w{12}-[01]"));
        assertThat(session.out()).contains("37 of 37 cloned in 2 deals, audited");
    }

    @Test
    void aLostResponseIsSettledByALookUp() {
        simulator.misbehave(Misbehaviour.scripted(Fault.reset(Stage.AFTER_EXECUTING)));

        assertThat(session.clone(simulator, "--goods-num=7", "--billing=payg", "--yes", "--reconcile-for=3s"))
                .isEqualTo(0);

        assertThat(simulator.books().bought()).isEqualTo(7);
    }

    @Test
    void bothNotClonedAndInDoubtExits4() {
        simulator.misbehave(
                Misbehaviour.scripted(Fault.reset(Stage.AFTER_EXECUTING), Fault.error("InvalidParameterValue", false)));

        assertThat(session.clone(
                        simulator,
                        "--goods-num=60",
                        "--billing=payg",
                        "--yes",
                        "--max-in-flight=1",
                        "--reconcile-for=0s",
                        "--audit-for=0s"))
                .isEqualTo(4);

        assertThat(session.out()).contains("not cloned").contains("IN DOUBT");
    }

    @Test
    void exits5WithAWrongKey() {
        session.credentials(simulator.secretId(), "not the key");

        assertThat(session.clone(simulator, "--goods-num=200", "--billing=payg", "--yes"))
                .isEqualTo(5);

        assertThat(session.out()).contains("AuthFailure").contains("0 of 200 cloned");
        assertThat(simulator.books().bought()).isZero();
    }

    @Test
    void exits5WithoutCredentials() {
        assertThat(new Session().clone(simulator, "--goods-num=1", "--billing=payg", "--yes"))
                .isEqualTo(5);

        assertThat(simulator.books().arrivals()).isEmpty();
    }

    @Test
    void exits5WithoutBalanceAlthoughTheFirstOrderIsInDoubt() {
        simulator.misbehave(Misbehaviour.always(Fault.error("FailedOperation.PayFailed", false)));

        assertThat(session.clone(
                        simulator,
                        "--goods-num=60",
                        "--billing=payg",
                        "--yes",
                        "--max-in-flight=1",
                        "--reconcile-for=0s"))
                .isEqualTo(5);
    }

    @Test
    void exits2AndSendsNothingForAnInvalidRequest() {
        assertThat(session.clone(simulator, "--goods-num=0", "--billing=payg", "--yes"))
                .isEqualTo(2);

        assertThat(session.err()).contains("goodsNum 0: must be 1 or more");
        assertThat(simulator.books().arrivals()).isEmpty();
    }

    @Test
    void exits2AndSendsNothingAboveTheSpendingCap() {
        assertThat(session.clone(simulator, "--goods-num=1001", "--billing=monthly", "--period=1", "--yes"))
                .isEqualTo(2);

        assertThat(session.err()).contains("--max-instances");
        assertThat(simulator.books().arrivals()).isEmpty();
    }

    @Test
    void exits2AndSendsNothingWithoutTerminalAndWithoutYes() {
        assertThat(session.clone(simulator, "--goods-num=1", "--billing=payg")).isEqualTo(2);

        assertThat(session.err()).contains("1 call: 1 × 1").contains("no --yes");
        assertThat(simulator.books().arrivals()).isEmpty();
    }

    @Test
    void asksAtATerminalAndSendsNothingOnNo() {
        assertThat(session.atTerminal("n\n").clone(simulator, "--goods-num=1", "--billing=payg"))
                .isEqualTo(2);

        assertThat(session.err()).contains("Buy 1 from 127.0.0.1, region ap-guangzhou? [y/N]");
        assertThat(simulator.books().arrivals("CloneInstances")).isEmpty();
    }

    @Test
    void asksAtATerminalAndBuysOnYes() {
        assertThat(session.atTerminal("y\n").clone(simulator, "--goods-num=1", "--billing=payg"))
                .isEqualTo(0);

        assertThat(simulator.books().bought()).isEqualTo(1);
    }

    @Test
    void aJournalInADatabaseThatIsNotSpokenIsAUsageError() {
        assertThat(session.clone(simulator, "--goods-num=1", "--billing=payg", "--yes", "--journal=jdbc:h2:mem:x"))
                .isEqualTo(2);

        assertThat(session.err()).contains("--journal jdbc:h2:...: must be a path");
        assertThat(session.clone(
                        simulator,
                        "--goods-num=1",
                        "--billing=payg",
                        "--yes",
                        "--journal=jdbc:mariadb://root:canary@db/clones"))
                .isEqualTo(2);
        assertThat(session.err())
                .contains("--journal jdbc:mariadb:...: cannot be read: the drivers of MySQL and MariaDB")
                .doesNotContain("canary");
        assertThat(simulator.books().arrivals()).isEmpty();
    }

    @Test
    void plainHttpToAnotherMachineIsRefused() {
        assertThat(session.run("clone", "--simulate", "--endpoint=http://redis.example.com"))
                .isEqualTo(2);
        assertThat(session.run(arguments("clone", "--region=r", "--endpoint=http://redis.example.com", "--yes")))
                .isEqualTo(2);

        assertThat(session.err()).contains("must be https");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"https://me:canary@redis.example.com", "http://me:canary@127.0.0.1", "https://canary pass@x"})
    void aPasswordInTheEndpointIsRefusedAndNotPrinted(String endpoint) {
        assertThat(session.run(arguments("clone", "--region=r", "--endpoint=" + endpoint, "--yes")))
                .isEqualTo(2);

        assertThat(session.err()).contains("--endpoint").contains("TENCENTCLOUD_SECRET_KEY");
        assertThat(session.err() + session.out()).doesNotContain("canary");
    }

    @Test
    void withoutRegionIsAUsageError() {
        assertThat(session.run(arguments("clone", "--yes"))).isEqualTo(2);

        assertThat(session.err()).contains("--region is required");
    }

    @Test
    void simulateNeedsNeitherRegionNorKey() {
        Session bare = new Session();

        assertThat(bare.run(arguments("clone", "--yes", "--simulate", "--output=ndjson")))
                .isEqualTo(0);

        assertThat(bare.lastJson().get("cloned").asInt()).isEqualTo(31);
    }

    @Test
    void anUnknownOptionExits2() {
        assertThat(session.clone(simulator, "--goods-number=1")).isEqualTo(2);
        assertThat(session.clone(simulator, "--call-timeout=soon")).isEqualTo(2);
        assertThat(session.clone(simulator, "--billing=yearly")).isEqualTo(2);
    }

    @Test
    void thePasswordIsNeverPrinted(@TempDir Path directory) throws IOException {
        Path password = Files.writeString(directory.resolve("password"), "canary-Pass-1\nanother line\n");
        simulator.misbehave(
                Misbehaviour.scripted(Fault.none(), Fault.error("InvalidParameterValue.PasswordRuleError", false)));

        session.run(
                "clone",
                "--endpoint=" + simulator.uri(),
                "--region=ap-guangzhou",
                "--instance-id=crs-source12",
                "--backup-id=1",
                "--zone-id=1",
                "--security-group=sg-1",
                "--goods-num=60",
                "--billing=payg",
                "--password-file=" + password,
                "--max-in-flight=1",
                "--yes");

        assertThat(simulator.books().bought()).isEqualTo(30);
        assertThat(session.out() + session.err()).doesNotContain("canary").doesNotContain("another line");
    }

    private static String[] arguments(String command, String... more) {
        return Stream.of(List.of(command, "--goods-num=31", "--billing=payg"), Fixtures.REQUEST, List.of(more))
                .flatMap(List::stream)
                .toArray(String[]::new);
    }
}
