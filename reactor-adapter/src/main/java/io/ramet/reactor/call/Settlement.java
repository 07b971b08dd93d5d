package io.ramet.reactor.call;

import io.ramet.error.ApiRefusal;
import io.ramet.error.Effect;
import io.ramet.model.Deal;
import io.ramet.outcome.ChunkOutcome;
import io.ramet.outcome.ChunkOutcome.Cloned;
import io.ramet.outcome.ChunkOutcome.InDoubt;
import io.ramet.outcome.ChunkOutcome.NotCloned;
import io.ramet.plan.CloneChunk;
import io.ramet.reactor.call.InstanceFinder.Sighting;
import io.ramet.reactor.journal.PlanJournal;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Settles one chunk that was sent: looks up what its response left open, or proves its absence, and records the
 * outcome.
 */
public final class Settlement {

    private static final Logger log = LoggerFactory.getLogger(Settlement.class);

    /** The pause before each look-up of a chunk, in thirtieths of {@code reconcileFor}. */
    private static final List<Integer> LOOK_UPS = List.of(1, 2, 4, 8, 15);

    private static final Deal UNKNOWN = new Deal(null, null, List.of(), null);

    private final CallResources resources;
    private final PlanJournal journal;
    private final ChunkOutcome known;
    private final CloneChunk chunk;
    private final String source;
    /** Whether a look-up of this chunk has failed; if so, absence proves nothing. */
    private volatile boolean blind;

    /** Whether the chunk is looked up once even if {@code reconcileFor} is zero. */
    private volatile boolean requested;

    /**
     * Creates the settlement of one chunk.
     *
     * @param known the known outcome of the chunk
     * @param source the instance that the plan clones
     */
    public Settlement(CallResources resources, PlanJournal journal, ChunkOutcome known, String source) {
        this.resources = resources;
        this.journal = journal;
        this.known = known;
        this.chunk = known.chunk();
        this.source = source;
    }

    /**
     * Settles the chunk for a run that can send it again.
     *
     * @param timestamp the timestamp of its last signature in UNIX seconds, or 0 if that is not known
     * @return the result, once it is durable; fails with a {@link io.ramet.reactor.journal.JournalException} if it
     *     could not be recorded
     */
    public Mono<Settled> settle(long timestamp) {
        return Mono.defer(this::recordResponse)
                .then(Mono.defer(this::lookUp))
                .<Settled>flatMap(outcome -> resources.resendsWhenProven()
                                && timestamp > 0
                                && outcome instanceof InDoubt doubt
                                && AbsenceProof.isPossible(doubt)
                        ? prove(doubt, timestamp)
                        : Mono.just(new Settled.Outcome(outcome)))
                .flatMap(this::record);
    }

    /**
     * {@return the outcome, once it is durable, after at least one look-up of what is open. The chunk is not sent
     * again}
     */
    public Mono<ChunkOutcome> reconcile() {
        return Mono.defer(() -> {
                    requested = true;
                    return lookUp();
                })
                .flatMap(outcome -> journal.settled(outcome).thenReturn(outcome));
    }

    /**
     * Records a response that leaves something open, so that it is not lost if the process dies during the look-ups.
     */
    private Mono<Void> recordResponse() {
        return known.open() && !AbsenceProof.isPossible(known) ? journal.responded(known) : Mono.empty();
    }

    private Mono<Settled> record(Settled settled) {
        Mono<Void> recorded =
                settled instanceof Settled.Outcome end ? journal.settled(end.outcome()) : journal.withdrawn(chunk);
        return recorded.thenReturn(settled);
    }

    private Mono<ChunkOutcome> lookUp() {
        return known.fold(
                cloned -> cloned.missing() > 0 ? find(cloned, cloned.deal()) : Mono.just(cloned),
                Mono::just,
                inDoubt -> inDoubt.failure() instanceof ApiRefusal refusal
                                && refusal.confirmed().effect() == Effect.NONE
                        ? confirm(inDoubt, refusal)
                        : find(inDoubt, inDoubt.namedDeal()));
    }

