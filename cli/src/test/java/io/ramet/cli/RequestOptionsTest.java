package io.ramet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.ramet.json.RequestJson;
import io.ramet.model.BillingMode;
import io.ramet.model.CloneRequest;
import io.ramet.model.ResourceTag;
import io.ramet.model.Secret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class RequestOptionsTest {

    private static final String FILE = """
            {"InstanceId": "crs-file", "BackupId": "1", "GoodsNum": 2500, "ZoneId": 100003, "BillingMode": 1,
             "Period": 12, "SecurityGroupIdList": ["sg-file"], "Password": "from-file-1", "VPort": 6380,
             "ResourceTags": [{"TagKey": "from", "TagValue": "file"}]}
            """;

    @TempDir
    private Path directory;

    @Test
    void aFileIsEnough() {
        CloneRequest request = request(FILE, "--request=-");

        assertThat(request.goodsNum()).isEqualTo(2500);
        assertThat(request.billingMode()).isEqualTo(BillingMode.MONTHLY);
        assertThat(request.vPort()).isEqualTo(6380);
    }

    @Test
    void optionsAreEnough() {
        CloneRequest request = request(
                "",
                "--instance-id=crs-option",
                "--backup-id=2",
                "--goods-num=7",
                "--billing=monthly",
                "--period=3",
                "--zone-id=5",
                "--security-group=sg-1",
                "--security-group=sg-2",
                "--vpc-id=vpc-1",
                "--subnet-id=subnet-1",
                "--instance-name=option",
                "--no-auth",
                "--tag=a=1",
                "--tag=b=2=3");

        assertThat(request)
                .isEqualTo(CloneRequest.builder()
                        .instanceId("crs-option")
                        .backupId("2")
                        .goodsNum(7)
                        .monthly(3)
                        .zoneId(5)
                        .securityGroups("sg-1", "sg-2")
                        .vpc("vpc-1", "subnet-1")
                        .instanceName("option")
                        .noAuth()
                        .tag("a", "1")
                        .tag("b", "2=3")
                        .build());
    }

    @Test
    void optionsOverrideTheFile() throws IOException {
        Path file = Files.writeString(directory.resolve("request.json"), FILE);

        CloneRequest request =
                request("", "--request=" + file, "--goods-num=3", "--security-group=sg-option", "--tag=from=option");

        assertThat(request.instanceId()).isEqualTo("crs-file");
        assertThat(request.period().months()).isEqualTo(12);
        assertThat(request.goodsNum()).isEqualTo(3);
        assertThat(request.securityGroupIds()).containsExactly("sg-option");
        assertThat(request.resourceTags()).containsExactly(new ResourceTag("from", "option"));
    }

    @Test
    void noAuthOverridesThePasswordOfTheFile() {
        CloneRequest request = request(FILE, "--request=-", "--no-auth");

        assertThat(request.noAuth()).isTrue();
        assertThat(request.password()).isNull();
    }

    @Test
    void thePasswordIsTheFirstLineOfItsFile() throws IOException {
        Path file = Files.writeString(directory.resolve("password"), "first-line-1\nsecond\n");

        assertThat(request(FILE, "--request=-", "--password-file=" + file).password())
                .isEqualTo(Secret.of("first-line-1"));
    }

    @Test
    void brokenJsonIsRefusedWithoutQuotingIt() {
        Session session = new Session().piped("{\"Password\": \"canary-1\", \"GoodsNum\": canary-2 }");

        assertThat(session.run("plan", "--request=-")).isEqualTo(2);

        assertThat(session.err()).contains("--request -").contains("line 1").doesNotContain("canary");
    }

    @Test
    void aFieldThatOccursTwiceIsRefused() {
        Session session = new Session().piped(FILE.replace("\"ZoneId\"", "\"GoodsNum\": 3, \"ZoneId\""));

        assertThat(session.run("plan", "--request=-", "--max-instances=5000")).isEqualTo(2);

        assertThat(session.err()).contains("--request -").contains("line 1");
    }

    @Test
    void aMissingFileIsRefused() {
        Session session = new Session();

        assertThat(session.run("plan", "--request=" + directory.resolve("none")))
                .isEqualTo(2);

        assertThat(session.err()).contains("--request " + directory.resolve("none") + ": does not exist");
    }

    @Test
    void aFileThatCannotBeReadIsRefusedInWords() throws IOException {
        Path latin = Files.write(directory.resolve("latin"), new byte[] {'{', (byte) 0xe9});

        for (String option : List.of("--request=", "--password-file=")) {
            Session folder = new Session();
            assertThat(folder.run("plan", option + directory)).isEqualTo(2);
            assertThat(folder.err()).contains(option.replace("=", "") + " " + directory + ": is a folder");
            Session otherEncoding = new Session();
            assertThat(otherEncoding.run("plan", option + latin)).isEqualTo(2);
            assertThat(otherEncoding.err()).contains(latin + ": is not text in UTF-8");
        }
    }

    @Test
    void anUnknownFieldOfTheFileIsRefused() {
        Session session = new Session().piped(FILE.replace("VPort", "VPorts"));

        assertThat(session.run("plan", "--request=-")).isEqualTo(2);

        assertThat(session.err()).contains("VPorts").doesNotContain("from-file-1");
    }

    @Test
    void allMistakesAreReportedAtOnceWithLineColumnAndTheRightName() {
        Session session = new Session().piped("""
                {"InstanceID": "crs-1",
                 "goods_num": 3,
                 "ZoneId": "canary-100003",
                 "NoAuth": "yes", "Colour": 1,
                 "SecurityGroupIdList": "sg-1"}
                """);

        assertThat(session.run("plan", "--request=-")).isEqualTo(2);

        assertThat(session.err())
                .contains("line 1, column 2: there is no field InstanceID; did you mean InstanceId?")
                .contains("line 2, column 2: there is no field goods_num; did you mean GoodsNum?")
                .contains("line 3, column 2: ZoneId must be a whole number")
                .contains("line 4, column 2: NoAuth must be true or false")
                .contains("line 4, column 19: there is no field Colour\n")
                .contains("line 5, column 2: SecurityGroupIdList must be a list in [ ]")
                .doesNotContain("canary");
    }

    @Test
    void allMissingFieldsAreReportedAtOnce() {
        Session session = new Session();

        assertThat(session.run("plan", "--instance-id=crs-1", "--goods-num=1")).isEqualTo(2);

        assertThat(session.err().lines())
                .containsExactly(
                        "BackupId (none): is required",
                        "ZoneId (none): is required",
                        "BillingMode (none): is required",
                        "SecurityGroupIdList (none): is required");
    }

    @Test
    void everyFieldOfARequestIsAField() {
        assertThat(RequestFile.FIELDS).hasSameSizeAs(CloneRequest.class.getRecordComponents());
        ObjectNode written = (ObjectNode) JsonMapper.shared()
                .readTree(RequestJson.shared()
                        .writeWithoutPassword(RequestJson.shared().read(FULL)));
        assertThat(RequestFile.read("full", FULL).propertyNames()).containsAll(written.propertyNames());
        assertThat(RequestFile.FIELDS.keySet())
                .containsExactlyInAnyOrderElementsOf(
                        RequestFile.read("full", FULL).propertyNames());
    }

    private static final String FULL = """
            {"InstanceId": "crs-1", "BackupId": "1", "GoodsNum": 1, "ZoneId": 100003, "BillingMode": 1, "Period": 1,
             "SecurityGroupIdList": ["sg-1"], "NoAuth": false, "Password": "made-up-0", "EncryptPassword": false,
             "PasswordPolicy": null, "VpcId": "vpc-1", "SubnetId": "subnet-1", "InstanceName": "a", "VPort": 6379,
             "AutoRenew": 1, "NodeSet": null, "ProjectId": 0, "ResourceTags": [{"TagKey": "a", "TagValue": "b"}],
             "TemplateId": "t", "AlarmPolicyList": ["p"], "CloneTime": "2026-11-24 10:00:00", "EnableSSL": false,
             "SSLBindPrivateIPv4": false, "ProductVersion": "local"}
            """;

    @Test
    void aByteOrderMarkIsAccepted() {
        assertThat(request("\ufeff" + FILE, "--request=-").goodsNum()).isEqualTo(2500);
    }

    private static CloneRequest request(String in, String... arguments) {
        RequestOptions options = new RequestOptions();
        new CommandLine(CommandLine.Model.CommandSpec.create()
                        .addMixin("request", CommandLine.Model.CommandSpec.forAnnotatedObject(options)))
                .parseArgs(arguments);
        Session session = new Session().piped(in);
        return options.request(session.context(), false, source -> "latest-of-" + source);
    }
}
