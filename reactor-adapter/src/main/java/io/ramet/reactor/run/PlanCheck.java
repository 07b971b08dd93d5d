package io.ramet.reactor.run;

import io.ramet.error.ApiRefusal;
import io.ramet.error.ErrorCode.Kind;
import io.ramet.error.NotSent;
import io.ramet.plan.ClonePlan;
import io.ramet.reactor.call.CallResources;
import io.ramet.reactor.call.PlanListing;
import io.ramet.reactor.journal.ForgottenPlanException;
import io.ramet.reactor.journal.PlanJournal.PendingChunk;
import io.ramet.reactor.journal.PlanJournal.Recovered;
import io.ramet.reactor.journal.UnverifiedPlanException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/**
 * Compares what a journal knows of a plan with what the server shows of it, before the first request of a run. A journal may be
 * lost, be an older copy, or have lost its latest commits with a database that failed over; instances still bear the marks.
 */
record PlanCheck(CallResources site, ClonePlan plan) {

    private static final Logger log = LoggerFactory.getLogger(PlanCheck.class);

    private static final int MOST_TRIES = 7;
    private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(3);

    /**
     * Looks the plan up, if anything of it may be sent.
     *
     * @param known what the journal knows
     * @param refused the chunks that have an outcome and are to be sent again
     * @param fresh whether the plan id is so new that the server cannot know it
     * @return what is known by journal and server: chunks of which only the server knows are unsettled, and so are never sent;
     *     fails with {@link ForgottenPlanException} if the journal knows nothing and the server something, and with
     *     {@link UnverifiedPlanException} if the look-up failed, or shows neither an instance of the plan nor its source
     */
    public Mono<Recovered> known(Recovered known, BitSet refused, boolean fresh) {
        Recovered rest = without(refused, known);
        boolean nothingToSend = rest.settled().cardinality() + rest.pending().size() >= plan.size();
        if (nothingToSend || (fresh && known.nothing())) {
            return Mono.just(rest);
        }
        return listing()
                .doOnNext(listing -> checkNotForgotten(listing, known))
                .map(listing -> with(listing, rest))
                .defaultIfEmpty(rest);
    }

    private static Recovered without(BitSet refused, Recovered known) {
        BitSet settled = (BitSet) known.settled().clone();
        settled.andNot(refused);
        return new Recovered(settled, known.pending(), known.handedOff());
    }

    /** Empty if the look-up failed and the plan is to be sent all the same. */
    private Mono<PlanListing> listing() {
        return site.finder()
                .find(plan)
                .delayUntil(this::checkSeen)
                .retryWhen(Retry.backoff(MOST_TRIES, FIRST_PAUSE)
                        .maxBackoff(LONGEST_PAUSE)
                        .scheduler(site.timer())
                        .filter(PlanCheck::mayPass)
                        .onRetryExhaustedThrow((rule, last) -> last.failure()))
                .onErrorResume(failure -> {
                    if (!site.sendsUnverified()) {
                        return Mono.error(
                                failure instanceof UnverifiedPlanException
                                        ? failure
                                        : new UnverifiedPlanException(plan.id(), failure));
                    }
                    log.warn("plan {} is sent although it could not be looked up: {}", plan.id(), failure.getMessage());
                    return Mono.empty();
                });
    }

    /** No instance of the plan means that there is none only to credentials, a region and an endpoint that show its source. */
    private Mono<Void> checkSeen(PlanListing listing) {
        String source = plan.request().instanceId();
        return listing.isEmpty()
                ? site.finder()
                        .sees(source)
                        .filter(seen -> seen)
                        .switchIfEmpty(Mono.error(() -> UnverifiedPlanException.unseen(plan.id(), source)))
                        .then()
                : Mono.empty();
    }

    /** What is refused for a permission or a parameter, or is hidden, will be so again. */
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
                "plan {}: the journal does not know of chunks {}, of which instances exist: it has lost what was written to it",
                plan.id(),
                unknown.stream().map(pending -> pending.chunk().index()).toList());
        List<PendingChunk> all = new ArrayList<>(known.pending());
        all.addAll(unknown);
        return new Recovered(known.settled(), all, known.handedOff());
    }
}