    private Mono<ChunkOutcome> find(ChunkOutcome open, Deal deal) {
        resources.observer().reconciling(chunk);
        // Instances that a response names together with an error count only once a look-up has shown one of them.
        Set<String> ids = new LinkedHashSet<>(open instanceof Cloned ? deal.instanceIds() : List.of());
        return sightings(deal)
                .doOnNext(sighting -> ids.addAll(sighting.instanceIds()))
                .takeUntil(sighting -> ids.size() >= chunk.goodsNum())
                .takeUntilOther(resources.closing())
                .then(Mono.fromCallable(() -> {
                    if (ids.isEmpty()) {
                        return open;
                    }
                    ids.addAll(deal.instanceIds());
                    return cloned(deal, ids);
                }));
    }

    /**
     * Confirms a refusal that the server may have sent after it had delivered a part. One complete listing decides, if
     * the plan's source is visible; without one, the chunk stays in doubt.
     */
    private Mono<ChunkOutcome> confirm(InDoubt refused, ApiRefusal refusal) {
        return sightings(UNKNOWN)
                .next()
                .takeUntilOther(resources.closing())
                .flatMap(sighting -> {
                    if (sighting.instanceIds().isEmpty()) {
                        return showsSource()
                                .takeUntilOther(resources.closing())
                                .map(seen -> seen ? new NotCloned(chunk, refusal.confirmed()) : (ChunkOutcome) refused);
                    }
                    log.warn("{}: instances exist although the chunk was refused", chunk.instanceName());
                    Cloned part = cloned(refused.namedDeal(), sighting.instanceIds());
                    return part.missing() > 0 ? find(part, part.deal()) : Mono.<ChunkOutcome>just(part);
                })
                .defaultIfEmpty(refused);
    }

    private Cloned cloned(Deal deal, Collection<String> instanceIds) {
        return new Cloned(chunk, deal.withInstanceIds(List.copyOf(instanceIds)));
    }

    private Flux<Sighting> sightings(Deal deal) {
        Stream<Integer> none = requested ? Stream.of(0) : Stream.empty();
        return Flux.fromStream(resources.reconcileFor().isZero() ? none : LOOK_UPS.stream())
                .map(thirtieths ->
                        resources.reconcileFor().multipliedBy(thirtieths).dividedBy(30))
                .concatMap(wait -> Mono.delay(wait, resources.timer()).then(sighting(deal)), 1);
    }

    /** {@return the result of one look-up; empty if it failed, which proves nothing} */
    private Mono<Sighting> sighting(Deal deal) {
        InstanceFinder finder = resources.finder();
        Mono<Sighting> sighting = deal.name().isPresent() ? finder.find(chunk, deal) : finder.find(chunk);
        return sighting.onErrorResume(failure -> {
            log.warn("{} could not be looked up: {}", chunk.instanceName(), String.valueOf(failure.getMessage()));
            blind = true;
            return Mono.empty();
        });
    }

    /**
     * Waits until absence is proof, and looks the chunk up a last time; without proof it stays in doubt. Absence is
     * proof only if the plan's source is visible, because the credentials of another account or site show nothing.
     */
    private Mono<Settled> prove(InDoubt doubt, long timestamp) {
        Duration lag = resources.visibilityLag();
        long seconds = AbsenceProof.begins(timestamp, lag).getEpochSecond()
                + 1
                - resources.signer().timestamp();
        Duration wait = Duration.ofSeconds(Math.max(1, seconds));
        log.info("{}: not listed so far, absence is proof in {} s", chunk.instanceName(), wait.toSeconds());
        return Mono.delay(wait, resources.timer())
                .then(sighting(UNKNOWN).zipWith(showsSource()))
                .takeUntilOther(resources.closing())
                .<Settled>map(looked -> {
                    Sighting sighting = looked.getT1();
                    if (!sighting.instanceIds().isEmpty()) {
                        return new Settled.Outcome(cloned(UNKNOWN, sighting.instanceIds()));
                    }
                    return !blind && looked.getT2() && AbsenceProof.isGiven(timestamp, lag, sighting.at())
                            ? new Settled.MayBeSentAgain()
                            : new Settled.Outcome(doubt);
                })
                .defaultIfEmpty(new Settled.Outcome(doubt));
    }

    private Mono<Boolean> showsSource() {
        return resources
                .finder()
                .sees(source)
                .doOnNext(seen -> {
                    if (!seen) {
                        log.warn(
                                "{}: its source {} is not listed either, so absence proves nothing",
                                chunk.instanceName(),
                                source);
                    }
                })
                .onErrorResume(failure -> {
                    log.warn("{} could not be looked up: {}", source, String.valueOf(failure.getMessage()));
                    return Mono.just(false);
                });
    }
}
