package io.ramet.reactor;

import static org.assertj.core.api.Assertions.assertThat;

import io.ramet.json.ResponseJson;
import io.ramet.model.CloneRequest;
import io.ramet.model.CloneRequestBuilder;
import io.ramet.model.Secret;
import io.ramet.plan.ClonePlan;
import io.ramet.plan.PlanId;
import io.ramet.reactor.shape.RequestShaper;
import io.ramet.sign.Credentials;
import io.ramet.sign.CredentialsProvider;
import io.ramet.simulator.Fault;
import io.ramet.simulator.Simulator;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import reactor.core.scheduler.Scheduler;

/** Requests and clients as the tests use them. */
public final class Fixtures {

    public static final String REGION = "ap-guangzhou";
    /** Plans at once; 600 outlast any patience with look-ups, of which 33 pass in a second. */
    public static final int MANY_PLANS = Integer.getInteger("ramet.plans", 100);

    public static final Duration PATIENCE = Duration.ofSeconds(15);

    private static final Secret PASSWORD = Secret.of("Canary-Passw0rd");

    private Fixtures() {}

    public static CloneRequestBuilder request(int goodsNum) {
        return CloneRequest.builder()
                .instanceId("crs-xjhsdj12")
                .backupId("154572601-1165734322-153705740")
                .goodsNum(goodsNum)
                .payAsYouGo()
                .zoneId(100003)
                .securityGroups("sg-bmadczm1")
                .vpc("vpc-pxyzim13", "subnet-7jbabche")
                .password(PASSWORD);
    }

    public static ClonePlan plan(int goodsNum) {
        return ClonePlan.of(request(goodsNum).build());
    }

    public static ClonePlan plan(String id, int goodsNum) {
        return ClonePlan.of(PlanId.of(id), request(goodsNum).build());
    }

    public static CloneClientBuilder client(Simulator simulator) {
        return clientWithItsOwnShaper(simulator).shaper(new UnawaitedShaper(RequestShaper.window(20)));
    }

    /** Closing it takes a second. */
    public static CloneClientBuilder clientWithItsOwnShaper(Simulator simulator) {
        return CloneClient.builder()
                .region(REGION)
                .endpoint(simulator.uri())
                .credentials(CredentialsProvider.fixed(Credentials.of(simulator.secretId(), simulator.secretKey())))
                .callTimeout(Duration.ofSeconds(5))
                .reconcileFor(Duration.ofMillis(150))
                .passwords(PasswordProvider.fixed(PASSWORD))
                .random(new Random(1))
                .json(ResponseJson.strict());
    }

    /** Blocks all threads of a scheduler until the caller leaves the monitor. BlockHound notices no monitors. */
    public static void block(Scheduler scheduler, int threads, Object monitor) {
        AtomicInteger blocked = new AtomicInteger();
        await(() -> {
            if (blocked.get() < threads) {
                scheduler.schedule(() -> {
                    blocked.incrementAndGet();
                    synchronized (monitor) {
                        blocked.decrementAndGet();
                    }
                });
            }
            return blocked.get() == threads;
        });
    }

    /** {@return a response of the API with these fields; the request is not executed} */
    public static Fault response(String fields) {
        return Fault.response(
                200,
                Map.of("Content-Type", "application/json"),
                "{\"Response\":{" + fields + ",\"RequestId\":\"r-1\"}}",
                false);
    }

    /** Looks again each millisecond, for {@link #PATIENCE}. */
    public static void await(BooleanSupplier condition) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("patience").isLessThan(end);
            LockSupport.parkNanos(1_000_000);
        }
    }
}
