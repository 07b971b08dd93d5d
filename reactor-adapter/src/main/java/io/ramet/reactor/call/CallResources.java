package io.ramet.reactor.call;

import io.ramet.json.ResponseJson;
import io.ramet.reactor.observe.CloneObserver;
import io.ramet.reactor.shape.RequestShaper;
import io.ramet.reactor.transport.ApiTransport;
import java.time.Duration;
import java.util.random.RandomGenerator;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/** The parts and settings that all runs and calls of a client share. */
public record CallResources(
        String region,
        ResponseJson json,
        RequestSigner signer,
        RequestShaper shaper,
        ApiTransport transport,
        Duration callTimeout,
        InstanceFinder finder,
        Duration auditFor,
        boolean sendsUnverified,
        Duration reconcileFor,
        Duration visibilityLag,
        boolean resendsWhenProven,
        Mono<Void> closing,
        CloneObserver observer,
        Scheduler timer,
        RandomGenerator random) {}
