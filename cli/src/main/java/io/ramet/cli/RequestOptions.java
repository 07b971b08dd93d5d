package io.ramet.cli;

import io.ramet.error.InvalidValueException;
import io.ramet.json.RequestJson;
import io.ramet.model.BillingMode;
import io.ramet.model.CloneRequest;
import io.ramet.model.Secret;
import io.ramet.reactor.journal.StoredPlan;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The clone request: a file with the API's own field names, and options that override it. */
final class RequestOptions {

    private static final List<String> REQUIRED =
            List.of("InstanceId", "BackupId", "GoodsNum", "ZoneId", "BillingMode", "SecurityGroupIdList");

    private static final String LATEST = "latest";

    /** Takes the place of a password that is not needed, because nothing is sent to a server that sells. */
    static final Secret NO_PASSWORD = Secret.of("Not-a-passw0rd-of-any-plan");

    /** The names of the billing modes as they are typed. */
    enum Billing {
        payg(BillingMode.PAY_AS_YOU_GO),
        monthly(BillingMode.MONTHLY);

        private final BillingMode mode;

        Billing(BillingMode mode) {
            this.mode = mode;
        }
    }

    @Option(
            names = "--request",
            paramLabel = "FILE|-",
            description = "JSON with the API's own field names, GoodsNum of any size; - reads it from standard input.")
    private @Nullable String request;

    @Option(names = "--instance-id", paramLabel = "ID", description = "The source instance, such as crs-xjhsdj12.")
    private @Nullable String instanceId;

    @Option(
            names = {"--backup", "--backup-id"},
            paramLabel = "ID|latest",
            description = "The backup to clone from; latest looks up the newest one that can be cloned.")
    private @Nullable String backupId;

    @Option(names = "--goods-num", paramLabel = "N", description = "How many clones: any number from 1.")
    private @Nullable Integer goodsNum;

    @Option(names = "--billing", paramLabel = "payg|monthly", description = "Pay as you go, or by the month.")
    private @Nullable Billing billing;

    @Option(
            names = "--period",
            paramLabel = "MONTHS",
            description = "The number of months that monthly clones are paid for; required for them.")
    private @Nullable Integer period;

    @Option(names = "--zone-id", paramLabel = "N", description = "The zone of the clones, such as 100003.")
    private @Nullable Integer zoneId;

    @Option(names = "--security-group", paramLabel = "ID", description = "A security group; repeatable.")
    private List<String> securityGroups = List.of();

    @Option(names = "--vpc-id", paramLabel = "ID", description = "The VPC; with --subnet-id.")
    private @Nullable String vpcId;

    @Option(names = "--subnet-id", paramLabel = "ID", description = "The subnet in the VPC.")
    private @Nullable String subnetId;

    @Option(
            names = "--instance-name",
            paramLabel = "NAME",
            description = "The beginning of each clone's name; a mark is appended to it.")
    private @Nullable String instanceName;

    @Option(names = "--no-auth", description = "The clones accept connections without a password.")
    private boolean noAuth;

    @Option(
            names = "--password-file",
            paramLabel = "FILE",
            description =
                    "The clones' password is the first line of this file; without it, ramet asks at the terminal.")
    private @Nullable Path passwordFile;

    @Option(names = "--tag", paramLabel = "K=V", description = "A tag for each clone; repeatable.")
    private Map<String, String> tags = new LinkedHashMap<>();

    private boolean isLatestBackup;

    /**
     * Combines the file with the options. If the clones have a password and none is given, asks for it at the terminal.
     *
     * @param sells whether the request goes to a server that sells; if not, no password is requested
     * @param latestBackup looks up the newest backup of an instance
     * @return the request
     * @throws InvalidValueException if a rule is broken, or a file cannot be read
     */
    CloneRequest request(CliContext context, boolean sells, UnaryOperator<String> latestBackup) {
        ObjectNode fields = file(context.in());
        if (noAuth) {
            fields.without(List.of("Password", "EncryptPassword")).put("NoAuth", true);
        }
        if (passwordFile != null) {
            fields.without(noAuth ? List.of() : List.of("NoAuth", "EncryptPassword"))
                    .put("Password", firstLine("--password-file", passwordFile));
        }
        override(fields);
        requireAll(fields);
        boolean passwordIsMissing = !fields.path("NoAuth").asBoolean(false)
                && !fields.path("Password").isString();
        isLatestBackup = LATEST.equals(fields.path("BackupId").asString(""));
        if (isLatestBackup) {
            fields.put("BackupId", latestBackup.apply(fields.path("InstanceId").asString("")));
        }
        CloneRequest request = read(fields, passwordIsMissing ? NO_PASSWORD : null);
        return passwordIsMissing && sells
                ? read(fields, askForPassword(context, "--password-file FILE, or --no-auth for clones without one"))
                : request;
    }

