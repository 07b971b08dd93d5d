package io.ramet.reactor.call;

import io.ramet.error.ApiRefusal;
import io.ramet.error.CallFailure;
import io.ramet.error.LostResponse;
import io.ramet.error.LostResponse.Phase;
import io.ramet.error.NotSent;
import io.ramet.error.NotSent.Reason;
import io.ramet.json.CloneBodies;
import io.ramet.plan.CloneChunk;
import io.ramet.reactor.journal.PlanJournal;
import io.ramet.reactor.observe.CloneObserver;
import io.ramet.reactor.shape.RequestShaper;
import io.ramet.reactor.shape.RequestShaper.Permit;
import io.ramet.reactor.transport.ApiRequest;
import io.ramet.reactor.transport.ApiResponse;
import io.ramet.sign.Credentials;
import io.ramet.sign.SignedHeaders;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import reactor.core.Scannable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * One sending of a chunk. The order of its steps makes it safe: a permit is near, the channel is connected, the permit
 * is granted, the journal's entry with the timestamp of the signature is durable, the request is signed, the transport
 * sets its flag, and the bytes are written.
 */
final class JournaledAttempt {

    private static final String ACTION = "CloneInstances";

    /** The transport ends an unwritten request after two minutes, and a written one after {@code callTimeout}. */
    private static final Duration LONGER_THAN_TRANSPORT = Duration.ofMinutes(3);

    /** A journal has a shorter time limit of its own. */
    private static final Duration LONGEST_ENTRY = Duration.ofMinutes(1);

    private final CallResources resources;
    private final RequestShaper shaper;
    private final CloneChunk chunk;
    private final CloneBodies bodies;
    private final PlanJournal journal;
    private final int number;
    private final CloneObserver.AttemptObserver observer;

    private final Sinks.Empty<Void> permitted = Sinks.empty();

    private boolean withdrawn;
    private @Nullable Mono<Void> entry;
    private volatile long timestamp;
    private volatile @Nullable Credentials signedWith;
    private volatile @Nullable ApiResponse response;

    JournaledAttempt(
            CallResources resources,
            RequestShaper shaper,
            CloneChunk chunk,
            CloneBodies bodies,
            PlanJournal journal,
            int number,
            CloneObserver.AttemptObserver observer) {
        this.resources = resources;
        this.shaper = shaper;
        this.chunk = chunk;
        this.bodies = bodies;
        this.journal = journal;
        this.number = number;
        this.observer = observer;
    }

    /** {@return the timestamp of the signature in UNIX seconds; 0 before there is one} */
    long timestamp() {
        return timestamp;
    }

    /** {@return the response, or null if there is none} */
    @Nullable
    ApiResponse response() {
        return response;
    }

    /** {@return the response to one request; {@code halt} completes when nothing more may be sent} */
    Mono<ApiResponse> send(Mono<Void> halt) {
        return unless(halt, resources.signer().credentials())
                .flatMap(credentials -> unless(unlessEntered(halt), shaped(credentials, halt)));
    }

    /**
     * {@return emits when the attempt has not ended although the transport must have ended the exchange: Reactor throws
     * an error of the virtual machine past all operators, for example when the memory is exhausted while a response is
     * passed on}
     */
    Mono<Long> overdue() {
        Duration limit = resources.callTimeout().plus(LONGER_THAN_TRANSPORT);
        return permitted.asMono().then(Mono.delay(limit, resources.timer()));
    }

    /**
     * {@return the response of an attempt that is overdue; without one, the chunk is in doubt for good, because a
     * response may have arrived}
     */
    ApiResponse responseWhenOverdue() {
        ApiResponse received = response;
        if (received == null) {
            throw new LostResponse(Phase.ANSWERING, "the exchange did not end", null, null);
        }
        return received;
    }

    private Mono<ApiResponse> shaped(Credentials credentials, Mono<Void> halt) {
        return Mono.defer(() -> {
            observer.queued();
            return shaper.<ApiResponse>shape(permit -> resources
                    .transport()
                    .exchange(unless(halt, permit.flatMap(granted -> sending(credentials, granted, halt))))
                    .switchIfEmpty(Mono.error(() -> new IllegalStateException("an exchange without a response")))
                    .doOnNext(received -> response = received));
        });
    }

    /**
     * From the journal's entry on, only the transport knows whether bytes were written, so only it may stop the
     * exchange.
     */
    private Mono<Void> unlessEntered(Mono<Void> halt) {
        return halt.then(Mono.defer(() -> giveUp() == null ? Mono.empty() : Mono.never()));
    }

    /** {@return the step, which fails with {@link NotSent} once nothing more may be sent} */
    static <T> Mono<T> unless(Mono<Void> halt, Mono<T> step) {
        return step.takeUntilOther(halt)
                .switchIfEmpty(Mono.error(() -> new NotSent(Reason.RUN_STOPPED, "sending was halted", null)));
    }

    /** Withdraws the journal's entry, because this attempt certainly has no effect. */
    Mono<Void> withdraw() {
        return Mono.defer(() -> {
            Mono<Void> written = giveUp();
            return written == null
                    ? Mono.empty()
                    : written.timeout(LONGEST_ENTRY, resources.timer())
                            .onErrorComplete()
                            .then(Mono.defer(() -> journal.withdrawn(chunk)));
        });
    }

    /** Prevents a request that a fatal error has left in the queue from being written later. */
    void abandon() {
        var unused = giveUp();
    }

    /** {@return whether the signature caused the failure and the cause is mended; never fails} */
    Mono<Boolean> mend(CallFailure failure) {
        ApiResponse received = response;
        Credentials refused = signedWith;
        return received != null && refused != null && failure instanceof ApiRefusal refusal
                ? resources.signer().mend(refusal, received, timestamp, refused)
                : Mono.just(false);
    }

    private Mono<ApiRequest> sending(Credentials credentials, Permit permit, Mono<Void> halt) {
        return Mono.defer(() -> {
            observer.permitted();
            permitted.tryEmitEmpty();
            return enter().then(Mono.fromCallable(() -> sign(credentials, permit, halt)));
        });
    }

    /** Synchronized, because a permit may arrive on one thread while another thread gives up. */
    private synchronized Mono<Void> enter() {
        if (withdrawn) {
            return Mono.error(new NotSent(Reason.RUN_STOPPED, "given up while waiting", null));
        }
        timestamp = resources.signer().timestamp();
        Mono<Void> writing = journal.sending(chunk, timestamp).cache();
        entry = writing;
        return writing;
    }

    private synchronized @Nullable Mono<Void> giveUp() {
        withdrawn = true;
        return entry;
    }

    private ApiRequest sign(Credentials credentials, Permit permit, Mono<Void> halt) {
        byte[] body = bodies.of(chunk);
        resources.observer().sending(chunk, number);
        observer.sending();
        // After the observers, so that a request that they were not notified of before the halt is never written.
        if (Scannable.from(halt).scanOrDefault(Scannable.Attr.TERMINATED, false)) {
            throw new NotSent(Reason.RUN_STOPPED, "sending was halted", null);
        }
        return new ApiRequest(headers(credentials, body), body, permit::use, permit::written);
    }

    private SignedHeaders headers(Credentials before, byte[] body) {
        try {
            Credentials newest = resources.signer().newest(before);
            signedWith = newest;
            return resources.signer().sign(ACTION, newest, timestamp, body);
        } catch (LinkageError | VirtualMachineError e) {
            // Reactor throws such an error past all operators, and the attempt would never end.
            throw new IllegalStateException("the request could not be signed", e);
        }
    }
}
