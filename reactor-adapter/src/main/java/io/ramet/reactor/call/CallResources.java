package io.ramet.reactor.call;

import io.ramet.json.ResponseJson;
import io.ramet.reactor.observe.CloneListener;
import io.ramet.reactor.observe.CloneObserver;
import io.ramet.reactor.shape.RequestShaper;
import io.ramet.reactor.transport.ApiTransport;
import io.ramet.sign.Credentials;
import io.ramet.sign.Tc3Signer;
import java.time.Duration;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/** What all calls of a client share; {@code auditing} waits for {@code finder}; {@code proof} is null where a doubt is held. */
public record CallResources(
        String region,
        Mono<Credentials> credentials,
        ResponseJson json,
        Tc3Signer signer,
        RequestShaper shaper,
        ApiTransport transport,
        InstanceFinder finder,
        InstanceFinder auditing,
        Duration auditFor,
        boolean sendsUnverified,
        Duration reconcileFor,
        Duration visibilityLag,
        @Nullable Proof proof,
        Mono<Void> closing,
        CloneListener listener,
        CloneObserver observer,
        ServerClock clock,
        Scheduler timer,
        LongSupplier nanoTime,
        RandomGenerator random) {

    /** {@return the same with another way to its shaper} */
    public CallResources through(RequestShaper lane) {
        return new CallResources(
                region,
                credentials,
                json,
                signer,
                lane,
                transport,
                finder,
                auditing,
                auditFor,
                sendsUnverified,
                reconcileFor,
                visibilityLag,
                proof,
                closing,
                listener,
                observer,
                clock,
                timer,
                nanoTime,
                random);
    }
}
