package io.ramet.reactor.call;

import io.ramet.error.ApiRefusal;
import io.ramet.error.CallFailure;
import io.ramet.error.Effect;
import io.ramet.error.LostResponse;
import io.ramet.error.LostResponse.Phase;
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
import io.ramet.reactor.shape.RequestShaper;
import io.ramet.reactor.transport.ApiResponse;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/** Sends one chunk, repeatedly where {@link ResendRule} allows it, and judges the response. */
public final class ChunkCall {

    private static final Logger log = LoggerFactory.getLogger(ChunkCall.class);

    private final CallResources resources;
    private final RequestShaper shaper;
    private final CloneChunk chunk;
    private final CloneBodies bodies;
    private final CloneRequest request;
    private final PlanJournal journal;
    private final Mono<Void> halt;
    private final CloneObserver.RunObserver observer;
    private final ResendRule rule;

    private int attempts;

    /**
     * Creates the call for one chunk.
     *
     * @param shaper the lane of the chunk's run to the shaper
     * @param halt completes when nothing more may be sent
     */
    public ChunkCall(
            CallResources resources,
            RequestShaper shaper,
            CloneChunk chunk,
            CloneBodies bodies,
            CloneRequest request,
            PlanJournal journal,
            Mono<Void> halt,
            CloneObserver.RunObserver observer) {
        this.resources = resources;
        this.shaper = shaper;
        this.chunk = chunk;
        this.bodies = bodies;
        this.request = request;
        this.journal = journal;
        this.halt = halt;
        this.observer = observer;
        this.rule = new ResendRule(resources.random());
    }

    /**
     * Sends the chunk until it has a response, is in doubt, or may not be sent again.
     *
     * @return the content of the response, with the timestamp of its request; fails with a {@link CallFailure} without
     *     effect if the chunk was not sent and may be sent later, and with a {@link io.ramet.error.RunFailure} if the
     *     journal failed before it was sent
     */
    public Mono<PendingChunk> send() {
        return Mono.defer(() -> {
            CloneObserver.AttemptObserver watch = observer.attempt(chunk, ++attempts);
            JournaledAttempt attempt = new JournaledAttempt(resources, shaper, chunk, bodies, journal, attempts, watch);
            return attempt.send(halt)
                    .map(this::cloned)
                    .timeout(attempt.overdue(), Mono.fromCallable(() -> cloned(attempt.responseWhenOverdue())))
                    .doOnNext(cloned -> watch.responded(cloned.deal()))
                    .doOnError(watch::failed)
                    .contextWrite(watch::context)
                    .map(cloned -> sent(attempt, cloned))
                    .onErrorResume(CallFailure.class, failure -> judge(attempt, failure))
                    .onErrorResume(
                            failure -> !(failure instanceof RametException),
                            failure -> Mono.just(unexpected(attempt, failure)));
        });
    }

    private PendingChunk sent(JournaledAttempt attempt, ChunkOutcome outcome) {
        return new PendingChunk(chunk, attempt.timestamp(), outcome);
    }

    private Cloned cloned(ApiResponse response) {
        return response.read(received -> new Cloned(chunk, read(received)));
    }

    private Deal read(ApiResponse response) {
        try {
            Deal deal = resources.json().readDeal(response.status(), response.body());
            log.debug(
                    "{}: {} instances, RequestId {}",
                    chunk.instanceName(),
                    deal.instanceIds().size(),
                    deal.requestId());
            return deal;
        } catch (ApiRefusal refusal) {
            throw redacted(refusal);
        }
    }

    /** A server may quote a password that it does not accept. */
    private ApiRefusal redacted(ApiRefusal refusal) {
        Secret password = request.password();
        return password == null
                ? refusal
                : new ApiRefusal(
                        refusal.code(),
                        password.redact(refusal.text()),
                        refusal.requestId().orElse(null));
    }

    private Mono<PendingChunk> judge(JournaledAttempt attempt, CallFailure failure) {
        log.debug("{} failed: {}", chunk.instanceName(), failure.getMessage());
        if (failure.effect() == Effect.POSSIBLE) {
            return Mono.just(sent(attempt, new InDoubt(chunk, failure)));
        }
        return attempt.mend(failure).flatMap(mended -> judge(attempt, failure, mended));
    }

    private Mono<PendingChunk> judge(JournaledAttempt attempt, CallFailure failure, boolean mended) {
        return rule.again(failure, mended)
                .map(pause -> attempt.withdraw().then(again(failure, pause)))
                .orElseGet(() -> failure instanceof ApiRefusal refusal && !ResendRule.isThrottled(refusal)
                        ? Mono.just(sent(attempt, refused(refusal)))
                        : attempt.withdraw().then(Mono.error(failure)));
    }

    /** Handles a failure of another kind, which is a bug and may have occurred after the bytes were written. */
    private PendingChunk unexpected(JournaledAttempt attempt, Throwable failure) {
        attempt.abandon();
        log.error("{}: an unexpected failure, so the chunk is in doubt", chunk.instanceName(), failure);
        ApiResponse response = attempt.response();
        return sent(
                attempt,
                new InDoubt(
                        chunk,
                        new LostResponse(
                                response == null ? Phase.WRITTEN : Phase.ANSWERED,
                                "an unexpected " + failure.getClass().getName(),
                                response == null ? null : ResponseJson.requestIdIn(response.body()),
                                failure)));
    }

    private Mono<PendingChunk> again(CallFailure failure, Duration pause) {
        return Mono.defer(() -> {
            boolean throttled = ResendRule.isThrottled(failure);
            if (throttled) {
                shaper.pause(ResendRule.WINDOW);
                resources.observer().throttled(chunk, ResendRule.WINDOW);
            }
            resources.observer().retrying(chunk, failure, throttled ? ResendRule.WINDOW : pause);
            return JournaledAttempt.unless(halt, Mono.delay(pause, resources.timer()))
                    .then(Mono.defer(this::send));
        });
    }

    /** A refusal is final, but a chunk that may have been delivered in part is in doubt until a look-up settles it. */
    private ChunkOutcome refused(ApiRefusal refusal) {
        return refusal.code().mayHavePartialEffect()
                ? new InDoubt(chunk, refusal.unconfirmed())
                : new NotCloned(chunk, refusal);
    }
}
