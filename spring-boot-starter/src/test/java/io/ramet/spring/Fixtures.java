package io.ramet.spring;

import io.ramet.model.CloneRequest;
import io.ramet.plan.ClonePlan;
import io.ramet.plan.PlanId;
import java.time.Duration;

/** Plans as the tests use them. */
final class Fixtures {

    static final Duration PATIENCE = Duration.ofSeconds(20);

    private Fixtures() {}

    static ClonePlan plan(String id, int goodsNum) {
        return ClonePlan.of(
                PlanId.of(id),
                CloneRequest.builder()
                        .instanceId("crs-xjhsdj12")
                        .backupId("154572601-1165734322-153705740")
                        .goodsNum(goodsNum)
                        .payAsYouGo()
                        .zoneId(100003)
                        .securityGroups("sg-bmadczm1")
                        .noAuth()
                        .build());
    }
}
