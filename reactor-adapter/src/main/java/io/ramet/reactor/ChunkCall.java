package io.ramet.reactor;

import io.ramet.error.ApiRefusal;
import io.ramet.error.CallFailure;
import io.ramet.error.Effect;
import io.ramet.error.ErrorCode.Kind;
import io.ramet.error.LostAnswer;
import io.ramet.error.LostAnswer.Reached;
import io.ramet.error.NotSent;
import io.ramet.error.RametException;
import io.ramet.json.CloneBodies;
import io.ramet.json.CloneJson;
import io.ramet.model.Deal;
import io.ramet.model.Secret;
import io.ramet.outcome.ChunkOutcome;
import io.ramet.outcome.ChunkOutcome.Cloned;
import io.ramet.outcome.ChunkOutcome.InDoubt;
import io.ramet.outcome.ChunkOutcome.NotCloned;
import io.ramet.plan.CloneChunk;
import io.ramet.reactor.journal.PlanJournal;
import io.ramet.reactor.shape.RequestShaper;
import io.ramet.reactor.transport.ApiCall;
import io.ramet.reactor.transport.ApiReply;
import io.ramet.sign.Credentials;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The life of one chunk, in two parts: {@link #answer} sends it and judges what came back; {@link #settle} finds out what
 * can be found out, and writes the outcome down.
 *
 * <p>The order inside one sending is what makes it safe: a connected channel, then a permit, then the journal's "sending"
 * with the timestamp it will be signed with, then the signature, then the transport's flag, then the bytes.
 */
final class ChunkCall {

    private static final Logger log = LoggerFactory.getLogger(ChunkCall.class);

    /** Half of the jitter that the shape absorbs; the other half is the network's. */
    private static final Duration FRESH = RequestShaper.JITTER.dividedBy(2);
    /** A permit that is older was overtaken by the permits after it. */
    private static final Duration PERMIT_LIFE = Duration.ofSeconds(2);
    /** When to look for a mark, in thirtieths of the time there is. */
    private static final List<Integer> LOOKS = List.of(1, 2, 4, 8, 15);

    private final CallSite site;
    private final CloneChunk chunk;
    private final CloneBodies bodies;
    private final @Nullable Secret password;
    private final PlanJournal journal;
    private final Mono<Void> halt;
    private final RetryRule rule;

    private int attempts;
    private boolean armed;
    private long timestamp;
    private @Nullable ApiReply reply;

    /** {@code halt} completes when nothing more may be sent. */
    ChunkCall(
            CallSite site,
            CloneChunk chunk,
            CloneBodies bodies,
            @Nullable Secret password,
            PlanJournal journal,
            Mono<Void> halt) {
        this.site = site;
        this.chunk = chunk;
        this.bodies = bodies;
        this.password = password;
        this.journal = journal;
        this.halt = halt;
        this.rule = new RetryRule(site.random());
    }

    /**
     * Sends the chunk until there is something to say about it.
     *
     * @return what the answer says; fails with a {@link CallFailure} without effect if the chunk was not sent and may be
     *     sent later, and with a {@link io.ramet.error.RunFailure} if the journal failed before it was sent
     */
    Mono<ChunkOutcome> answer() {
        return unlessHalted(site.credentials())
                .flatMap(credentials -> site.transport()
                        .exchange(signedCall(credentials))
                        .switchIfEmpty(Mono.error(() -> new IllegalStateException("an exchange without an answer"))))
                .map(this::read)
                .<ChunkOutcome>map(deal -> new Cloned(chunk, deal))
                .onErrorResume(CallFailure.class, this::judge)
                .onErrorResume(failure -> !(failure instanceof RametException), this::surprised);
    }

    /**
     * Settles what the answer left open, then writes the outcome down.
     *
     * @param answered what the answer says
     * @return the outcome, durable
     */
    Mono<ChunkOutcome> settle(ChunkOutcome answered) {
        return answered.fold(
                        cloned -> cloned.missing() > 0 ? reconcile(cloned, cloned.deal()) : Mono.just(answered),
                        notCloned -> Mono.just(answered),
                        inDoubt -> reconcile(
                                inDoubt,
                                new Deal(
                                        null,
                                        null,
                                        List.of(),
                                        inDoubt.failure().requestId().orElse(null))))
                .flatMap(outcome -> journal.settled(outcome).thenReturn(outcome));
    }

    private Mono<ApiCall> signedCall(Credentials credentials) {
        return unlessHalted(turn().flatMap(granted -> arm().then(Mono.defer(() -> fresh(granted))))
                .map(granted -> sign(credentials, granted)));
    }

    private Mono<Long> turn() {
        return Mono.defer(() -> site.shaper().turn())
                .then(Mono.fromSupplier(() -> site.nanoTime().getAsLong()));
    }

    /** Calls that a slow write has held up must not go all at once: what is written down already queues again. */
    private Mono<Long> fresh(long granted) {
        return age(granted).compareTo(FRESH) <= 0 ? Mono.just(granted) : turn();
    }

    private Duration age(long granted) {
        return Duration.ofNanos(site.nanoTime().getAsLong() - granted);
    }

    private <T> Mono<T> unlessHalted(Mono<T> step) {
        return step.takeUntilOther(halt)
                .switchIfEmpty(Mono.error(() -> new NotSent(NotSent.Why.RUN_STOPPED, "sending was halted", null)));
    }

    private Mono<Void> arm() {
        armed = true;
        timestamp = site.clock().seconds();
        return journal.sending(chunk, timestamp);
    }

    private ApiCall sign(Credentials credentials, long granted) {
        Duration waited = age(granted);
        if (waited.compareTo(PERMIT_LIFE) > 0) {
            throw new NotSent(
                    NotSent.Why.TOO_LATE, "the permit was " + waited.toMillis() + " ms old before it was used", null);
        }
        byte[] body = bodies.of(chunk);
        attempts++;
        site.listener().sending(chunk, attempts);
        return new ApiCall(site.signer().sign(credentials, site.region(), timestamp, body), body);
    }

    private Deal read(ApiReply reply) {
        this.reply = reply;
        Deal deal = readDeal(reply);
        log.debug(
                "{} answered: {} instances, RequestId {}",
                chunk.instanceName(),
                deal.instanceIds().size(),
                deal.requestId());
        return deal;
    }

    /** A server may quote the password it did not like. */
    private Deal readDeal(ApiReply reply) {
        try {
            return site.json().readDeal(reply.status(), reply.body());
        } catch (ApiRefusal refusal) {
            throw password == null
                    ? refusal
                    : new ApiRefusal(
                            refusal.code(),
                            password.redact(refusal.text()),
                            refusal.requestId().orElse(null));
        }
    }

    private Mono<ChunkOutcome> judge(CallFailure failure) {
        log.debug("{} failed: {}", chunk.instanceName(), failure.getMessage());
        if (failure.effect() == Effect.POSSIBLE) {
            return Mono.just(new InDoubt(chunk, failure));
        }
        return rule.again(failure, clockIsRight(failure))
                .map(pause -> withdraw().then(again(failure, pause)))
                .orElseGet(() -> isFinal(failure)
                        ? Mono.just(new NotCloned(chunk, failure))
                        : withdraw().then(Mono.error(failure)));
    }

    /** Whatever else goes wrong is our own fault, and may have gone wrong after the bytes had gone. */
    private Mono<ChunkOutcome> surprised(Throwable failure) {
        log.error("{}: an unexpected failure, so the chunk is in doubt", chunk.instanceName(), failure);
        String what = "an unexpected " + failure.getClass().getName();
        String requestId = reply == null ? null : CloneJson.requestIdIn(reply.body());
        return Mono.just(new InDoubt(chunk, new LostAnswer(Reached.WRITTEN, what, requestId, failure)));
    }

    private Mono<ChunkOutcome> again(CallFailure failure, Duration pause) {
        return Mono.defer(() -> {
            boolean throttled = isThrottled(failure);
            if (throttled) {
                site.shaper().pause(RetryRule.WINDOW);
            }
            site.listener().again(chunk, failure, throttled ? RetryRule.WINDOW : pause);
            return unlessHalted(Mono.delay(pause, site.timer())).then(Mono.defer(this::answer));
        });
    }

    /** A refusal is for good; a call that never got past the gateway can be made another day. */
    private static boolean isFinal(CallFailure failure) {
        return failure instanceof ApiRefusal && !isThrottled(failure);
    }

    private static boolean isThrottled(CallFailure failure) {
        return failure instanceof ApiRefusal refusal && refusal.code().kind() == Kind.THROTTLED;
    }

    private boolean clockIsRight(CallFailure failure) {
        return failure instanceof ApiRefusal refusal
                && refusal.code().kind() == Kind.CLOCK
                && reply != null
                && reply.date() != null
                && site.clock().correct(timestamp, reply.date());
    }

    private Mono<Void> withdraw() {
        return Mono.defer(() -> {
            if (!armed) {
                return Mono.empty();
            }
            armed = false;
            return journal.withdrawn(chunk);
        });
    }

    private Mono<ChunkOutcome> reconcile(ChunkOutcome answered, Deal known) {
        site.listener().reconciling(chunk);
        Set<String> ids = new LinkedHashSet<>(known.instanceIds());
        return looks().doOnNext(ids::addAll)
                .takeUntil(found -> ids.size() >= chunk.goodsNum())
                .takeUntilOther(site.closing())
                .then(Mono.fromCallable(
                        () -> ids.isEmpty() ? answered : new Cloned(chunk, known.withInstanceIds(List.copyOf(ids)))));
    }

    private Flux<List<String>> looks() {
        return Flux.fromStream(site.reconcileFor().isZero() ? Stream.empty() : LOOKS.stream())
                .concatMap(
                        thirtieths -> Mono.delay(
                                        site.reconcileFor()
                                                .multipliedBy(thirtieths)
                                                .dividedBy(30),
                                        site.timer())
                                .then(site.finder().find(chunk))
                                .onErrorResume(failure -> {
                                    log.warn(
                                            "could not look for {}: {}",
                                            chunk.instanceName(),
                                            failure.getMessage() != null ? failure.getMessage() : failure.getClass());
                                    return Mono.empty();
                                }),
                        1);
    }
}
