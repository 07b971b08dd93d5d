package io.ramet.reactor.run;

import io.ramet.error.ApiRefusal;
import io.ramet.error.ClientClosedException;
import io.ramet.error.NotSent;
import io.ramet.json.CloneBodies;
import io.ramet.json.RequestJson;
import io.ramet.outcome.ChunkOutcome;
import io.ramet.outcome.ChunkOutcome.NotCloned;
import io.ramet.outcome.PlanAudit;
import io.ramet.plan.CloneChunk;
import io.ramet.plan.ClonePlan;
import io.ramet.reactor.call.CallResources;
import io.ramet.reactor.call.ChunkCall;
import io.ramet.reactor.call.Settled;
import io.ramet.reactor.call.Settlement;
import io.ramet.reactor.journal.JournalException;
import io.ramet.reactor.journal.PlacedOutcome;
import io.ramet.reactor.journal.PlanJournal;
import io.ramet.reactor.journal.PlanJournal.PendingChunk;
import io.ramet.reactor.journal.PlanJournal.Recovered;
import io.ramet.reactor.observe.CloneObserver;
import io.ramet.reactor.run.OutcomeFeed.Progress;
import io.ramet.reactor.run.RunState.Demand;
import io.ramet.reactor.shape.RequestShaper;
import java.time.Duration;
import java.util.BitSet;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

/**
 * A plan on its way to its outcomes.
 *
 * <p>Calls are subscribed to by the run, never by a subscriber, so nobody downstream can cancel a purchase in flight.
 * Outcomes go into the journal; a subscriber is a cursor over the journal that is told when there is more to read. So what
 * is told is durable, a late subscriber sees the same as an early one, a slow one costs no memory, and none can hold up the
 * others.
 *
 * <p>The run sends while somebody wants more: a subscriber with demand, or the one who submitted it.
 */
public final class PlanRun {

    private static final Logger log = LoggerFactory.getLogger(PlanRun.class);

    /** How long closing waits for a journal that is opening. */
    private static final Duration LONGEST_OPENING = Duration.ofSeconds(10);

    private final ClonePlan plan;
    private final boolean fresh;
    private final boolean reopening;
    private final Mono<Void> predecessor;
    private final CallResources site;
    private final RequestShaper shaper;
    private final CloneBodies bodies;
    private final Mono<PlanJournal> opening;
    private final RunScheduler turns;
    private final RunState state;
    private volatile CloneObserver.RunObserver watch = CloneObserver.RunObserver.NOOP;
    /** What calls find in their Reactor context. */
    private volatile Context context = Context.empty();

    private final OutcomeFeed feed = new OutcomeFeed(this::news);
    private final Sinks.Empty<Void> opened = Sinks.empty();
    private final Sinks.Empty<Void> over = Sinks.empty();
    private final Sinks.Empty<Void> abandoned = Sinks.empty();
    private final Sinks.Empty<Void> succeeded = Sinks.empty();
    private volatile PlanAudit audit = PlanAudit.none("nothing was sent");
    private final AtomicBoolean started = new AtomicBoolean();
    private volatile @Nullable PlanJournal journal;
    private volatile Sinks.Empty<Void> halt = Sinks.empty();
    /** Has let go of the journal, so that the end may be told. */
    private volatile boolean released;

    /**
     * {@code predecessor} completes when an earlier run has let go of the plan; {@code opening} takes it up; {@code fresh} if
     * the server cannot know the plan id; {@code reopening} if chunks that were refused are to be sent again.
     */
    public PlanRun(
            ClonePlan plan,
            Mono<Void> predecessor,
            CallResources site,
            Mono<PlanJournal> opening,
            RunScheduler turns,
            RunState.Limits limits,
            boolean fresh,
            boolean reopening) {
        this.fresh = fresh;
        this.reopening = reopening;
        this.plan = plan;
        this.predecessor = predecessor;
        this.state = new RunState(plan.size(), limits);
        this.site = site;
        this.shaper = turns.lane(state::priority);
        this.bodies = RequestJson.shared().bodies(plan);
        this.opening = opening;
        this.turns = turns;
    }

