package io.ramet.cli;

import io.ramet.model.CloneRequest;
import io.ramet.plan.ClonePlan;
import io.ramet.reactor.CloneClient;
import io.ramet.sign.Credentials;
import io.ramet.sign.CredentialsProvider;
import io.ramet.simulator.Simulator;

/**
 * A clone from a simulator of its own before the real thing, because a young JVM takes long over everything it does for
 * the first time: the first calls would go out later than their turn, and so too close to the calls after them.
 */
final class Rehearsal {

    private static final int CALLS = 3;

    private Rehearsal() {}

    /** Rehearses; where that cannot be done, the real thing is tried all the same. */
    static void run() {
        try {
            rehearse();
        } catch (RuntimeException e) {
            // No second port, perhaps. The real thing says what is wrong if it matters.
        }
    }

    private static void rehearse() {
        try (Simulator simulator = Simulator.start();
                CloneClient client = CloneClient.builder()
                        .region("rehearsal")
                        .endpoint(simulator.uri())
                        .credentials(
                                CredentialsProvider.fixed(Credentials.of(simulator.secretId(), simulator.secretKey())))
                        .build()) {
            client.clone(ClonePlan.of(CloneRequest.builder()
                            .instanceId("crs-rehearsal")
                            .backupId("1")
                            .goodsNum(30 * CALLS)
                            .payAsYouGo()
                            .zoneId(1)
                            .securityGroups("sg-rehearsal")
                            .noAuth()
                            .build()))
                    .blockLast();
        }
    }
}
