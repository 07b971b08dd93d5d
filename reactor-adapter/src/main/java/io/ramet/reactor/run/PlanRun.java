package io.ramet.reactor.run;

import io.ramet.error.ClientClosedException;
import io.ramet.error.NotSent;
import io.ramet.outcome.ChunkOutcome;
import io.ramet.outcome.PlanAudit;
import io.ramet.plan.ClonePlan;
import io.ramet.reactor.call.CallResources;
import io.ramet.reactor.concurrent.FatalErrors;
import io.ramet.reactor.journal.JournalException;
import io.ramet.reactor.journal.PlacedOutcome;
import io.ramet.reactor.journal.PlanJournal;
import io.ramet.reactor.journal.PlanJournal.Recovered;
import io.ramet.reactor.observe.CloneObserver.Alarm;
import io.ramet.reactor.observe.CloneObserver.RunObserver;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

/**
 * One run of a plan, from opening its journal to releasing it. It sends while there is demand from a subscriber or from
 * the submission of the plan.
 */
public final class PlanRun implements InFlightSlots.Source {

    private static final Logger log = LoggerFactory.getLogger(PlanRun.class);

    /** The longest time that closing waits for a journal that is being opened. */
    private static final Duration LONGEST_OPENING = Duration.ofSeconds(10);

    private final ClonePlan plan;
    private final Mono<PlanJournal> opening;
    private final CallResources resources;
    private final InFlightSlots slots;
    private final RunState state;
    private final PlanCheck check;
    private final OutcomeFeed feed;
    private final AtomicBoolean started = new AtomicBoolean();
    private final Sinks.Empty<Void> opened = Sinks.empty();
    private final Sinks.Empty<Void> abandoned = Sinks.empty();
    private final Sinks.Empty<Void> succeeded = Sinks.empty();
    private final Sinks.Empty<Void> over = Sinks.empty();
    private volatile RunObserver observer = RunObserver.NOOP;
    /** The Reactor context of the requests. */
    private volatile Context context = Context.empty();
    /** Null until the plan is open. */
    private volatile @Nullable RunSender sender;

    private volatile PlanAudit audit = PlanAudit.none("nothing was sent");

    /** {@code opening} claims the plan in the journal. */
    PlanRun(
            ClonePlan plan,
            Mono<PlanJournal> opening,
            CallResources resources,
            InFlightSlots slots,
            RunState.Limits limits,
            PlanCheck check) {
        this.plan = plan;
        this.opening = opening;
        this.slots = slots;
        this.state = new RunState(plan.size(), limits);
        this.resources = resources;
        this.check = check;
        this.feed = new OutcomeFeed(plan, state, this::read);
    }

    ClonePlan plan() {
        return plan;
    }

    @Override
    public int priority() {
        return state.priority();
    }

    /** {@return completes when the plan is in the journal and running; fails if it could not be opened} */
    public Mono<Void> opened() {
        return opened.asMono().publishOn(resources.timer());
    }

    /** {@return completes when no request is in flight and the journal is released} */
    Mono<Void> over() {
        return over.asMono();
    }

    /** {@return whether the demand has joined; a run that has ended accepts none} */
    boolean join(Demand demand, ContextView subscriber) {
        if (!state.join(demand)) {
            return false;
        }
        changed();
        if (started.compareAndSet(false, true)) {
            try {
                begin(subscriber);
            } catch (RuntimeException | Error failure) {
                // Otherwise the run would not end, and every later subscriber of the plan would wait for it.
                openFailed(failure);
            }
        }
        return true;
    }

    private void begin(ContextView subscriber) {
        observer = resources.observer().running(plan, resources.region(), subscriber);
        context = observer.context(RequestContext.inherited(subscriber));
        opening.switchIfEmpty(Mono.error(() -> new JournalException("the journal did not open " + plan, null)))
                .flatMap(this::check)
                .subscribe(this::open, this::openFailed);
    }

    public void wants(Demand demand, long more) {
        state.wants(demand, more);
        slots.ready(this);
    }

    public void leave(Demand demand) {
        if (state.leave(demand)) {
            abandoned.tryEmitEmpty();
        }
        changed();
    }

    /**
     * Stops sending; the remaining chunks are emitted as not cloned. When this method returns, the observers have been
     * notified of every request that is or will be written. If the journal is still being opened, the run ends once the
     * journal has released the plan.
     */
    void close() {
        state.stop(new NotSent(NotSent.Reason.CLIENT_CLOSED, "the client was closed", null));
        changed();
        RunSender open = sender;
        if (open != null) {
            // Another thread may have noticed that sending must halt, but may not have halted it yet.
            open.halt();
        } else if (started.compareAndSet(false, true)) {
            openFailed(new ClientClosedException());
        } else {
            Mono.delay(LONGEST_OPENING, resources.timer())
                    .takeUntilOther(opened.asMono().onErrorComplete())
                    .subscribe(waited -> openFailed(new ClientClosedException()));
        }
    }