    public ClonePlan plan() {
        return plan;
    }

    /** {@return the highest priority of those who follow it} */
    public int priority() {
        return state.priority();
    }

    /** {@return completes when the plan stands in the journal; fails as opening it failed} */
    public Mono<Void> opened() {
        return opened.asMono().publishOn(Schedulers.parallel());
    }

    /** {@return completes when nothing is on its way any more} */
    public Mono<Void> over() {
        return over.asMono();
    }

    /** {@return whether the follower is aboard; a run that has ended takes nobody} */
    public boolean join(Demand follower, ContextView subscriber) {
        if (!state.join(follower)) {
            return false;
        }
        changed();
        if (started.compareAndSet(false, true)) {
            watch = site.observer().running(plan, site.region(), subscriber);
            context = watch.context(inherited(subscriber));
            predecessor
                    .then(opening)
                    .switchIfEmpty(Mono.error(() -> new JournalException("the journal did not open " + plan, null)))
                    .flatMap(this::opened)
                    .subscribe(this::open, this::openFailed);
        }
        return true;
    }

    public void wants(Demand follower, long more) {
        state.wants(follower, more);
        turns.ready(this);
    }

    public void leave(Demand follower) {
        if (state.leave(follower)) {
            abandoned.tryEmitEmpty();
        }
        changed();
    }

    /**
     * Sends no more; the rest comes as not cloned. When this returns, no request is written any more that the listener has not
     * heard of. A journal that is just opening is waited for, to let go of the plan.
     */
    public void close() {
        state.stop(new NotSent(NotSent.Reason.CLIENT_CLOSED, "the client was closed", null));
        changed();
        // Another thread may have found that sending halts, and not have said so yet.
        halt.tryEmitEmpty();
        if (started.compareAndSet(false, true)) {
            openFailed(new ClientClosedException());
        } else if (journal == null) {
            Mono.delay(LONGEST_OPENING, site.timer())
                    .takeUntilOther(opened.asMono().onErrorComplete())
                    .subscribe(waited -> openFailed(new ClientClosedException()));
        }
    }

    /** {@return every outcome from the first on, then what was not sent, then the end} */
    public Flux<ChunkOutcome> outcomes() {
        return feed.outcomes(this::read, this::rest);
    }

    /** {@return every outcome from the first on, then the end, for those who do not count as subscribers} */
    public Flux<ChunkOutcome> settled() {
        return feed.outcomes(this::read, told -> Mono.justOrEmpty(failure(told)).flatMapMany(Flux::error));
    }

    private Flux<PlacedOutcome> read(long after) {
        PlanJournal open = journal;
        return open == null ? Flux.empty() : open.outcomes(after);
    }

    /** Of what this subscriber was not told: by now another run may have settled more than this one. */
    private Flux<ChunkOutcome> rest(BitSet told) {
        Throwable failure = failure(told);
        if (failure != null) {
            return Flux.error(failure);
        }
        NotSent reason = state.reasonNotSent();
        return Flux.fromStream(() -> plan.chunks().filter(chunk -> !told.get(chunk.index())))
                .map(chunk -> new NotCloned(chunk, reason));
    }

    private @Nullable Throwable failure(BitSet told) {
        Throwable failure = state.failure();
        return failure != null ? failure : state.lost(told);
    }

    /**
     * What may be sent, by journal and server. Chunks that were refused are reopened only now: if the plan cannot be looked up, it
     * stays as it is.
     */
    private Mono<Opened> opened(PlanJournal open) {
        return refused(open)
                .flatMap(refused -> new PlanCheck(site, plan)
                        .known(open.known(), refused, fresh)
                        .delayUntil(known -> Flux.fromStream(refused.stream().boxed())
                                .concatMap(index -> open.reopened(plan.chunk(index)), 1)))
                .contextWrite(context)
                .onErrorResume(failure -> release(open).then(Mono.error(failure)))
                // So that a plan is let go of before the journal is closed, and when all its subscribers have left.
                .takeUntilOther(Mono.firstWithSignal(site.closing(), abandoned.asMono()))
                .defaultIfEmpty(open.known())
                .map(known -> new Opened(open, known));
    }

