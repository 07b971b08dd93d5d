package io.ramet.simulator;

import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/** A CloneInstances request that has passed validation. It never holds or quotes the password. */
record CloneOrder(
        String sourceId,
        String backupId,
        int goodsNum,
        int billingMode,
        int period,
        long zoneId,
        String instanceName,
        String vpcId,
        String subnetId,
        int port,
        boolean noAuth,
        int autoRenew,
        long projectId,
        List<String> securityGroups,
        String templateId,
        List<Tag> tags) {

    static final int PAY_AS_YOU_GO = 0;
    static final int PREPAID = 1;

    private static final JsonSchema SCHEMA = JsonSchema.object()
            .required(JsonSchema.STRING, "InstanceId", "BackupId")
            .required(JsonSchema.INTEGER, "GoodsNum", "BillingMode", "Period")
            .required(JsonSchema.UNSIGNED, "ZoneId")
            .required(JsonSchema.arrayOf(JsonSchema.STRING), "SecurityGroupIdList")
            .optional(JsonSchema.STRING, "VpcId", "SubnetId", "InstanceName", "Password", "TemplateId")
            .optional(JsonSchema.STRING, "CloneTime", "ProductVersion")
            .optional(JsonSchema.BOOLEAN, "NoAuth", "EncryptPassword", "EnableSSL", "SSLBindPrivateIPv4")
            .optional(JsonSchema.INTEGER, "AutoRenew", "VPort", "ProjectId")
            .optional(JsonSchema.arrayOf(JsonSchema.STRING), "AlarmPolicyList")
            .optional(JsonSchema.arrayOf(Tag.SCHEMA), "ResourceTags")
            .optional(
                    JsonSchema.arrayOf(JsonSchema.object()
                            .required(JsonSchema.INTEGER, "NodeType")
                            .optional(JsonSchema.INTEGER, "NodeId")
                            .optional(JsonSchema.UNSIGNED, "ZoneId")
                            .optional(JsonSchema.STRING, "ZoneName")),
                    "NodeSet")
            .optional(
                    JsonSchema.object()
                            .required(JsonSchema.BOOLEAN, "Enabled")
                            .optional(
                                    JsonSchema.INTEGER,
                                    "MinLetterCount",
                                    "MinDigitCount",
                                    "MinSpecialCount",
                                    "MinLength"),
                    "PasswordPolicy");

    private static final Set<Long> PREPAID_PERIODS =
            Set.of(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L, 10L, 11L, 12L, 24L, 36L, 48L, 60L);
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_\\p{IsHan}-]{1,60}");
    private static final Pattern TIME = Pattern.compile("\\d{4}-\\d{2}-\\d{2} \\d{2}:\\d{2}:\\d{2}");

    private static final String SPECIALS = "()`~!@#$%^&*-+=_|{}[]:;<>,.?/";
    private static final Pattern PASSWORD = Pattern.compile("[a-zA-Z0-9" + Pattern.quote(SPECIALS) + "]{8,64}");
    private static final List<Pattern> PASSWORD_KINDS = Stream.of(
                    "[a-z]", "[A-Z]", "[0-9]", "[" + Pattern.quote(SPECIALS) + "]")
            .map(Pattern::compile)
            .toList();

    /** A tag of an instance. */
    record Tag(String key, String value) {

        static final JsonSchema SCHEMA = JsonSchema.object().required(JsonSchema.STRING, "TagKey", "TagValue");

        static List<Tag> listIn(JsonNode parameters, String name) {
            return parameters.path(name).valueStream().map(Tag::of).toList();
        }

        private static Tag of(JsonNode tag) {
            return new Tag(tag.get("TagKey").asString(), tag.get("TagValue").asString());
        }

        void writeTo(ArrayNode tags) {
            tags.addObject().put("TagKey", key).put("TagValue", value);
        }
    }

    static CloneOrder of(JsonNode parameters) {
        SCHEMA.check("", parameters);
        notEmpty(parameters, "InstanceId", "BackupId");
        long mode = within(parameters, "BillingMode", PAY_AS_YOU_GO, PREPAID, PAY_AS_YOU_GO);
        checkGoodsNum(parameters.get("GoodsNum").longValue(), mode);
        checkPeriod(parameters.get("Period").longValue(), mode);
        checkNetwork(parameters);
        checkName(parameters);
        checkNewerFields(parameters);
        checkPolicy(parameters.path("PasswordPolicy"));
        checkPassword(parameters);
        return new CloneOrder(
                parameters.get("InstanceId").stringValue(),
                parameters.get("BackupId").stringValue(),
                parameters.get("GoodsNum").intValue(),
                (int) mode,
                parameters.get("Period").intValue(),
                parameters.get("ZoneId").longValue(),
                parameters.path("InstanceName").asString(""),
                parameters.path("VpcId").asString(""),
                parameters.path("SubnetId").asString(""),
                (int) within(parameters, "VPort", 1024, 65535, 6379),
                parameters.path("NoAuth").asBoolean(false),
                (int) within(parameters, "AutoRenew", 0, 2, 0),
                parameters.path("ProjectId").asLong(0),
                parameters
                        .get("SecurityGroupIdList")
                        .valueStream()
                        .map(JsonNode::stringValue)
                        .toList(),
                parameters.path("TemplateId").asString(""),
                Tag.listIn(parameters, "ResourceTags"));
    }

    /** A source of clones is described by the order that would have bought it. */
    static CloneOrder ofSource(Source source) {
        return new CloneOrder(
                "",
                "",
                1,
                source.billingMode(),
                1,
                100003,
                source.instanceId(),
                "vpc-pxyzim13",
                "subnet-7jbabche",
                6379,
                false,
                0,
                0,
                List.of(SecurityGroups.USUAL),
                "",
                List.of());
    }

    private static void notEmpty(JsonNode parameters, String... names) {
        for (String name : names) {
            if (parameters.get(name).stringValue().isBlank()) {
                throw Parameters.empty(name);
            }
        }
        if (parameters.get("SecurityGroupIdList").isEmpty()) {
            throw Parameters.empty("SecurityGroupIdList");
        }
    }

    private static void checkGoodsNum(long goodsNum, long mode) {
        int most = mode == PREPAID ? 100 : 30;
        if (goodsNum < 1 || goodsNum > most) {
            throw new ApiError(
                    "LimitExceeded.InvalidParameterGoodsNumNotInRange",
                    "GoodsNum is not within 1 to " + most + ": " + goodsNum);
        }
    }

    private static void checkPeriod(long period, long mode) {
        if (period < 1) {
            throw new ApiError("LimitExceeded.PeriodLessThanMinLimit", "Period is less than one month: " + period);
        }
        boolean fits = mode == PREPAID ? PREPAID_PERIODS.contains(period) : period == 1;
        if (!fits) {
            throw invalid("Period", "is not sold in this billing mode: " + period);
        }
    }

    private static void checkNetwork(JsonNode parameters) {
        boolean vpc = !parameters.path("VpcId").asString("").isEmpty();
        boolean subnet = !parameters.path("SubnetId").asString("").isEmpty();
        if (vpc && !subnet) {
            throw new ApiError("InvalidParameterValue.InvalidSubnetId", "VpcId without SubnetId.");
        }
        if (subnet && !vpc) {
            throw new ApiError("InvalidParameterValue.UnVpcIdNotExists", "SubnetId without VpcId.");
        }
    }

    private static void checkName(JsonNode parameters) {
        String name = parameters.path("InstanceName").asString("");
        if (!name.isEmpty() && !NAME.matcher(name).matches()) {
            throw invalid(
                    "InstanceName",
                    "is not up to 60 letters, digits, hyphens, underscores and Chinese characters: " + name);
        }
    }

    private static void checkNewerFields(JsonNode parameters) {
        JsonNode time = parameters.path("CloneTime");
        if (time.isString() && !TIME.matcher(time.stringValue()).matches()) {
            throw invalid("CloneTime", "is not yyyy-MM-dd HH:mm:ss: " + time.stringValue());
        }
        JsonNode version = parameters.path("ProductVersion");
        if (version.isString() && !Set.of("local", "localv2").contains(version.stringValue())) {
            throw invalid("ProductVersion", "is neither local nor localv2: " + version.stringValue());
        }
        boolean ssl = parameters.path("EnableSSL").asBoolean(false);
        if (ssl && parameters.path("NoAuth").asBoolean(false)) {
            throw invalid("EnableSSL", "excludes NoAuth.");
        }
        if (!ssl && parameters.path("SSLBindPrivateIPv4").asBoolean(false)) {
            throw invalid("SSLBindPrivateIPv4", "needs EnableSSL.");
        }
    }

    private static void checkPassword(JsonNode parameters) {
        String password = parameters.path("Password").asString("");
        boolean noAuth = parameters.path("NoAuth").asBoolean(false);
        if (password.isEmpty()) {
            if (!noAuth) {
                throw new ApiError("InvalidParameterValue.PasswordEmpty", "The password is empty.");
            }
            return;
        }
        // The rule for passwords does not apply to an encrypted one.
        boolean encrypted = parameters.path("EncryptPassword").asBoolean(false);
        if (!noAuth && !encrypted && !fits(password)) {
            throw new ApiError("InvalidParameterValue.PasswordRuleError", "The password does not meet the rule.");
        }
    }

    private static boolean fits(String password) {
        long kinds = PASSWORD_KINDS.stream()
                .filter(kind -> kind.matcher(password).find())
                .count();
        return kinds >= 2
                && !password.startsWith("/")
                && PASSWORD.matcher(password).matches();
    }

    private static void checkPolicy(JsonNode policy) {
        if (policy.isMissingNode()) {
            return;
        }
        long letters = within(policy, "MinLetterCount", 1, 16, 1);
        long digits = within(policy, "MinDigitCount", 1, 16, 1);
        long specials = within(policy, "MinSpecialCount", 1, 16, 1);
        if (within(policy, "MinLength", 8, 64, 8) < letters + digits + specials) {
            throw new ApiError("InvalidParameterValue", "MinLength is less than the sum of the least counts.");
        }
    }

    private static long within(JsonNode parameters, String name, long least, long greatest, long otherwise) {
        long value = parameters.path(name).asLong(otherwise);
        if (value < least || value > greatest) {
            throw invalid(name, "is not within " + least + " to " + greatest + ": " + value);
        }
        return value;
    }

    private static ApiError invalid(String name, String rule) {
        return new ApiError("InvalidParameterValue", name + " " + rule);
    }
}
