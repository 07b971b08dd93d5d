package io.ramet.reactor.run;

import io.ramet.error.ApiRefusal;
import io.ramet.error.ErrorCode.Kind;
import io.ramet.error.NotSent;
import io.ramet.outcome.ChunkOutcome.NotCloned;
import io.ramet.plan.ClonePlan;
import io.ramet.reactor.call.CallResources;
import io.ramet.reactor.call.PlanListing;
import io.ramet.reactor.journal.ForgottenPlanException;
import io.ramet.reactor.journal.PlacedOutcome;
import io.ramet.reactor.journal.PlanJournal;
import io.ramet.reactor.journal.PlanJournal.PendingChunk;
import io.ramet.reactor.journal.PlanJournal.Recovered;
import io.ramet.reactor.journal.UnverifiedPlanException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/**
 * Determines, before the first request of a run, which chunks of a plan may be sent, by comparing the journal with a
 * listing of the server. A journal may be lost, may be an older copy, or may have lost its latest commits when its
 * database failed over; the instances still bear the plan's marks.
 *
 * @param fresh whether the plan id is so new that the server cannot know it
 * @param reopening whether chunks that were refused are sent again
 */
record PlanCheck(CallResources resources, ClonePlan plan, boolean fresh, boolean reopening) {

    private static final Logger log = LoggerFactory.getLogger(PlanCheck.class);

    private static final int MAX_TRIES = 7;
    private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(3);

    /**
     * Looks the plan up if any of its chunks may be sent, and then reopens refused chunks in the journal. If the plan
     * cannot be looked up, the journal stays unchanged.
     *
     * @param journal the journal of the plan
     * @return the state known to the journal and the server: chunks that only the server knows are pending, and are
     *     therefore never sent; fails with {@link ForgottenPlanException} if the server knows the plan but the journal
     *     does not, and with {@link UnverifiedPlanException} if the look-up failed, or shows neither an instance of the
     *     plan nor its source
     */
    Mono<Recovered> known(PlanJournal journal) {
        return refused(journal, journal.refusedWithin(resources.visibilityLag()))
                .flatMap(refused -> checked(journal, refused, without(refused, journal.known())));
    }

    private Mono<Recovered> checked(PlanJournal journal, BitSet refused, Recovered rest) {
        Recovered known = journal.known();
        boolean nothingToSend = rest.settled().cardinality() + rest.pending().size() >= plan.size();
        if (nothingToSend || (fresh && known.nothing())) {
            return Mono.just(rest);
        }
        return listing()
                .doOnNext(listing -> checkNotForgotten(listing, known))
                .flatMap(listing -> written(journal, refused, with(listing, rest)))
                .switchIfEmpty(Mono.defer(() -> unlisted(journal)));
    }

    /** Without a listing, a refused chunk that may have been delivered nevertheless is not sent again. */
    private Mono<Recovered> unlisted(PlanJournal journal) {
        BitSet all = new BitSet();
        all.set(0, plan.size());
        return refused(journal, Mono.just(all))
                .flatMap(refused -> written(journal, refused, without(refused, journal.known())));
    }

    /** Records chunks that only the server knows as in doubt, because the process may die before they are settled. */
    private Mono<Recovered> written(PlanJournal journal, BitSet refused, Recovered known) {
        Flux<Void> shown = Flux.fromIterable(known.pending())
                .skip(journal.known().pending().size())
                .concatMap(
                        pending -> journal.reopened(pending.chunk())
                                .then(Mono.defer(() -> journal.responded(pending.knownOutcome()))),
                        1);
        Flux<Void> others = Flux.fromStream(() -> refused.stream().boxed())
                .concatMap(index -> journal.reopened(plan.chunk(index)), 1);
        return Flux.concat(Flux.just(shown, others)).then(Mono.just(known));
    }

    /**
     * Finds the chunks that can be reopened: their refusal had no effect, and its cause may have been mended since. A
     * chunk that was refused for stock, quota or balance may have been delivered nevertheless, which no listing shows
     * before the visibility lag has passed; {@code recent} ones stay refused.
     */
    private Mono<BitSet> refused(PlanJournal journal, Mono<BitSet> recent) {
        if (!reopening || journal.known().settled().isEmpty()) {
            return Mono.just(new BitSet());
        }
        return recent.flatMap(indexes -> journal.outcomes(0)
                .map(PlacedOutcome::outcome)
                .ofType(NotCloned.class)
                .filter(outcome -> !indexes.get(outcome.chunk().index()) || !mayShowLater(outcome))
                .collect(
                        BitSet::new,
                        (refused, outcome) -> refused.set(outcome.chunk().index())));
    }

