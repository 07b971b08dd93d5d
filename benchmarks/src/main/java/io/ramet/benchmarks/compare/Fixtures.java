package io.ramet.benchmarks.compare;

import io.ramet.model.CloneRequest;
import io.ramet.model.CloneRequestBuilder;
import io.ramet.model.Secret;
import io.ramet.plan.ClonePlan;
import io.ramet.sign.Credentials;

/** The request and the credentials that all clients use. */
final class Fixtures {

    static final String REGION = "ap-guangzhou";
    static final String SECRET_ID = "AKIDsimulatorEXAMPLEnotAKey";
    static final String SECRET_KEY = "simulatorEXAMPLEnotASecret";
    static final String SOURCE = "crs-xjhsdj12";
    static final String BACKUP = "154572601-1165734322-153705740";
    static final int ZONE = 100_003;
    static final String VPC = "vpc-pxyzim13";
    static final String SUBNET = "subnet-7jbabche";
    static final String SECURITY_GROUP = "sg-bmadczm1";
    static final String PASSWORD = "Clone+Benchmark1";

    private Fixtures() {}

    static ClonePlan plan(int instances, boolean monthly) {
        CloneRequestBuilder request = CloneRequest.builder()
                .instanceId(SOURCE)
                .backupId(BACKUP)
                .goodsNum(instances)
                .zoneId(ZONE)
                .vpc(VPC, SUBNET)
                .securityGroups(SECURITY_GROUP)
                .password(Secret.of(PASSWORD));
        return ClonePlan.of((monthly ? request.monthly(1) : request.payAsYouGo()).build());
    }

    static Credentials credentials() {
        return Credentials.of(SECRET_ID, SECRET_KEY);
    }
}