    /** {@return every outcome, then the chunks that were not sent as {@code NotCloned}; then completes} */
    public Flux<ChunkOutcome> outcomes() {
        return feed.outcomes();
    }

    /** {@return every outcome from the first on; then completes. A subscription does not count as demand} */
    public Flux<ChunkOutcome> watched() {
        return feed.settled();
    }

    private Flux<PlacedOutcome> read(long after) {
        RunSender open = sender;
        return open == null ? Flux.empty() : open.journal().outcomes(after);
    }

    private record Opened(PlanJournal journal, Recovered known) {}

    private Mono<Opened> check(PlanJournal journal) {
        state.claimed(journal.known());
        return check.known(journal)
                .contextWrite(context)
                .onErrorResume(failure -> release(journal).then(Mono.error(failure)))
                // Releases the plan before the journal is closed, and when all subscribers have cancelled.
                .takeUntilOther(Mono.firstWithSignal(resources.closing(), abandoned.asMono()))
                .defaultIfEmpty(journal.known())
                .map(known -> new Opened(journal, known));
    }

    private void open(Opened now) {
        PlanJournal journal = now.journal();
        RunSender open = new RunSender(
                resources, slots.lane(this), plan, state, journal, observer, context, feed, this::changed);
        sender = open;
        if (!state.begin(now.known())) {
            release(journal).subscribe(nothing -> {}, failure -> releasedUnopened(), this::releasedUnopened);
            return;
        }
        opened.tryEmitEmpty();
        journal.lost().subscribe(nothing -> {}, this::fail);
        feed.announce();
        now.known().pending().forEach(open::settle);
        changed();
    }

    /** Ends a run whose client was closed, or whose subscribers all cancelled, while the journal was being opened. */
    private void releasedUnopened() {
        if (state.endUnopened()) {
            changed();
        } else {
            openFailed(new ClientClosedException());
        }
    }

    private void openFailed(Throwable failure) {
        opened.tryEmitError(failure);
        fail(failure);
    }

    private void fail(Throwable failure) {
        state.fail(failure);
        changed();
    }

    @Override
    public @Nullable Mono<Void> next() {
        RunSender open = sender;
        return open == null ? null : open.next();
    }

    /** Reacts to a change of the state: halts or resumes sending, and ends the run when nothing is left to do. */
    private void changed() {
        state.alarmsToRaise().forEach(this::raise);
        RunSender open = sender;
        if (open != null) {
            open.adapt();
        }
        if (state.ends()) {
            end();
        } else {
            slots.ready(this);
        }
    }

    private void raise(Alarm alarm) {
        log.error("ALARM: plan {}: {}", plan.id(), alarm.what());
        resources.observer().alarm(plan.id(), alarm);
    }

    private void end() {
        RunSender open = sender;
        Mono<Void> ending =
                open == null ? Mono.empty() : audited(open.journal()).then(release(open.journal()));
        ending.subscribe(nothing -> {}, failure -> finish(), this::finish);
    }

    /** Delays the completion of the streams, but neither an outcome nor a later run of the plan. */
    private Mono<Void> audited(PlanJournal journal) {
        if (state.failure() != null || !state.hasSettled()) {
            return Mono.empty();
        }
        return new PlanAuditor(resources, plan, journal)
                .audit()
                .contextWrite(context)
                .takeUntilOther(succeeded.asMono())
                .defaultIfEmpty(PlanAudit.none("the plan is run again"))
                .doOnNext(shown -> audit = shown)
                .then();
    }

    /** {@return the result of listing the whole plan, or why there is none; final once the run has ended} */
    public PlanAudit audit() {
        return audit;
    }

    /** Stops the audit, because the next run of the plan waits for this one to end. */
    void succeeded() {
        succeeded.tryEmitEmpty();
    }

    private Mono<Void> release(PlanJournal journal) {
        return FatalErrors.contained("the journal", state.interrupted() ? journal::handOff : journal::release)
                .onErrorResume(failure -> {
                    log.warn("the journal of plan {} could not be released", plan.id(), failure);
                    state.notReleased(failure);
                    return Mono.empty();
                });
    }

    private void finish() {
        Throwable failure = state.failure();
        if (failure == null && state.settledCount() == plan.size()) {
            observer.completed();
        } else {
            observer.stopped(failure == null ? state.reasonNotSent() : failure);
        }
        feed.end();
        over.tryEmitEmpty();
    }

    /** {@return the progress of the run, for logs} */
    @Override
    public String toString() {
        return "PlanRun[" + plan.id() + ": " + state + "]";
    }
}
