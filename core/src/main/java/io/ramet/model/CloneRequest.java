package io.ramet.model;

import static io.ramet.error.InvalidValueException.unless;

import io.ramet.error.InvalidValueException;
import java.time.LocalDateTime;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A request for any number of clones of one backup: the source, the backup, and the specification of the clones.
 * Created with {@link #builder()}; copied and changed in part with {@link #toBuilder()}.
 *
 * <p>A request is valid once built: every rule of the API that can be checked without a request is checked here. The
 * rules are those of the CloneInstances page (API version 2018-04-12) and, where that is silent, of the vendor's
 * request model.
 *
 * @param instanceId the source instance, such as {@code crs-xjhsdj12}
 * @param backupId the backup to clone, from DescribeInstanceBackups
 * @param goodsNum the number of clones in all, 1 or more; a plan splits it into chunks
 * @param zoneId the numeric id of the clones' zone, such as 100003
 * @param billingMode how the clones are paid for
 * @param period how long a monthly clone is paid for; one month for pay-as-you-go
 * @param securityGroupIds at least one security group, such as {@code sg-bmadczm1}
 * @param noAuth whether the clones accept connections without a password
 * @param password the clones' password; null if and only if {@code noAuth}
 * @param encryptPassword whether {@code password} is already encrypted as the API expects it
 * @param passwordPolicy the complexity that the clones require of passwords, or null for none
 * @param vpcId the VPC, or null for the classic network
 * @param subnetId the subnet in the VPC; null if and only if {@code vpcId} is
 * @param instanceName the beginning of each clone's name, or null; a mark is appended to it
 * @param vPort the port, 1024 to 65535, or null for 6379
 * @param autoRenew what happens when the period ends, or null for the API's default
 * @param nodes the nodes of a multi-zone clone; empty for a single zone
 * @param projectId the project, or null for the default project
 * @param resourceTags tags to bind to each clone
 * @param templateId the parameter template, such as {@code crs-cfg-...}, or null for the default
 * @param alarmPolicies alarm policies, such as {@code policy-...}
 * @param cloneTime the point in time to restore, for sources with second-level backup, or null
 * @param enableSsl whether the clones speak TLS
 * @param sslBindPrivateIpv4 whether TLS is bound to the private IPv4 address; only with {@code enableSsl}
 * @param productVersion {@code local} or {@code localv2}, or null for that of the source
 */
public record CloneRequest(
        String instanceId,
        String backupId,
        int goodsNum,
        int zoneId,
        BillingMode billingMode,
        Period period,
        List<String> securityGroupIds,
        boolean noAuth,
        @Nullable Secret password,
        boolean encryptPassword,
        @Nullable PasswordPolicy passwordPolicy,
        @Nullable String vpcId,
        @Nullable String subnetId,
        @Nullable String instanceName,
        @Nullable Integer vPort,
        @Nullable AutoRenew autoRenew,
        List<RedisNode> nodes,
        @Nullable Integer projectId,
        List<ResourceTag> resourceTags,
        @Nullable String templateId,
        List<String> alarmPolicies,
        @Nullable LocalDateTime cloneTime,
        boolean enableSsl,
        boolean sslBindPrivateIpv4,
        @Nullable String productVersion) {

    /** The longest InstanceName: the page says up to 60 characters, the vendor's model fewer than 60. */
    public static final int MAX_NAME_LENGTH = 59;

    /** The length of a mark's first part, which stands for the plan. */
    public static final int MARK_ROOT_LENGTH = 12;

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_\\p{IsHan}-]+");
    private static final Pattern PASSWORD = Pattern.compile("[A-Za-z0-9()`~!@#$%^&*+=_|{}\\[\\]:;<>,.?/-]{8,64}");
    private static final List<Pattern> PASSWORD_KINDS = List.of(
            Pattern.compile("[a-z]"),
            Pattern.compile("[A-Z]"),
            Pattern.compile("[0-9]"),
            Pattern.compile("[^A-Za-z0-9]"));

    /**
     * Checks every rule. Public only because a record's constructor is as visible as the record: use {@link
     * #builder()}, which names the 25 components.
     *
     * @throws InvalidValueException if a rule is broken; names the field, its value and the rule
     */
    public CloneRequest {
        securityGroupIds = List.copyOf(securityGroupIds);
        nodes = List.copyOf(nodes);
        resourceTags = List.copyOf(resourceTags);
        alarmPolicies = List.copyOf(alarmPolicies);

        filled("instanceId", instanceId);
        filled("backupId", backupId);
        unless(goodsNum >= 1, "goodsNum", goodsNum, "must be 1 or more");
        unless(zoneId >= 1, "zoneId", zoneId, "is required: the numeric id of a zone, such as 100003");
        unless(
                billingMode == BillingMode.MONTHLY || period.months() == 1,
                "period",
                period.months(),
                "must be 1 for pay-as-you-go");
        unless(!securityGroupIds.isEmpty(), "securityGroupIds", securityGroupIds, "must name at least one");
        securityGroupIds.forEach(id -> filled("securityGroupIds", id));
        filledIfPresent("vpcId", vpcId);
        filledIfPresent("subnetId", subnetId);
        unless((vpcId == null) == (subnetId == null), "vpcId", vpcId + ", subnetId " + subnetId, "must come together");
        filledIfPresent("templateId", templateId);
        filledIfPresent("productVersion", productVersion);
        alarmPolicies.forEach(id -> filled("alarmPolicies", id));
        unless(
                vPort == null || (vPort >= 1024 && vPort <= 65535),
                "vPort",
                String.valueOf(vPort),
                "must be 1024 to 65535");
        unless(
                cloneTime == null || cloneTime.equals(cloneTime.truncatedTo(ChronoUnit.SECONDS)),
                "cloneTime",
                String.valueOf(cloneTime),
                "must be a whole second");
        if (instanceName != null) {
            checkName(instanceName, billingMode.callsFor(goodsNum));
        }
        checkPassword(noAuth, password, encryptPassword);
        unless(enableSsl || !sslBindPrivateIpv4, "sslBindPrivateIpv4", true, "needs enableSsl");
        unless(!enableSsl || !noAuth, "enableSsl", true, "needs a password: noAuth excludes it");
    }

    /** {@return a builder with nothing set} */
    public static CloneRequestBuilder builder() {
        return new CloneRequestBuilder();
    }

    /** {@return a builder with all values of this request} */
    public CloneRequestBuilder toBuilder() {
        return new CloneRequestBuilder(this);
    }

    private static void filled(String field, String value) {
        unless(!value.isBlank(), field, "'" + value + "'", "must not be blank");
    }

    private static void filledIfPresent(String field, @Nullable String value) {
        if (value != null) {
            filled(field, value);
        }
    }

    private static void checkName(String name, int calls) {
        unless(
                NAME.matcher(name).matches(),
                "instanceName",
                "'" + name + "'",
                "must hold letters, digits, hyphens, underscores and Chinese characters only");
        int room = MAX_NAME_LENGTH
                - MARK_ROOT_LENGTH
                - "--".length()
                - String.valueOf(calls - 1).length();
        unless(
                name.length() <= room,
                "instanceName",
                "'" + name + "'",
                "must be at most " + room + " characters, so that with its mark it has at most " + MAX_NAME_LENGTH);
    }

    private static void checkPassword(boolean noAuth, @Nullable Secret password, boolean encrypted) {
        if (password == null) {
            unless(noAuth, "password", "(none)", "is required unless noAuth");
            unless(!encrypted, "encryptPassword", true, "needs a password");
            return;
        }
        unless(!noAuth, "password", password, "must be absent with noAuth");
        String text = password.reveal();
        if (encrypted) {
            unless(!text.isBlank(), "password", password, "must not be blank");
            return;
        }
        long kinds = PASSWORD_KINDS.stream()
                .filter(kind -> kind.matcher(text).find())
                .count();
        unless(
                PASSWORD.matcher(text).matches() && kinds >= 2 && !text.startsWith("/"),
                "password",
                password,
                "must be 8 to 64 characters of at least two kinds out of lower case, upper case, digits and "
                        + "()`~!@#$%^&*-+=_|{}[]:;<>,.?/ and must not start with a slash");
    }
}
