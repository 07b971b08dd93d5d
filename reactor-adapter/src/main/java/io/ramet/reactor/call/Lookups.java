package io.ramet.reactor.call;

import static java.util.Objects.requireNonNull;

import io.ramet.error.ApiRefusal;
import io.ramet.error.NotSent;
import io.ramet.reactor.shape.RequestShaper;
import io.ramet.reactor.transport.ApiRequest;
import io.ramet.reactor.transport.ApiResponse;
import io.ramet.reactor.transport.ApiTransport;
import io.ramet.sign.Credentials;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/**
 * Sends the requests that buy nothing: look-ups, and those of an undo. They have their own limits and connections, so
 * that they never delay a purchase.
 *
 * @param queue admits as many requests at once as there are connections
 * @param isUrgent whether they go before requests that are not urgent
 * @param limits the shaper of each action
 */
public record Lookups(
        RequestSigner signer,
        ApiTransport transport,
        LookupQueue queue,
        boolean isUrgent,
        Map<String, RequestShaper> limits) {

    /**
     * In a process that has just started, connecting may take longer than a permit is valid. Nothing was sent then.
     */
    private static final Retry TAKE_ANOTHER_PERMIT = Retry.max(3)
            .filter(failure -> failure instanceof NotSent notSent && notSent.reason() == NotSent.Reason.TOO_LATE)
            .onRetryExhaustedThrow((rule, last) -> last.failure());

    /** {@return look-ups that wait until no urgent one is waiting} */
    public Lookups patient() {
        return new Lookups(signer, transport, queue, false, limits);
    }

    /**
     * Sends a request. If the server refuses its signature and the cause can be mended, the request is sent once more.
     * Look-ups precede the first purchase, so a look-up may be the first request that reveals a wrong clock or an old
     * key.
     *
     * @param action an action that has a limit
     * @param reader reads the response; may throw
     * @return the reader's result; cold. Cancelling gives up the place in the queue
     */
    public <T> Mono<T> send(String action, byte[] body, Function<ApiResponse, T> reader) {
        return Mono.defer(() -> {
            AtomicLong timestamp = new AtomicLong();
            AtomicReference<Credentials> signedWith = new AtomicReference<>();
            Mono<ApiResponse> exchange = queue.pass(isUrgent, exchange(action, body, timestamp, signedWith));
            return exchange.flatMap(response -> Mono.fromSupplier(() -> response.read(reader))
                    .onErrorResume(
                            ApiRefusal.class,
                            refusal -> signer.mend(refusal, response, timestamp.get(), requireNonNull(signedWith.get()))
                                    .flatMap(mended -> mended
                                            ? exchange.map(second -> second.read(reader))
                                            : Mono.error(refusal))));
        });
    }

    private Mono<ApiResponse> exchange(
            String action, byte[] body, AtomicLong timestamp, AtomicReference<Credentials> signedWith) {
        RequestShaper limit = requireNonNull(limits.get(action), action);
        return signer.credentials()
                .flatMap(credentials -> limit.shape(permit -> transport.exchange(permit.map(granted -> {
                    timestamp.set(signer.timestamp());
                    Credentials newest = signer.newest(credentials);
                    signedWith.set(newest);
                    return new ApiRequest(
                            signer.sign(action, newest, timestamp.get(), body), body, granted::use, granted::written);
                }))))
                .switchIfEmpty(Mono.error(() -> new IllegalStateException("an exchange without a response")))
                .retryWhen(TAKE_ANOTHER_PERMIT);
    }
}
