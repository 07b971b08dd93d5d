package io.ramet.simulator;

import java.util.List;

/** The API's version, its actions, and the limits that are published for them. */
final class Action {

    static final String VERSION = "2018-04-12";

    static final String CLONE_INSTANCES = "CloneInstances";
    static final String DESCRIBE_INSTANCES = "DescribeInstances";
    static final String DESCRIBE_INSTANCE_DEAL_DETAIL = "DescribeInstanceDealDetail";
    static final String DESCRIBE_INSTANCE_BACKUPS = "DescribeInstanceBackups";

    static final List<String> SIMULATED =
            List.of(CLONE_INSTANCES, DESCRIBE_INSTANCES, DESCRIBE_INSTANCE_DEAL_DETAIL, DESCRIBE_INSTANCE_BACKUPS);

    private Action() {}

    static RateLimit publishedLimit(String action) {
        return RateLimit.slidingWindow(action.equals(DESCRIBE_INSTANCES) ? 35 : 20);
    }
}
