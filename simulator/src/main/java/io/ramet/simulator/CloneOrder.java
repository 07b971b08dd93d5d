package io.ramet.simulator;

import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/** A CloneInstances call that has passed validation, without its password. */
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
        List<Tag> tags) {

    static final int PAY_AS_YOU_GO = 0;
    static final int PREPAID = 1;

    private static final Shape SHAPE = Shape.object()
            .required(Shape.STRING, "InstanceId", "BackupId")
            .required(Shape.INTEGER, "GoodsNum", "BillingMode", "Period")
            .required(Shape.UNSIGNED, "ZoneId")
            .required(Shape.arrayOf(Shape.STRING), "SecurityGroupIdList")
            .optional(Shape.STRING, "VpcId", "SubnetId", "InstanceName", "Password", "TemplateId")
            .optional(Shape.STRING, "CloneTime", "ProductVersion")
            .optional(Shape.BOOLEAN, "NoAuth", "EncryptPassword", "EnableSSL", "SSLBindPrivateIPv4")
            .optional(Shape.INTEGER, "AutoRenew", "VPort", "ProjectId")
            .optional(Shape.arrayOf(Shape.STRING), "AlarmPolicyList")
            .optional(Shape.arrayOf(Tag.SHAPE), "ResourceTags")
            .optional(
                    Shape.arrayOf(Shape.object()
                            .required(Shape.INTEGER, "NodeType")
                            .optional(Shape.INTEGER, "NodeId")
                            .optional(Shape.UNSIGNED, "ZoneId")
                            .optional(Shape.STRING, "ZoneName")),
                    "NodeSet")
            .optional(
                    Shape.object()
                            .required(Shape.BOOLEAN, "Enabled")
                            .optional(Shape.INTEGER, "MinLetterCount", "MinDigitCount", "MinSpecialCount", "MinLength"),
                    "PasswordPolicy");

    private static final Set<Long> PREPAID_PERIODS =
            Set.of(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L, 10L, 11L, 12L, 24L, 36L, 48L, 60L);
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,60}");
    private static final Pattern TIME = Pattern.compile("\\d{4}-\\d{2}-\\d{2} \\d{2}:\\d{2}:\\d{2}");

    static CloneOrder of(JsonNode parameters) {
        SHAPE.check("", parameters);
        notEmpty(parameters, "InstanceId", "BackupId");
        long mode = within(parameters, "BillingMode", PAY_AS_YOU_GO, PREPAID, PAY_AS_YOU_GO);
        checkGoodsNum(parameters.get("GoodsNum").longValue(), mode);
        checkPeriod(parameters.get("Period").longValue(), mode);
        checkNetwork(parameters);
        checkName(parameters);
        checkNewer(parameters);
        PasswordRule.check(parameters);
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
                Tag.listIn(parameters, "ResourceTags"));
    }

    private static void notEmpty(JsonNode parameters, String... names) {
        for (String name : names) {
            if (parameters.get(name).stringValue().isBlank()) {
                throw empty(name);
            }
        }
        if (parameters.get("SecurityGroupIdList").isEmpty()) {
            throw empty("SecurityGroupIdList");
        }
    }

    private static Refusal empty(String name) {
        return new Refusal("InvalidParameter.EmptyParam", "The parameter `" + name + "` is empty.");
    }

    private static void checkGoodsNum(long goodsNum, long mode) {
        int most = mode == PREPAID ? 100 : 30;
        if (goodsNum < 1 || goodsNum > most) {
            throw new Refusal(
                    "LimitExceeded.InvalidParameterGoodsNumNotInRange",
                    "GoodsNum is not within 1 to " + most + ": " + goodsNum);
        }
    }

    private static void checkPeriod(long period, long mode) {
        if (period < 1) {
            throw new Refusal("LimitExceeded.PeriodLessThanMinLimit", "Period is less than one month: " + period);
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
            throw new Refusal("InvalidParameterValue.InvalidSubnetId", "VpcId without SubnetId.");
        }
        if (subnet && !vpc) {
            throw new Refusal("InvalidParameterValue.UnVpcIdNotExists", "SubnetId without VpcId.");
        }
    }

    private static void checkName(JsonNode parameters) {
        String name = parameters.path("InstanceName").asString("");
        if (!name.isEmpty() && !NAME.matcher(name).matches()) {
            throw invalid("InstanceName", "is not up to 60 letters, digits, hyphens and underscores: " + name);
        }
    }

    private static void checkNewer(JsonNode parameters) {
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

    static long within(JsonNode parameters, String name, long least, long greatest, long otherwise) {
        long value = parameters.path(name).asLong(otherwise);
        if (value < least || value > greatest) {
            throw invalid(name, "is not within " + least + " to " + greatest + ": " + value);
        }
        return value;
    }

    private static Refusal invalid(String name, String rule) {
        return new Refusal("InvalidParameterValue", name + " " + rule);
    }
}
