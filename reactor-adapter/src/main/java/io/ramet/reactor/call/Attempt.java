package io.ramet.reactor.call;

import io.ramet.error.NotSent;
import io.ramet.error.NotSent.Reason;
import io.ramet.json.CloneBodies;
import io.ramet.plan.CloneChunk;
import io.ramet.reactor.journal.PlanJournal;
import io.ramet.reactor.observe.CloneObserver;
import io.ramet.reactor.shape.RequestShaper.Permit;
import io.ramet.reactor.transport.ApiRequest;
import io.ramet.reactor.transport.ApiResponse;
import io.ramet.sign.Credentials;
import org.jspecify.annotations.Nullable;
import reactor.core.Scannable;
import reactor.core.publisher.Mono;

/**
 * One sending of a chunk. The order is what makes it safe: a permit that is near, then a connected channel, then the permit, then
 * the journal's entry with the timestamp it will be signed with, then the signature, then the transport's flag, then the bytes.
 */
final class Attempt {

    private final CallResources site;
    private final CloneChunk chunk;
    private final CloneBodies bodies;
    private final PlanJournal journal;
    private final int number;
    private final CloneObserver.AttemptObserver watch;

    private boolean withdrawn;
    private @Nullable Mono<Void> entry;
    private volatile long timestamp;

    Attempt(
            CallResources site,
            CloneChunk chunk,
            CloneBodies bodies,
            PlanJournal journal,
            int number,
            CloneObserver.AttemptObserver watch) {
        this.site = site;
        this.chunk = chunk;
        this.bodies = bodies;
        this.journal = journal;
        this.number = number;
        this.watch = watch;
    }

    /** {@return the UNIX seconds it is signed with} */
    public long timestamp() {
        return timestamp;
    }

    /** Sends once; {@code halt} completes when nothing more may be sent. */
    public Mono<ApiResponse> send(Mono<Void> halt) {
        return unless(halt, site.credentials())
                .flatMap(credentials -> unless(unlessEntered(halt), shaped(credentials, halt)));
    }

    private Mono<ApiResponse> shaped(Credentials credentials, Mono<Void> halt) {
        return Mono.defer(() -> {
            watch.queued();
            return site.shaper()
                    .<ApiResponse>shape(permit -> site.transport()
                            .exchange(unless(halt, permit.flatMap(granted -> sending(credentials, granted, halt))))
                            .switchIfEmpty(
                                    Mono.error(() -> new IllegalStateException("an exchange without an answer"))));
        });
    }

    /** From the journal's entry on, the transport knows whether the bytes have gone, and it alone may stop the exchange. */
    private Mono<Void> unlessEntered(Mono<Void> halt) {
        return halt.then(Mono.defer(() -> giveUp() == null ? Mono.empty() : Mono.never()));
    }

    /** A step that is given up when nothing more may be sent. */
    public static <T> Mono<T> unless(Mono<Void> halt, Mono<T> step) {
        return step.takeUntilOther(halt)
                .switchIfEmpty(Mono.error(() -> new NotSent(Reason.RUN_STOPPED, "sending was halted", null)));
    }

    /** Takes the journal's entry back: this attempt surely had no effect, and will have none. */
    Mono<Void> withdraw() {
        return Mono.defer(() -> {
            Mono<Void> written = giveUp();
            return written == null
                    ? Mono.empty()
                    : written.onErrorComplete().then(Mono.defer(() -> journal.withdrawn(chunk)));
        });
    }

    private Mono<ApiRequest> sending(Credentials credentials, Permit permit, Mono<Void> halt) {
        return Mono.defer(() -> {
            watch.permitted();
            return enter().then(Mono.fromCallable(() -> sign(credentials, permit, halt)));
        });
    }

    /** A permit may come on one thread while another has just given up. */
    private synchronized Mono<Void> enter() {
        if (withdrawn) {
            return Mono.error(new NotSent(Reason.RUN_STOPPED, "given up while waiting", null));
        }
        timestamp = site.clock().seconds();
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
        site.listener().sending(chunk, number);
        watch.sending();
        // After the listener: a request that it has not heard of when sending was halted is never written.
        if (Scannable.from(halt).scanOrDefault(Scannable.Attr.TERMINATED, false)) {
            throw new NotSent(Reason.RUN_STOPPED, "sending was halted", null);
        }
        return new ApiRequest(
                site.signer().sign(credentials, site.region(), timestamp, body), body, permit::use, permit::written);
    }
}
