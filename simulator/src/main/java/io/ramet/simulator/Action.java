package io.ramet.simulator;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The actions that are simulated: the API that each belongs to, and the limit that is published for it. */
enum Action {
    CLONE_INSTANCES("CloneInstances", Api.REDIS, 20),
    DESCRIBE_INSTANCES("DescribeInstances", Api.REDIS, 35),
    DESCRIBE_INSTANCE_DEAL_DETAIL("DescribeInstanceDealDetail", Api.REDIS, 20),
    DESCRIBE_TASK_INFO("DescribeTaskInfo", Api.REDIS, 20),
    DESCRIBE_TASK_LIST("DescribeTaskList", Api.REDIS, 100),
    DESCRIBE_INSTANCE_BACKUPS("DescribeInstanceBackups", Api.REDIS, 20),
    DESCRIBE_BACKUP_DETAIL("DescribeBackupDetail", Api.REDIS, 20),
    DESCRIBE_SECOND_LEVEL_BACKUP_INFO("DescribeSecondLevelBackupInfo", Api.REDIS, 20),
    DESTROY_POSTPAID_INSTANCE("DestroyPostpaidInstance", Api.REDIS, 20),
    DESTROY_PREPAID_INSTANCE("DestroyPrepaidInstance", Api.REDIS, 20),
    STARTUP_INSTANCE("StartupInstance", Api.REDIS, 20),
    CLEAN_UP_INSTANCE("CleanUpInstance", Api.REDIS, 20),
    INQUIRY_PRICE_CREATE_INSTANCE("InquiryPriceCreateInstance", Api.REDIS, 20),
    DESCRIBE_PRODUCT_INFO("DescribeProductInfo", Api.REDIS, 20),
    DESCRIBE_PROJECT_SECURITY_GROUPS("DescribeProjectSecurityGroups", Api.REDIS, 20),
    DESCRIBE_INSTANCE_SECURITY_GROUP("DescribeInstanceSecurityGroup", Api.REDIS, 20),
    DESCRIBE_PARAM_TEMPLATES("DescribeParamTemplates", Api.REDIS, 20),
    DESCRIBE_SUBNETS("DescribeSubnets", Api.VPC, 100),
    DESCRIBE_ACCOUNT_BALANCE("DescribeAccountBalance", Api.BILLING, 20),
    GET_CALLER_IDENTITY("GetCallerIdentity", Api.STS, 20);

    private static final int USUAL_LIMIT = 20;
    private static final Map<String, Action> BY_NAME =
            Arrays.stream(values()).collect(Collectors.toMap(action -> action.wireName, Function.identity()));

    final String wireName;
    final Api api;
    private final int perSecond;

    Action(String wireName, Api api, int perSecond) {
        this.wireName = wireName;
        this.api = api;
        this.perSecond = perSecond;
    }

    static Optional<Action> named(String wireName) {
        return Optional.ofNullable(BY_NAME.get(wireName));
    }

    static RateLimit publishedLimit(String wireName) {
        return RateLimit.slidingWindow(
                named(wireName).map(action -> action.perSecond).orElse(USUAL_LIMIT));
    }
}