    private boolean mayShowLater(NotCloned outcome) {
        boolean may = outcome.failure() instanceof ApiRefusal refusal
                && refusal.code().mayHavePartialEffect();
        if (may) {
            log.warn(
                    "{} stays refused, because it may have been delivered nevertheless, which a listing may "
                            + "show only after {}; a run that begins later sends it again: {}",
                    outcome.chunk().instanceName(),
                    resources.visibilityLag(),
                    outcome.failure().getMessage());
        }
        return may;
    }

    private static Recovered without(BitSet refused, Recovered known) {
        BitSet settled = (BitSet) known.settled().clone();
        settled.andNot(refused);
        return new Recovered(settled, known.refused(), known.pending(), known.handedOff());
    }

    /** {@return the listing; empty if it failed and the plan is sent nevertheless} */
    private Mono<PlanListing> listing() {
        return resources
                .finder()
                .check(resources.finder().find(plan).delayUntil(this::checkSeen))
                .retryWhen(Retry.backoff(MAX_TRIES, FIRST_PAUSE)
                        .maxBackoff(LONGEST_PAUSE)
                        .scheduler(resources.timer())
                        .filter(PlanCheck::mayPass)
                        .onRetryExhaustedThrow((rule, last) -> last.failure()))
                .onErrorResume(failure -> {
                    if (!resources.sendsUnverified()) {
                        return Mono.error(
                                failure instanceof UnverifiedPlanException
                                        ? failure
                                        : new UnverifiedPlanException(plan.id(), failure));
                    }
                    log.warn("plan {} is sent although it could not be looked up: {}", plan.id(), failure.getMessage());
                    return Mono.empty();
                });
    }

    /** An empty listing proves something only if the same credentials, region and endpoint show the plan's source. */
    private Mono<Void> checkSeen(PlanListing listing) {
        String source = plan.request().instanceId();
        return listing.isEmpty()
                ? resources
                        .finder()
                        .sees(source)
                        .filter(seen -> seen)
                        .switchIfEmpty(Mono.error(() -> UnverifiedPlanException.unseen(plan.id(), source)))
                        .then()
                : Mono.empty();
    }

    /** A look-up that is refused for a permission or a parameter, or shows no source, will fail again. */
    private static boolean mayPass(Throwable failure) {
        if (failure instanceof UnverifiedPlanException) {
            return false;
        }
        if (failure instanceof ApiRefusal refusal) {
            Kind kind = refusal.code().kind();
            return kind == Kind.THROTTLED || kind == Kind.UNKNOWN;
        }
        return !(failure instanceof NotSent notSent) || notSent.reason() != NotSent.Reason.NO_CREDENTIALS;
    }

    private void checkNotForgotten(PlanListing listing, Recovered known) {
        if (known.nothing() && !listing.isEmpty()) {
            throw new ForgottenPlanException(
                    plan.id(),
                    listing.instanceIds().stream()
                            .limit(ForgottenPlanException.MOST)
                            .toList());
        }
    }

    private Recovered with(PlanListing listing, Recovered known) {
        BitSet accounted = (BitSet) known.settled().clone();
        known.pending().forEach(pending -> accounted.set(pending.chunk().index()));
        List<PendingChunk> unknown = listing.byChunk().keySet().stream()
                .filter(index -> index < plan.size() && !accounted.get(index))
                .sorted()
                .map(index -> new PendingChunk(plan.chunk(index), 0, null))
                .toList();
        if (unknown.isEmpty()) {
            return known;
        }
        log.error(
                "plan {}: instances of chunks {} exist, but the journal has lost the entries of these chunks",
                plan.id(),
                unknown.stream().map(pending -> pending.chunk().index()).toList());
        List<PendingChunk> all = new ArrayList<>(known.pending());
        all.addAll(unknown);
        return new Recovered(known.settled(), known.refused(), all, known.handedOff());
    }
}
