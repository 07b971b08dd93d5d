package io.ramet.simulator;

import java.util.Arrays;

/** The vendor's APIs that are simulated. */
enum Api {
    REDIS("redis", "2018-04-12", "redis"),
    VPC("vpc", "2017-03-12", "vpc"),
    BILLING("billing", "2018-07-09", "finance"),
    STS("sts", "2018-08-13", "sts");

    /** The first label of its host names, and its name in signatures. */
    final String service;

    final String version;

    /** Its name in access policies. */
    final String policyName;

    Api(String service, String version, String policyName) {
        this.service = service;
        this.version = version;
        this.policyName = policyName;
    }

    static boolean isService(String name) {
        return Arrays.stream(values()).anyMatch(api -> api.service.equals(name));
    }

    /** Whether a request must name a region: an account is the same in every region. */
    boolean needsRegion() {
        return this != BILLING;
    }
}
