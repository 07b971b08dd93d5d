package io.ramet.model;

import static io.ramet.error.InvalidValueException.unless;

import io.ramet.error.InvalidValueException;
import java.time.LocalDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a caller wants: a source, one of its backups, a specification, and any number of clones.
 *
 * <p>Valid once built: each rule of the API that can be checked without a call is checked here. Rules are those of the
 * CloneInstances page (API version 2018-04-12) and, where that is silent, of the vendor's request model.
 *
 * @param instanceId the source instance, such as {@code crs-xjhsdj12}
 * @param backupId the backup to clone, from DescribeInstanceBackups
 * @param goodsNum how many clones in all, 1 or more; a plan cuts it into calls
 * @param zoneId the numeric id of the zone the clones go to, such as 100003
 * @param billingMode how the clones are paid for
 * @param period how long a monthly clone is paid for; one month for pay-as-you-go
 * @param securityGroupIds at least one security group, such as {@code sg-bmadczm1}
 * @param noAuth whether the clones take connections without a password
 * @param password the clones' password; null if and only if {@code noAuth}
 * @param encryptPassword whether {@code password} is already encrypted as the API wants it
 * @param passwordPolicy the complexity the clones ask of passwords, or null for none
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

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]+");
    private static final Pattern PASSWORD = Pattern.compile("[A-Za-z0-9()`~!@#$%^&*+=_|{}\\[\\]:;<>,.?/-]{8,64}");
    private static final List<Pattern> PASSWORD_KINDS = List.of(
            Pattern.compile("[a-z]"),
            Pattern.compile("[A-Z]"),
            Pattern.compile("[0-9]"),
            Pattern.compile("[^A-Za-z0-9]"));

    /**
     * Refuses what the API would refuse.
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
    public static Builder builder() {
        return new Builder();
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
                "must hold letters, digits, hyphens and underscores only");
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

    /** Collects a {@link CloneRequest}. Not thread-safe. */
    public static final class Builder {
        private String instanceId = "";
        private String backupId = "";
        private int goodsNum;
        private int zoneId;
        private @Nullable BillingMode billingMode;
        private int months = 1;
        private List<String> securityGroupIds = List.of();
        private boolean noAuth;
        private @Nullable Secret password;
        private boolean encryptPassword;
        private @Nullable PasswordPolicy passwordPolicy;
        private @Nullable String vpcId;
        private @Nullable String subnetId;
        private @Nullable String instanceName;
        private @Nullable Integer vPort;
        private @Nullable AutoRenew autoRenew;
        private List<RedisNode> nodes = List.of();
        private @Nullable Integer projectId;
        private final List<ResourceTag> resourceTags = new ArrayList<>();
        private @Nullable String templateId;
        private List<String> alarmPolicies = List.of();
        private @Nullable LocalDateTime cloneTime;
        private boolean enableSsl;
        private boolean sslBindPrivateIpv4;
        private @Nullable String productVersion;

        private Builder() {}

        /**
         * Sets the source instance. Required.
         *
         * @param instanceId such as {@code crs-xjhsdj12}
         * @return this builder
         */
        public Builder instanceId(String instanceId) {
            this.instanceId = instanceId;
            return this;
        }

        /**
         * Sets the backup to clone. Required.
         *
         * @param backupId from DescribeInstanceBackups
         * @return this builder
         */
        public Builder backupId(String backupId) {
            this.backupId = backupId;
            return this;
        }

        /**
         * Sets how many clones are wanted in all. Required.
         *
         * @param goodsNum 1 or more
         * @return this builder
         */
        public Builder goodsNum(int goodsNum) {
            this.goodsNum = goodsNum;
            return this;
        }

        /**
         * Sets the zone. Required.
         *
         * @param zoneId numeric, such as 100003
         * @return this builder
         */
        public Builder zoneId(int zoneId) {
            this.zoneId = zoneId;
            return this;
        }

        /**
         * Bills by the hour. This or {@link #monthly} is required.
         *
         * @return this builder
         */
        public Builder payAsYouGo() {
            this.billingMode = BillingMode.PAY_AS_YOU_GO;
            this.months = 1;
            return this;
        }

        /**
         * Prepays by the month. This or {@link #payAsYouGo} is required.
         *
         * @param months 1 to 12, 24, 36, 48 or 60
         * @return this builder
         */
        public Builder monthly(int months) {
            this.billingMode = BillingMode.MONTHLY;
            this.months = months;
            return this;
        }

        /**
         * Sets the security groups. Required.
         *
         * @param ids at least one, such as {@code sg-bmadczm1}
         * @return this builder
         */
        public Builder securityGroups(String... ids) {
            this.securityGroupIds = List.of(ids);
            return this;
        }

        /**
         * Takes connections without a password. This or {@link #password} is required.
         *
         * @return this builder
         */
        public Builder noAuth() {
            this.noAuth = true;
            return this;
        }

        /**
         * Sets the clones' password. This or {@link #noAuth} is required.
         *
         * @param password 8 to 64 characters of at least two kinds, not starting with a slash
         * @return this builder
         */
        public Builder password(Secret password) {
            this.password = password;
            return this;
        }

        /**
         * Says that the password is already encrypted as the API wants it. Defaults to false.
         *
         * @param encryptPassword whether it is
         * @return this builder
         */
        public Builder encryptPassword(boolean encryptPassword) {
            this.encryptPassword = encryptPassword;
            return this;
        }

        /**
         * Sets the complexity the clones ask of passwords. Defaults to none.
         *
         * @param policy the policy
         * @return this builder
         */
        public Builder passwordPolicy(PasswordPolicy policy) {
            this.passwordPolicy = policy;
            return this;
        }

        /**
         * Puts the clones into a VPC. Defaults to the classic network.
         *
         * @param vpcId such as {@code vpc-pxyzim13}
         * @param subnetId such as {@code subnet-7jbabche}
         * @return this builder
         */
        public Builder vpc(@Nullable String vpcId, @Nullable String subnetId) {
            this.vpcId = vpcId;
            this.subnetId = subnetId;
            return this;
        }

        /**
         * Sets the beginning of each clone's name. Defaults to the mark alone.
         *
         * @param instanceName letters, digits, {@code -} and {@code _}; with its mark at most 59 characters
         * @return this builder
         */
        public Builder instanceName(String instanceName) {
            this.instanceName = instanceName;
            return this;
        }

        /**
         * Sets the port. Defaults to 6379.
         *
         * @param vPort 1024 to 65535
         * @return this builder
         */
        public Builder vPort(int vPort) {
            this.vPort = vPort;
            return this;
        }

        /**
         * Sets what happens when the period ends. Defaults to the API's default.
         *
         * @param autoRenew the choice
         * @return this builder
         */
        public Builder autoRenew(AutoRenew autoRenew) {
            this.autoRenew = autoRenew;
            return this;
        }

        /**
         * Places the nodes of a multi-zone clone. Defaults to a single zone.
         *
         * @param nodes one master and its replicas
         * @return this builder
         */
        public Builder nodes(RedisNode... nodes) {
            this.nodes = List.of(nodes);
            return this;
        }

        /**
         * Sets the project. Defaults to the default project.
         *
         * @param projectId from the console
         * @return this builder
         */
        public Builder projectId(int projectId) {
            this.projectId = projectId;
            return this;
        }

        /**
         * Adds a tag to bind to each clone.
         *
         * @param key the tag's key
         * @param value the tag's value
         * @return this builder
         */
        public Builder tag(String key, String value) {
            this.resourceTags.add(new ResourceTag(key, value));
            return this;
        }

        /**
         * Sets the parameter template. Defaults to that of the version and architecture.
         *
         * @param templateId such as {@code crs-cfg-abcd1234}
         * @return this builder
         */
        public Builder templateId(String templateId) {
            this.templateId = templateId;
            return this;
        }

        /**
         * Sets the alarm policies. Defaults to none.
         *
         * @param ids such as {@code policy-abcd1234}
         * @return this builder
         */
        public Builder alarmPolicies(String... ids) {
            this.alarmPolicies = List.of(ids);
            return this;
        }

        /**
         * Restores a point in time instead of a whole backup; only for sources with second-level backup.
         *
         * @param cloneTime in the API's own time zone, to the second
         * @return this builder
         */
        public Builder cloneTime(LocalDateTime cloneTime) {
            this.cloneTime = cloneTime;
            return this;
        }

        /**
         * Makes the clones speak TLS. Defaults to false.
         *
         * @param enableSsl whether they do
         * @return this builder
         */
        public Builder enableSsl(boolean enableSsl) {
            this.enableSsl = enableSsl;
            return this;
        }

        /**
         * Binds TLS to the private IPv4 address; only with {@link #enableSsl}. Defaults to false.
         *
         * @param bind whether it is bound
         * @return this builder
         */
        public Builder sslBindPrivateIpv4(boolean bind) {
            this.sslBindPrivateIpv4 = bind;
            return this;
        }

        /**
         * Sets the product version. Defaults to that of the source.
         *
         * @param productVersion {@code local} or {@code localv2}
         * @return this builder
         */
        public Builder productVersion(String productVersion) {
            this.productVersion = productVersion;
            return this;
        }

        /**
         * Checks every rule.
         *
         * @return the request
         * @throws InvalidValueException if a rule is broken; names the field, its value and the rule
         */
        public CloneRequest build() {
            if (billingMode == null) {
                throw new InvalidValueException("billingMode", "(none)", "is required: pay-as-you-go or monthly");
            }
            return new CloneRequest(
                    instanceId,
                    backupId,
                    goodsNum,
                    zoneId,
                    billingMode,
                    new Period(months),
                    securityGroupIds,
                    noAuth,
                    password,
                    encryptPassword,
                    passwordPolicy,
                    vpcId,
                    subnetId,
                    instanceName,
                    vPort,
                    autoRenew,
                    nodes,
                    projectId,
                    resourceTags,
                    templateId,
                    alarmPolicies,
                    cloneTime,
                    enableSsl,
                    sslBindPrivateIpv4,
                    productVersion);
        }
    }
}