    private record Opened(PlanJournal journal, Recovered known) {}

    /**
     * Chunks whose refusal is to be forgotten: it had no effect, and its cause may have been mended since. What was refused for
     * stock, quota or balance may have been delivered all the same, which no listing shows before the visibility lag has passed.
     */
    private Mono<BitSet> refused(PlanJournal open) {
        if (!reopening || open.known().settled().isEmpty()) {
            return Mono.just(new BitSet());
        }
        return open.refusedWithin(site.visibilityLag())
                .flatMap(recent -> open.outcomes(0)
                        .map(PlacedOutcome::outcome)
                        .ofType(NotCloned.class)
                        .filter(outcome -> !recent.get(outcome.chunk().index()) || !mayShowLater(outcome))
                        .collect(
                                BitSet::new,
                                (refused, outcome) ->
                                        refused.set(outcome.chunk().index())));
    }

    private boolean mayShowLater(NotCloned outcome) {
        boolean may = outcome.failure() instanceof ApiRefusal refusal
                && refusal.code().mayHavePartialEffect();
        if (may) {
            log.warn(
                    "{} stays refused: it may have been delivered all the same, which listings show only after up to {}; a run "
                            + "that begins later sends it again: {}",
                    outcome.chunk().instanceName(),
                    site.visibilityLag(),
                    outcome.failure().getMessage());
        }
        return may;
    }

    private void open(Opened now) {
        PlanJournal open = now.journal();
        journal = open;
        if (!state.begin(now.known())) {
            release(open).subscribe(nothing -> {}, failure -> {}, this::letGo);
            return;
        }
        opened.tryEmitEmpty();
        open.lost().subscribe(nothing -> {}, this::claimLost);
        feed.announce();
        now.known().pending().forEach(pending -> settle(pending, open));
        changed();
    }

    /** Another process may be sending for the plan by now. */
    private void claimLost(Throwable failure) {
        state.fail(failure);
        changed();
    }

    /** The client was closed while the journal opened, or all subscribers have left. */
    private void letGo() {
        if (state.isAbandoned()) {
            state.letGo();
            changed();
        } else {
            openFailed(new ClientClosedException());
        }
    }

    private void openFailed(Throwable failure) {
        opened.tryEmitError(failure);
        state.fail(failure);
        changed();
    }

    /** {@return the sending of the next chunk if one may be sent now, else null; called with the lock of turns held} */
    @Nullable
    public Mono<Void> next() {
        PlanJournal open = journal;
        Mono<Void> halting = halt.asMono();
        int index = open == null ? -1 : state.take();
        return open == null || index < 0 ? null : sending(plan.chunk(index), open, halting);
    }

    private Mono<Void> sending(CloneChunk chunk, PlanJournal open, Mono<Void> halting) {
        // In this order: a failure of our own in answered() must not make the chunk one that may be sent again.
        return new ChunkCall(site, shaper, chunk, bodies, plan.request(), open, halting, watch)
                .send()
                .onErrorResume(failure -> Mono.fromRunnable(() -> unsent(chunk, failure)))
                .doOnNext(sent -> answered(sent, open))
                .then()
                .contextWrite(context);
    }

    private void unsent(CloneChunk chunk, Throwable failure) {
        state.unsent(chunk.index(), failure);
        changed();
    }

    private void answered(PendingChunk sent, PlanJournal open) {
        state.answered(sent.knownOutcome());
        settle(sent, open);
        changed();
    }

    private void settle(PendingChunk sent, PlanJournal open) {
        ChunkOutcome known = sent.knownOutcome();
        // In this order: a failure of our own in settled() must not count the chunk a second time.
        new Settlement(site, open, known)
                .settle(sent.timestamp(), plan.request().instanceId())
                .onErrorResume(failure -> Mono.fromRunnable(() -> unwritten(known, failure)))
                .contextWrite(context)
                .subscribe(
                        settled -> settled(known, settled),
                        failure -> log.error("a run has failed to handle its own failure", failure));
    }

