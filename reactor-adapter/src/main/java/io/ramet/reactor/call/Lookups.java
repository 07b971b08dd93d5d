package io.ramet.reactor.call;

import io.ramet.error.ApiRefusal;
import io.ramet.error.ErrorCode.Kind;
import io.ramet.json.RequestJson;
import io.ramet.json.ResponseJson;
import io.ramet.model.Deal;
import io.ramet.reactor.call.InstanceFinder.Lookup;
import io.ramet.reactor.call.InstanceFinder.Page;
import io.ramet.reactor.shape.RequestShaper;
import io.ramet.reactor.transport.ApiRequest;
import io.ramet.reactor.transport.ApiResponse;
import io.ramet.reactor.transport.ApiTransport;
import io.ramet.sign.Credentials;
import io.ramet.sign.Tc3Signer;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import reactor.core.publisher.Mono;

/** The calls that look. They have limits, connections and signers of their own, so they never take a purchase's place. */
public record Lookups(
        LookupQueue queue,
        boolean isUrgent,
        Mono<Credentials> credentials,
        String region,
        ServerClock clock,
        ApiTransport transport,
        ResponseJson json,
        DescribeAction instances,
        DescribeAction deals)
        implements Lookup {

    /** {@return the same, which wait for all urgent ones} */
    public Lookups patient() {
        return new Lookups(queue, false, credentials, region, clock, transport, json, instances, deals);
    }

    /** An action with its limit. */
    public record DescribeAction(Tc3Signer signer, RequestShaper shaper) {}

    @Override
    public Mono<Page> instances(byte[] body) {
        return call(instances, body, reply -> new Page(json.readListing(reply.status(), reply.body()), reply.date()));
    }

    @Override
    public Mono<List<String>> deal(Deal deal) {
        return call(
                deals,
                RequestJson.shared().describeDeal(deal),
                reply -> json.readDealInstances(deal, reply.status(), reply.body()));
    }

    /** A look-up comes before the first purchase, so it may be the first request that is refused for a wrong clock. */
    private <T> Mono<T> call(DescribeAction action, byte[] body, Function<ApiResponse, T> reading) {
        return Mono.defer(() -> {
            AtomicLong signed = new AtomicLong();
            Mono<ApiResponse> exchange = exchange(action, body, signed);
            return exchange.flatMap(response -> Mono.fromSupplier(() -> reading.apply(response))
                    .onErrorResume(
                            ApiRefusal.class,
                            refusal -> isClockCorrected(refusal, response, signed.get())
                                    ? exchange.map(reading)
                                    : Mono.error(refusal)));
        });
    }

    private Mono<ApiResponse> exchange(DescribeAction action, byte[] body, AtomicLong signed) {
        Mono<ApiResponse> exchange = credentials.flatMap(current -> action.shaper()
                .shape(permit -> transport.exchange(permit.map(granted -> {
                    signed.set(clock.seconds());
                    return new ApiRequest(
                            action.signer().sign(current, region, signed.get(), body),
                            body,
                            granted::use,
                            granted::written);
                }))));
        return queue.pass(isUrgent, exchange);
    }

    private boolean isClockCorrected(ApiRefusal refusal, ApiResponse response, long signed) {
        return refusal.code().kind() == Kind.CLOCK && response.date() != null && clock.correct(signed, response.date());
    }
}
