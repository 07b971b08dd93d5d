package io.ramet.model;

import static java.util.Objects.requireNonNull;

import io.ramet.error.InvalidValueException;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Builds a {@link CloneRequest}. Each setter replaces the earlier value, except {@link #tag}, which adds a tag. Null is
 * rejected by name; every other rule is checked by {@link #build}. Not thread-safe.
 */
public final class CloneRequestBuilder {

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

    CloneRequestBuilder() {}

    CloneRequestBuilder(CloneRequest request) {
        this.instanceId = request.instanceId();
        this.backupId = request.backupId();
        this.goodsNum = request.goodsNum();
        this.zoneId = request.zoneId();
        this.billingMode = request.billingMode();
        this.months = request.period().months();
        this.securityGroupIds = request.securityGroupIds();
        this.noAuth = request.noAuth();
        this.password = request.password();
        this.encryptPassword = request.encryptPassword();
        this.passwordPolicy = request.passwordPolicy();
        this.vpcId = request.vpcId();
        this.subnetId = request.subnetId();
        this.instanceName = request.instanceName();
        this.vPort = request.vPort();
        this.autoRenew = request.autoRenew();
        this.nodes = request.nodes();
        this.projectId = request.projectId();
        this.resourceTags.addAll(request.resourceTags());
        this.templateId = request.templateId();
        this.alarmPolicies = request.alarmPolicies();
        this.cloneTime = request.cloneTime();
        this.enableSsl = request.enableSsl();
        this.sslBindPrivateIpv4 = request.sslBindPrivateIpv4();
        this.productVersion = request.productVersion();
    }

    /**
     * Sets the source instance. Required.
     *
     * @param instanceId such as {@code crs-xjhsdj12}
     * @return this builder
     */
    public CloneRequestBuilder instanceId(String instanceId) {
        this.instanceId = requireNonNull(instanceId, "instanceId");
        return this;
    }

    /**
     * Sets the backup to clone. Required.
     *
     * @param backupId from DescribeInstanceBackups
     * @return this builder
     */
    public CloneRequestBuilder backupId(String backupId) {
        this.backupId = requireNonNull(backupId, "backupId");
        return this;
    }

    /**
     * Sets the number of clones in all. Required.
     *
     * @param goodsNum 1 or more
     * @return this builder
     */
    public CloneRequestBuilder goodsNum(int goodsNum) {
        this.goodsNum = goodsNum;
        return this;
    }

    /**
     * Sets the zone. Required.
     *
     * @param zoneId numeric, such as 100003
     * @return this builder
     */
    public CloneRequestBuilder zoneId(int zoneId) {
        this.zoneId = zoneId;
        return this;
    }

    /**
     * Sets pay-as-you-go billing, at a price per hour; replaces {@link #monthly}. One of the two is required.
     *
     * @return this builder
     */
    public CloneRequestBuilder payAsYouGo() {
        this.billingMode = BillingMode.PAY_AS_YOU_GO;
        this.months = 1;
        return this;
    }

    /**
     * Sets monthly billing, which is prepaid; replaces {@link #payAsYouGo}. One of the two is required.
     *
     * @param months 1 to 12, 24, 36, 48 or 60
     * @return this builder
     */
    public CloneRequestBuilder monthly(int months) {
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
    public CloneRequestBuilder securityGroups(String... ids) {
        this.securityGroupIds = list(ids, "ids");
        return this;
    }

    /**
     * Lets the clones accept connections without a password. This or {@link #password} is required; a request with both
     * is refused.
     *
     * @return this builder
     */
    public CloneRequestBuilder noAuth() {
        this.noAuth = true;
        return this;
    }

    /**
     * Sets the clones' password. This or {@link #noAuth} is required; a request with both is refused.
     *
     * @param password 8 to 64 characters of at least two kinds, not starting with a slash
     * @return this builder
     */
    public CloneRequestBuilder password(Secret password) {
        this.password = requireNonNull(password, "password");
        return this;
    }

    /**
     * Sets whether the password is already encrypted as the API expects it. Defaults to false.
     *
     * @param encryptPassword whether it is
     * @return this builder
     */
    public CloneRequestBuilder encryptPassword(boolean encryptPassword) {
        this.encryptPassword = encryptPassword;
        return this;
    }

    /**
     * Sets the complexity that the clones require of passwords. Defaults to none.
     *
     * @param passwordPolicy the policy
     * @return this builder
     */
    public CloneRequestBuilder passwordPolicy(PasswordPolicy passwordPolicy) {
        this.passwordPolicy = requireNonNull(passwordPolicy, "passwordPolicy");
        return this;
    }

    /**
     * Sets the network. Defaults to the classic network.
     *
     * @param vpcId such as {@code vpc-pxyzim13}
     * @param subnetId such as {@code subnet-7jbabche}
     * @return this builder
     */
    public CloneRequestBuilder vpc(String vpcId, String subnetId) {
        this.vpcId = requireNonNull(vpcId, "vpcId");
        this.subnetId = requireNonNull(subnetId, "subnetId");
        return this;
    }

    /**
     * Sets the beginning of each clone's name. Defaults to none: the name is the mark alone.
     *
     * @param instanceName letters, digits, {@code -}, {@code _} and Chinese characters; with its mark at most 59
     *     characters
     * @return this builder
     */
    public CloneRequestBuilder instanceName(String instanceName) {
        this.instanceName = requireNonNull(instanceName, "instanceName");
        return this;
    }

    /**
     * Sets the port. Defaults to 6379.
     *
     * @param vPort 1024 to 65535
     * @return this builder
     */
    public CloneRequestBuilder vPort(int vPort) {
        this.vPort = vPort;
        return this;
    }

    /**
     * Sets what happens when the period ends. Defaults to the API's default.
     *
     * @param autoRenew the choice
     * @return this builder
     */
    public CloneRequestBuilder autoRenew(AutoRenew autoRenew) {
        this.autoRenew = requireNonNull(autoRenew, "autoRenew");
        return this;
    }

    /**
     * Sets the nodes of a multi-zone clone. Defaults to a single zone.
     *
     * @param nodes one master and its replicas
     * @return this builder
     */
    public CloneRequestBuilder nodes(RedisNode... nodes) {
        this.nodes = list(nodes, "nodes");
        return this;
    }

    /**
     * Sets the project. Defaults to the default project.
     *
     * @param projectId from the console
     * @return this builder
     */
    public CloneRequestBuilder projectId(int projectId) {
        this.projectId = projectId;
        return this;
    }

    /**
     * Adds a tag to bind to each clone.
     *
     * @param key the tag's key, not blank
     * @param value the tag's value
     * @return this builder
     * @throws InvalidValueException if the key is blank
     */
    public CloneRequestBuilder tag(String key, String value) {
        this.resourceTags.add(new ResourceTag(requireNonNull(key, "key"), requireNonNull(value, "value")));
        return this;
    }

    /**
     * Sets the parameter template. Defaults to that of the version and architecture.
     *
     * @param templateId such as {@code crs-cfg-abcd1234}
     * @return this builder
     */
    public CloneRequestBuilder templateId(String templateId) {
        this.templateId = requireNonNull(templateId, "templateId");
        return this;
    }

    /**
     * Sets the alarm policies. Defaults to none.
     *
     * @param ids such as {@code policy-abcd1234}
     * @return this builder
     */
    public CloneRequestBuilder alarmPolicies(String... ids) {
        this.alarmPolicies = list(ids, "ids");
        return this;
    }

    /**
     * Sets the point in time to restore. Only for sources with second-level backup. Defaults to the whole backup.
     *
     * @param cloneTime in the API's own time zone, which the API does not document; to the second
     * @return this builder
     */
    public CloneRequestBuilder cloneTime(LocalDateTime cloneTime) {
        this.cloneTime = requireNonNull(cloneTime, "cloneTime");
        return this;
    }

    /**
     * Sets whether the clones speak TLS. Defaults to false.
     *
     * @param enableSsl whether they do
     * @return this builder
     */
    public CloneRequestBuilder enableSsl(boolean enableSsl) {
        this.enableSsl = enableSsl;
        return this;
    }

    /**
     * Sets whether TLS is bound to the private IPv4 address; only with {@link #enableSsl}. Defaults to false.
     *
     * @param sslBindPrivateIpv4 whether it is bound
     * @return this builder
     */
    public CloneRequestBuilder sslBindPrivateIpv4(boolean sslBindPrivateIpv4) {
        this.sslBindPrivateIpv4 = sslBindPrivateIpv4;
        return this;
    }

    /**
     * Sets the product version. Defaults to that of the source.
     *
     * @param productVersion {@code local} or {@code localv2}
     * @return this builder
     */
    public CloneRequestBuilder productVersion(String productVersion) {
        this.productVersion = requireNonNull(productVersion, "productVersion");
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

    private static <T> List<T> list(T[] values, String name) {
        for (T value : requireNonNull(values, name)) {
            requireNonNull(value, name);
        }
        return List.of(values);
    }
}