    private void settled(ChunkOutcome known, Settled settled) {
        if (settled instanceof Settled.Outcome end) {
            state.settled(known, end.outcome());
            site.listener().settled(end.outcome());
            site.observer().settled(end.outcome());
            feed.announce();
        } else {
            state.proven(known.chunk().index());
        }
        changed();
    }

    /** What was bought must not be lost with the journal: it goes into the log and into the failure. */
    private void unwritten(ChunkOutcome outcome, Throwable failure) {
        log.error("an outcome could not be written to the journal: {}", outcome, failure);
        state.unwritten(outcome, failure);
        changed();
    }

    /** After every change: halts or resumes the sending, and ends the run when nothing is left to do. */
    private void changed() {
        String alarm = state.alarmToRaise();
        if (alarm != null) {
            alarm(alarm);
        }
        Sinks.Empty<Void> fired = turn();
        if (fired != null) {
            log.debug("plan {} sends no more for now: {}", plan.id(), state);
            fired.tryEmitEmpty();
        }
        if (state.ends()) {
            end();
        } else {
            turns.ready(this);
        }
    }

    private void alarm(String what) {
        log.error("ALARM: plan {}: {}", plan.id(), what);
        site.observer().alarm(plan.id(), what);
    }

    /** {@return what stops the calls that wait, if they are to stop now} */
    private synchronized Sinks.@Nullable Empty<Void> turn() {
        return switch (state.turn()) {
            case UNCHANGED -> null;
            case HALTED -> halt;
            case RESUMED -> {
                halt = Sinks.empty();
                yield null;
            }
        };
    }

    private void end() {
        PlanJournal open = journal;
        Mono<Void> ending = open == null ? Mono.empty() : audited(open).then(release(open));
        ending.subscribe(nothing -> {}, failure -> {}, this::finish);
    }

    /** Delays the end of the streams, never an outcome, and no other run of the plan. */
    private Mono<Void> audited(PlanJournal open) {
        if (state.failure() != null || !state.hasSettled()) {
            return Mono.empty();
        }
        return new PlanAuditor(site, plan, open)
                .audit()
                .contextWrite(context)
                .takeUntilOther(succeeded.asMono())
                .defaultIfEmpty(PlanAudit.none("the plan is run again"))
                .doOnNext(shown -> audit = shown)
                .then();
    }

    /** {@return what a listing of the whole plan has shown, or why there was none; to be asked when the run has ended} */
    public PlanAudit audit() {
        return audit;
    }

    /** The next run of the plan waits: ends the audit. */
    public void succeeded() {
        succeeded.tryEmitEmpty();
    }

    private Mono<Void> release(PlanJournal open) {
        return Mono.defer(state.interrupted() ? open::handOff : open::release).onErrorResume(failure -> {
            log.warn("the journal of plan {} could not be released", plan.id(), failure);
            return Mono.empty();
        });
    }

    private void finish() {
        released = true;
        watch.ended(whyEnded());
        feed.announce();
        over.tryEmitEmpty();
    }

    private @Nullable Throwable whyEnded() {
        Throwable failure = state.failure();
        return failure != null || state.settledCount() == plan.size() ? failure : state.reasonNotSent();
    }

    /**
     * What is the subscriber's own goes with the calls: traces, baggage. What his operators tell Reactor does not: with his
     * {@code onErrorContinue}, a failed call would be dropped without an outcome.
     */
    private static Context inherited(ContextView subscriber) {
        return Context.of(subscriber.stream()
                .filter(entry -> !entry.getKey().toString().startsWith("reactor."))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)));
    }

    private Progress news() {
        // In this order: what has ended has settled all that it will.
        boolean ended = released;
        return new Progress(state.settledCount(), ended);
    }

    /** {@return where the run stands, for logs} */
    @Override
    public String toString() {
        return "PlanRun[" + plan.id() + ": " + state + "]";
    }
}
