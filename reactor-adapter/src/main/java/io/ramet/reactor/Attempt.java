package io.ramet.reactor;

import io.ramet.error.NotSent;
import io.ramet.error.NotSent.Why;
import io.ramet.json.CloneBodies;
import io.ramet.plan.CloneChunk;
import io.ramet.reactor.journal.PlanJournal;
import io.ramet.reactor.observe.CloneObserver;
import io.ramet.reactor.shape.RequestShaper;
import io.ramet.reactor.transport.ApiCall;
import io.ramet.reactor.transport.ApiReply;
import io.ramet.sign.Credentials;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import reactor.core.Scannable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * One sending of a chunk. The order is what makes it safe: a connected channel, then a permit, then the journal's entry with
 * the timestamp it will be signed with, then the signature, then the transport's flag, then the bytes.
 */
final class Attempt {

    /** An older permit was overtaken by those after it, and a process that was paused may have lost its lease. */
    private static final Duration PERMIT_LIFE = RequestShaper.LONGEST_SENDING;

    private final CallSite site;
    private final CloneChunk chunk;
    private final CloneBodies bodies;
    private final PlanJournal journal;
    private final int number;
    private final CloneObserver.Attempt watch;

    private boolean withdrawn;
    private @Nullable Mono<Void> entry;
    private volatile long timestamp;
    private final Sinks.Empty<Void> gone = Sinks.empty();

    Attempt(
            CallSite site,
            CloneChunk chunk,
            CloneBodies bodies,
            PlanJournal journal,
            int number,
            CloneObserver.Attempt watch) {
        this.site = site;
        this.chunk = chunk;
        this.bodies = bodies;
        this.journal = journal;
        this.number = number;
        this.watch = watch;
    }

    /** {@return the UNIX seconds it is signed with} */
    long timestamp() {
        return timestamp;
    }

    /** Sends once; {@code halt} completes when nothing more may be sent. */
    Mono<ApiReply> send(Mono<Void> halt) {
        return unless(halt, site.credentials())
                .flatMap(credentials -> site.transport()
                        .exchange(unless(halt, shaped(credentials, halt)))
                        .switchIfEmpty(Mono.error(() -> new IllegalStateException("an exchange without an answer"))));
    }

    private Mono<ApiCall> shaped(Credentials credentials, Mono<Void> halt) {
        return Mono.defer(() -> {
            watch.queued();
            return site.shaper().shape(sending(credentials, halt));
        });
    }

    /** A step that is given up when nothing more may be sent. */
    static <T> Mono<T> unless(Mono<Void> halt, Mono<T> step) {
        return step.takeUntilOther(halt)
                .switchIfEmpty(Mono.error(() -> new NotSent(Why.RUN_STOPPED, "sending was halted", null)));
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

    /** Emits the call when it is signed, and ends when its bytes have gone: only then comes the next one's turn. */
    private Mono<ApiCall> sending(Credentials credentials, Mono<Void> halt) {
        return Mono.defer(() -> {
            long granted = site.nanoTime().getAsLong();
            watch.permitted();
            Mono<ApiCall> signed = enter().then(Mono.fromCallable(() -> sign(credentials, granted, halt)));
            return Mono.fromDirect(signed.concatWith(gone.asMono().then(Mono.empty())));
        });
    }

    /** A permit may come on one thread while another has just given up. */
    private synchronized Mono<Void> enter() {
        if (withdrawn) {
            return Mono.error(new NotSent(Why.RUN_STOPPED, "given up while waiting", null));
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

    private ApiCall sign(Credentials credentials, long granted, Mono<Void> halt) {
        Duration waited = Duration.ofNanos(site.nanoTime().getAsLong() - granted);
        if (waited.compareTo(PERMIT_LIFE) > 0) {
            throw new NotSent(Why.TOO_LATE, "the permit was " + waited.toMillis() + " ms old before it was used", null);
        }
        byte[] body = bodies.of(chunk);
        site.listener().sending(chunk, number);
        watch.sending();
        // After the listener: a request that it has not heard of when sending was halted is never written.
        if (Scannable.from(halt).scanOrDefault(Scannable.Attr.TERMINATED, false)) {
            throw new NotSent(Why.RUN_STOPPED, "sending was halted", null);
        }
        return new ApiCall(site.signer().sign(credentials, site.region(), timestamp, body), body, gone::tryEmitEmpty);
    }
}