    /** {@return whether the backup of the last request was looked up} */
    boolean isLatestBackup() {
        return isLatestBackup;
    }

    private static CloneRequest read(ObjectNode fields, @Nullable Secret password) {
        if (password != null) {
            fields.put("Password", password.reveal());
        }
        return RequestJson.shared().read(fields.toString());
    }

    private static void requireAll(ObjectNode fields) {
        List<String> missing = REQUIRED.stream()
                .filter(field ->
                        fields.path(field).isMissingNode() || fields.path(field).isNull())
                .toList();
        if (!missing.isEmpty()) {
            throw new InvalidValueException(
                    missing.get(0),
                    "(none)",
                    "is required"
                            + missing.stream()
                                    .skip(1)
                                    .map(field -> System.lineSeparator() + field + " (none): is required")
                                    .collect(Collectors.joining()));
        }
    }

    /**
     * Asks for the clones' password.
     *
     * @param otherwise the other ways to give it, for the message of the exception
     * @throws InvalidValueException if there is no terminal to ask at
     */
    static Secret askForPassword(CliContext context, String otherwise) {
        return Optional.of(context)
                .filter(CliContext::terminal)
                .flatMap(present -> present.passwordPrompt().apply("The clones' password (not shown): "))
                .filter(typed -> !typed.isEmpty())
                .map(Secret::of)
                .orElseThrow(() -> new InvalidValueException("Password", "(none)", "is required: " + otherwise));
    }

    /** {@return the password in a request file} */
    static Secret passwordOf(String file, CliContext context) {
        RequestOptions options = new RequestOptions();
        options.request = file;
        JsonNode password = options.file(context.in()).path("Password");
        InvalidValueException.unless(password.isString(), "--request", file, "must hold the Password of the clones");
        return Secret.of(password.asString());
    }

    @Nullable
    Path passwordFile() {
        return passwordFile;
    }

    private void override(ObjectNode fields) {
        JsonLines.put(fields, "InstanceId", instanceId);
        JsonLines.put(fields, "BackupId", backupId);
        number(fields, "GoodsNum", goodsNum);
        number(fields, "BillingMode", billing == null ? null : billing.mode.wireValue());
        number(fields, "Period", period);
        number(fields, "ZoneId", zoneId);
        JsonLines.put(fields, "VpcId", vpcId);
        JsonLines.put(fields, "SubnetId", subnetId);
        JsonLines.put(fields, "InstanceName", instanceName);
        if (!securityGroups.isEmpty()) {
            ArrayNode ids = fields.putArray("SecurityGroupIdList");
            securityGroups.forEach(ids::add);
        }
        if (!tags.isEmpty()) {
            ArrayNode list = fields.putArray("ResourceTags");
            tags.forEach((key, value) -> list.addObject().put("TagKey", key).put("TagValue", value));
        }
    }

    private static void number(ObjectNode fields, String name, @Nullable Integer value) {
        if (value != null) {
            fields.put(name, value);
        }
    }

    private ObjectNode file(BufferedReader in) {
        if (request == null) {
            return JsonNodeFactory.instance.objectNode();
        }
        try {
            return RequestFile.read(request, text(request, in));
        } catch (IOException | UncheckedIOException e) {
            throw unreadable("--request", request, e);
        }
    }

    private static String text(String file, BufferedReader in) throws IOException {
        return file.equals("-")
                ? in.lines().collect(Collectors.joining("\n"))
                : Files.readString(Path.of(file), StandardCharsets.UTF_8);
    }

    /** {@return whether the clones of a plan have a password, which no journal keeps} */
    static boolean needsPassword(StoredPlan plan) {
        return !plan.fields().isTrue("NoAuth");
    }

    /** {@return the first line of the file that an option names} */
    static String firstLine(String option, Path file) {
        try (Stream<String> lines = Files.lines(file, StandardCharsets.UTF_8)) {
            return lines.findFirst().orElseThrow(() -> new InvalidValueException(option, file, "must not be empty"));
        } catch (IOException | UncheckedIOException e) {
            throw unreadable(option, file.toString(), e);
        }
    }

    private static InvalidValueException unreadable(String option, String file, Exception e) {
        IOException trouble = e instanceof IOException direct ? direct : new IOException(e.getMessage(), e.getCause());
        if (e.getCause() instanceof IOException cause) {
            trouble = cause;
        }
        return new InvalidValueException(option, file, FileTrouble.words(Path.of(file), trouble));
    }
}
