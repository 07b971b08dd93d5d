package io.ramet.cli;

import io.ramet.model.CloneRequest;
import io.ramet.model.Secret;
import io.ramet.plan.ClonePlan;
import io.ramet.reactor.CloneClient;
import io.ramet.sign.Credentials;
import io.ramet.sign.CredentialsProvider;
import io.ramet.simulator.Simulator;
import java.time.Duration;
import java.util.Optional;

/** Clones 250 instances from a simulator within this process. */
final class Demo {

    private final CliContext context;

    Demo(CliContext context) {
        this.context = context;
    }

    int run() {
        OutcomeLines lines = new TextLines();
        ClonePlan plan = ClonePlan.of(request());
        CloneRun run = new CloneRun(context, plan, lines, NextSteps.needless(), BusyPlanRetry.NONE, Optional.empty());
        try (Simulator simulator = Simulator.builder()
                .latency(Duration.ofMillis(80), Duration.ofMillis(400))
                .start()) {
            context.out()
                    .say("A demonstration: 250 clones from a simulator within this process. Nothing real is bought.");
            lines.plan(plan).forEach(context.out()::say);
            int code = run.through(CloneClient.builder()
                    .region("ap-guangzhou")
                    .endpoint(simulator.uri())
                    .credentials(CredentialsProvider.fixed(Credentials.of(simulator.secretId(), simulator.secretKey())))
                    .observer(run.observer())
                    .build());
            context.out().say("The simulator's own books: " + new BooksSummary(simulator.books()).text());
            return code;
        }
    }

    private static CloneRequest request() {
        return CloneRequest.builder()
                .instanceId("crs-xjhsdj12")
                .backupId("154572601-1165734322-153705740")
                .goodsNum(250)
                .payAsYouGo()
                .zoneId(100003)
                .securityGroups("sg-bmadczm1")
                .vpc("vpc-pxyzim13", "subnet-7jbabche")
                .instanceName("demo")
                .password(Secret.of("made-up-0"))
                .build();
    }
}
