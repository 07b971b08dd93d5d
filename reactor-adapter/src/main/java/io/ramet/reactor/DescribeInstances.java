package io.ramet.reactor;

import io.ramet.json.CloneJson;
import io.ramet.json.Listing;
import io.ramet.reactor.reconcile.InstanceFinder.Lookup;
import io.ramet.reactor.shape.RequestShaper;
import io.ramet.reactor.transport.ApiCall;
import io.ramet.reactor.transport.ApiTransport;
import io.ramet.sign.Credentials;
import io.ramet.sign.Tc3Signer;
import reactor.core.publisher.Mono;

/** The call that finds marks. It has a limit, connections and a signer of its own, so it never takes a purchase's place. */
record DescribeInstances(
        Mono<Credentials> credentials,
        RequestShaper shaper,
        Tc3Signer signer,
        String region,
        ServerClock clock,
        ApiTransport transport,
        CloneJson json)
        implements Lookup {

    static final String ACTION = "DescribeInstances";
    static final int CALLS_PER_SECOND = 35;

    @Override
    public Mono<Listing> page(byte[] body) {
        return credentials
                .flatMap(current -> transport.exchange(shaper.shape(Mono.fromSupplier(
                        () -> new ApiCall(signer.sign(current, region, clock.seconds(), body), body)))))
                .map(reply -> json.readListing(reply.status(), reply.body()));
    }
}
