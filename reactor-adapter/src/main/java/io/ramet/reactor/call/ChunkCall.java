package io.ramet.reactor.call;

import io.ramet.error.ApiRefusal;
import io.ramet.error.CallFailure;
import io.ramet.error.Effect;
import io.ramet.error.ErrorCode.Kind;
import io.ramet.error.LostResponse;
import io.ramet.error.LostResponse.Phase;
import io.ramet.error.NotSent;
import io.ramet.error.RametException;
import io.ramet.json.CloneBodies;
import io.ramet.json.ResponseJson;
import io.ramet.model.CloneRequest;
import io.ramet.model.Deal;
import io.ramet.model.Secret;
import io.ramet.outcome.ChunkOutcome;
import io.ramet.outcome.ChunkOutcome.Cloned;
import io.ramet.outcome.ChunkOutcome.InDoubt;
import io.ramet.outcome.ChunkOutcome.NotCloned;
import io.ramet.plan.CloneChunk;
import io.ramet.reactor.journal.PlanJournal;
import io.ramet.reactor.journal.PlanJournal.PendingChunk;
import io.ramet.reactor.observe.CloneObserver;
import io.ramet.reactor.transport.ApiResponse;
import java.time.Duration;
import java.util.Collection;
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
 * The life of one chunk, in two parts: {@link #answer} sends it and judges what came back; {@link #reconcile} finds out what
 * can be found out, and writes the outcome down.
 */
public final class ChunkCall {

    private static final Logger log = LoggerFactory.getLogger(ChunkCall.class);

    /** When to look for a mark, in thirtieths of the time there is. */
    private static final List<Integer> LOOKS = List.of(1, 2, 4, 8, 15);

    private static final Deal UNKNOWN = new Deal(null, null, List.of(), null);

    private final CallResources site;
    private final CloneChunk chunk;
    private final CloneBodies bodies;
    private final @Nullable CloneRequest request;
    private final PlanJournal journal;
    private final Mono<Void> halt;
    private final CloneObserver.RunObserver run;
    private final ResendRule rule;

    private int attempts;
    private long timestamp;
    private @Nullable ApiResponse reply;
    /** Whether a look-up of this chunk has failed: then silence proves nothing. */
    private volatile boolean blind;

    /** {@code halt} completes when nothing more may be sent. */
    public ChunkCall(
            CallResources site,
            CloneChunk chunk,
            CloneBodies bodies,
            @Nullable CloneRequest request,
            PlanJournal journal,
            Mono<Void> halt,
            CloneObserver.RunObserver run) {
        this.site = site;
        this.chunk = chunk;
        this.bodies = bodies;
        this.request = request;
        this.journal = journal;
        this.halt = halt;
        this.run = run;
        this.rule = new ResendRule(site.random());
    }

    /**
     * Sends the chunk until there is something to say about it.
     *
     * @return what the answer says; fails with a {@link CallFailure} without effect if the chunk was not sent and may be
     *     sent later, and with a {@link io.ramet.error.RunFailure} if the journal failed before it was sent
     */
    public Mono<ChunkOutcome> answer() {
        return Mono.defer(() -> {
            reply = null;
            CloneObserver.AttemptObserver watch = run.attempt(chunk, ++attempts);
            Attempt attempt = new Attempt(site, chunk, bodies, journal, attempts, watch);
            return attempt.send(halt)
                    .map(this::read)
                    .doOnNext(watch::answered)
                    .doOnError(watch::failed)
                    .contextWrite(watch::context)
                    .<ChunkOutcome>map(deal -> new Cloned(chunk, deal))
                    .onErrorResume(CallFailure.class, failure -> judge(attempt, failure))
                    .onErrorResume(
                            failure -> !(failure instanceof RametException), failure -> surprised(attempt, failure));
        });
    }

    /**
     * Settles what the answer left open, then writes the outcome down.
     *
     * @param answered what the answer says
     * @return the outcome, durable; fails with a {@link CallFailure} without effect if the chunk was proven never to have been
     *     executed and may be sent again
     */
    public Mono<ChunkOutcome> settle(ChunkOutcome answered) {
        // An answer that leaves something open must not be lost with the process while the rest is looked for.
        return isAnswer(answered) && answered.open()
                ? Mono.defer(() -> journal.answered(answered)).then(Mono.defer(() -> settled(answered)))
                : settled(answered);
    }

    private Mono<ChunkOutcome> settled(ChunkOutcome answered) {
        return answered.fold(
                        cloned -> cloned.missing() > 0 ? reconcile(cloned, cloned.deal()) : Mono.just(answered),
                        notCloned -> Mono.just(answered),
                        inDoubt -> isRefused(inDoubt)
                                ? confirm(inDoubt)
                                : reconcile(inDoubt, inDoubt.namedDeal()).flatMap(this::proveIfWanted))
                .flatMap(outcome -> journal.settled(outcome).thenReturn(outcome));
    }

    /** Looks again for what is open of a chunk, without ever sending it. */
    public static Mono<ChunkOutcome> settling(CallResources site, ChunkOutcome open, PlanJournal journal) {
        ChunkCall call = new ChunkCall(
                site, open.chunk(), CloneBodies.NONE, null, journal, Mono.never(), CloneObserver.RunObserver.NOOP);
        return call.settled(open);
    }

    /** Takes up a chunk that an earlier run has not settled. */
    public Mono<ChunkOutcome> settle(PendingChunk pending) {
        timestamp = pending.timestamp();
        return settled(pending.knownOutcome());
    }

    private Mono<ChunkOutcome> proveIfWanted(ChunkOutcome outcome) {
        Proof proof = site.proof();
        return proof != null && request != null && timestamp > 0 && outcome instanceof InDoubt doubt && !isAnswer(doubt)
                ? prove(doubt, request, proof)
                : Mono.just(outcome);
    }

    /** What the server has begun to answer it may have executed, however empty the listings: an order may be paid later. */
    private static boolean isAnswer(ChunkOutcome outcome) {
        return outcome.fold(
                cloned -> true,
                notCloned -> true,
                inDoubt -> !(inDoubt.failure() instanceof LostResponse lost) || lost.phase() != Phase.WRITTEN);
    }

    /** Whether only a look-up is missing, and the chunk was not cloned. */
    private static boolean isRefused(InDoubt doubt) {
        return doubt.failure() instanceof ApiRefusal refusal
                && refusal.confirmed().effect() == Effect.NONE;
    }

    private Deal read(ApiResponse reply) {
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
    private Deal readDeal(ApiResponse reply) {
        try {
            return site.json().readDeal(reply.status(), reply.body());
        } catch (ApiRefusal refusal) {
            Secret password = request == null ? null : request.password();
            throw password == null
                    ? refusal
                    : new ApiRefusal(
                            refusal.code(),
                            password.redact(refusal.text()),
                            refusal.requestId().orElse(null));
        }
    }

    private Mono<ChunkOutcome> judge(Attempt attempt, CallFailure failure) {
        log.debug("{} failed: {}", chunk.instanceName(), failure.getMessage());
        timestamp = attempt.timestamp();
        if (failure.effect() == Effect.POSSIBLE) {
            return Mono.just(new InDoubt(chunk, failure));
        }
        return rule.again(failure, clockIsRight(attempt, failure))
                .map(pause -> attempt.withdraw().then(again(failure, pause)))
                .orElseGet(() -> failure instanceof ApiRefusal refusal && !isThrottled(refusal)
                        ? Mono.just(refused(refusal))
                        : attempt.withdraw().then(Mono.error(failure)));
    }

    /** Whatever else goes wrong is our own fault, and may have gone wrong after the bytes had gone. */
    private Mono<ChunkOutcome> surprised(Attempt attempt, Throwable failure) {
        timestamp = attempt.timestamp();
        log.error("{}: an unexpected failure, so the chunk is in doubt", chunk.instanceName(), failure);
        String what = "an unexpected " + failure.getClass().getName();
        String requestId = reply == null ? null : ResponseJson.requestIdIn(reply.body());
        Phase reached = reply == null ? Phase.WRITTEN : Phase.ANSWERED;
        return Mono.just(new InDoubt(chunk, new LostResponse(reached, what, requestId, failure)));
    }

    private Mono<ChunkOutcome> again(CallFailure failure, Duration pause) {
        return Mono.defer(() -> {
            boolean throttled = isThrottled(failure);
            if (throttled) {
                site.shaper().pause(ResendRule.WINDOW);
                site.observer().throttled(chunk, ResendRule.WINDOW);
            }
            site.listener().again(chunk, failure, throttled ? ResendRule.WINDOW : pause);
            return Attempt.unless(halt, Mono.delay(pause, site.timer())).then(Mono.defer(this::answer));
        });
    }

    /** A refusal is final; but what may have been delivered in part is in doubt until it has been looked up. */
    private ChunkOutcome refused(ApiRefusal refusal) {
        return refusal.code().mayHavePartialEffect() && !site.reconcileFor().isZero()
                ? new InDoubt(chunk, refusal.unconfirmed())
                : new NotCloned(chunk, refusal);
    }

    private static boolean isThrottled(CallFailure failure) {
        return failure instanceof ApiRefusal refusal && refusal.code().kind() == Kind.THROTTLED;
    }

    private boolean clockIsRight(Attempt attempt, CallFailure failure) {
        return failure instanceof ApiRefusal refusal
                && refusal.code().kind() == Kind.CLOCK
                && reply != null
                && reply.date() != null
                && site.clock().correct(attempt.timestamp(), reply.date());
    }

    private Mono<ChunkOutcome> reconcile(ChunkOutcome answered, Deal known) {
        site.listener().reconciling(chunk);
        // What a response names together with an error counts only once a look-up has shown that there is something.
        Set<String> ids = new LinkedHashSet<>(answered instanceof Cloned ? known.instanceIds() : List.of());
        return looks(known)
                .doOnNext(sighting -> ids.addAll(sighting.instanceIds()))
                .takeUntil(sighting -> ids.size() >= chunk.goodsNum())
                .takeUntilOther(site.closing())
                .then(Mono.fromCallable(() -> {
                    if (ids.isEmpty()) {
                        return answered;
                    }
                    ids.addAll(known.instanceIds());
                    return found(known, ids);
                }));
    }

    /** One complete listing decides; if none can be had, the refusal stays in doubt. */
    private Mono<ChunkOutcome> confirm(InDoubt refused) {
        return looks(UNKNOWN)
                .next()
                .takeUntilOther(site.closing())
                .flatMap(sighting -> {
                    if (sighting.instanceIds().isEmpty() && refused.failure() instanceof ApiRefusal refusal) {
                        return Mono.<ChunkOutcome>just(new NotCloned(chunk, refusal.confirmed()));
                    }
                    log.warn("{}: instances exist although it was refused", chunk.instanceName());
                    Cloned part = found(refused.namedDeal(), sighting.instanceIds());
                    return part.missing() > 0 ? reconcile(part, part.deal()) : Mono.<ChunkOutcome>just(part);
                })
                .defaultIfEmpty(refused);
    }

    private Cloned found(Deal known, Collection<String> ids) {
        return new Cloned(chunk, known.withInstanceIds(List.copyOf(ids)));
    }

    private Flux<Sighting> looks(Deal known) {
        return Flux.fromStream(site.reconcileFor().isZero() ? Stream.empty() : LOOKS.stream())
                .concatMap(
                        thirtieths -> Mono.delay(
                                        site.reconcileFor()
                                                .multipliedBy(thirtieths)
                                                .dividedBy(30),
                                        site.timer())
                                .then(look(known)),
                        1);
    }

    private Mono<Boolean> sees(String instanceId) {
        return site.finder()
                .sees(instanceId)
                .doOnNext(seen -> {
                    if (!seen) {
                        log.warn(
                                "{}: its source {} is not seen either, which proves nothing",
                                chunk.instanceName(),
                                instanceId);
                    }
                })
                .onErrorResume(failure -> {
                    log.warn("could not look for {}: {}", instanceId, String.valueOf(failure.getMessage()));
                    return Mono.just(false);
                });
    }

    /** One look; a look that fails shows nothing, and proves nothing. */
    private Mono<Sighting> look(Deal known) {
        Mono<Sighting> looking = known.name().isPresent()
                ? site.finder().find(chunk, known)
                : site.finder().find(chunk);
        return looking.onErrorResume(failure -> {
            log.warn("could not look for {}: {}", chunk.instanceName(), String.valueOf(failure.getMessage()));
            blind = true;
            return Mono.empty();
        });
    }

    /**
     * Waits until the absence of a chunk is proof, and looks a last time; without proof it stays in doubt. Absence proves
     * something only to eyes that see the plan's source: with another account's key, or another site's, nothing shows.
     */
    private Mono<ChunkOutcome> prove(InDoubt doubt, CloneRequest request, Proof proof) {
        Duration wait = Duration.ofSeconds(Math.max(
                1, proof.after(timestamp).getEpochSecond() + 1 - site.clock().seconds()));
        log.info("{}: absent so far, proof in {} s", chunk.instanceName(), wait.toSeconds());
        return Mono.delay(wait, site.timer())
                .then(look(UNKNOWN).zipWith(sees(request.instanceId())))
                .takeUntilOther(site.closing())
                .flatMap(looked -> {
                    Sighting sighting = looked.getT1();
                    if (!sighting.instanceIds().isEmpty()) {
                        return Mono.just(found(UNKNOWN, sighting.instanceIds()));
                    }
                    return !blind && looked.getT2() && proof.holds(timestamp, sighting.at())
                            ? journal.withdrawn(chunk)
                                    .then(Mono.<ChunkOutcome>error(new NotSent(
                                            NotSent.Reason.RUN_STOPPED,
                                            "proven not to have been executed",
                                            doubt.failure())))
                            : Mono.<ChunkOutcome>just(doubt);
                })
                .defaultIfEmpty(doubt);
    }
}
