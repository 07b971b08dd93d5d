package io.ramet.reactor.run;

import io.ramet.json.CloneBodies;
import io.ramet.json.RequestJson;
import io.ramet.outcome.ChunkOutcome;
import io.ramet.plan.CloneChunk;
import io.ramet.plan.ClonePlan;
import io.ramet.reactor.call.CallResources;
import io.ramet.reactor.call.ChunkCall;
import io.ramet.reactor.call.Settled;
import io.ramet.reactor.call.Settlement;
import io.ramet.reactor.concurrent.FatalErrors;
import io.ramet.reactor.journal.PlanJournal;
import io.ramet.reactor.journal.PlanJournal.PendingChunk;
import io.ramet.reactor.observe.CloneObserver.RunObserver;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.util.context.Context;

/**
 * Sends the chunks of one open run and settles what was sent. Sending and settling are subscribed to here, never by a
 * subscriber of the plan, so nothing downstream can cancel a purchase in flight.
 */
final class RunSender {

    private static final Logger log = LoggerFactory.getLogger(RunSender.class);

    private final CallResources resources;
    private final ShaperLanes.Lane lane;
    private final ClonePlan plan;
    private final CloneBodies bodies;
    private final RunState state;
    private final PlanJournal journal;
    private final RunObserver observer;
    private final Context context;
    private final OutcomeFeed feed;
    private final Runnable changed;
    private volatile Sinks.Empty<Void> halt = Sinks.empty();

    /**
     * {@code changed} is called after each change of the state; {@code context} is the Reactor context of the requests.
     */
    RunSender(
            CallResources resources,
            ShaperLanes.Lane lane,
            ClonePlan plan,
            RunState state,
            PlanJournal journal,
            RunObserver observer,
            Context context,
            OutcomeFeed feed,
            Runnable changed) {
        this.resources = resources;
        this.lane = lane;
        this.plan = plan;
        this.bodies = RequestJson.shared().bodies(plan);
        this.state = state;
        this.journal = journal;
        this.observer = observer;
        this.context = context;
        this.feed = feed;
        this.changed = changed;
    }

    PlanJournal journal() {
        return journal;
    }

    /** {@return the sending of the next chunk, or null if none may be sent now} */
    @Nullable
    Mono<Void> next() {
        // In this order, so that a chunk that is taken before a halt is halted by it.
        Mono<Void> halting = halt.asMono();
        int index = state.take();
        return index < 0 ? null : sending(plan.chunk(index), halting);
    }

    /**
     * Adapts the waiting requests to the state: stops them if the run has just been halted, admits new ones if it has
     * been resumed, and gives them the turn of the run's priority, which may have changed.
     */
    void adapt() {
        lane.reorder();
        Sinks.Empty<Void> stopped = halted();
        if (stopped != null) {
            log.debug("plan {} sends no more for now: {}", plan.id(), state);
            stopped.tryEmitEmpty();
        }
    }

    /** Stops the waiting requests. */
    void halt() {
        halt.tryEmitEmpty();
    }

    private synchronized Sinks.@Nullable Empty<Void> halted() {
        return switch (state.sending()) {
            case UNCHANGED -> null;
            case HALTED -> halt;
            case RESUMED -> {
                halt = Sinks.empty();
                yield null;
            }
        };
    }

    private Mono<Void> sending(CloneChunk chunk, Mono<Void> halting) {
        // In this order, so that a bug in responded() cannot return the chunk to those that may be sent.
        return new ChunkCall(resources, lane, chunk, bodies, plan.request(), journal, halting, observer)
                .send()
                .onErrorResume(failure -> Mono.fromRunnable(() -> unsent(chunk, failure)))
                .doOnNext(this::responded)
                .then()
                .contextWrite(context);
    }

    private void unsent(CloneChunk chunk, Throwable failure) {
        state.unsent(chunk.index(), failure);
        changed.run();
    }

    private void responded(PendingChunk sent) {
        state.responded(sent.knownOutcome());
        settle(sent);
        changed.run();
    }

    /** Settles a chunk that was sent by this run, or by an earlier one that was interrupted. */
    void settle(PendingChunk sent) {
        ChunkOutcome known = sent.knownOutcome();
        Settlement settlement =
                new Settlement(resources, journal, known, plan.request().instanceId());
        // In this order, so that a bug in settled() cannot count the chunk twice.
        FatalErrors.contained("settling", () -> settlement.settle(sent.timestamp()))
                .onErrorResume(failure -> Mono.fromRunnable(() -> unwritten(known, failure)))
                .contextWrite(context)
                .subscribe(
                        settled -> settled(known, settled),
                        failure -> log.error("a run has failed to handle its own failure", failure));
    }

    private void settled(ChunkOutcome known, Settled settled) {
        if (settled instanceof Settled.Outcome end) {
            state.settled(known, end.outcome());
            resources.observer().settled(end.outcome());
            feed.announce();
        } else {
            state.proven(known.chunk().index());
        }
        changed.run();
    }

    /** Logs the outcome and adds it to the run's failure, so that a deal is not lost when the journal fails. */
    private void unwritten(ChunkOutcome outcome, Throwable failure) {
        log.error("an outcome could not be written to the journal: {}", outcome, failure);
        state.unwritten(outcome, failure);
        changed.run();
    }
}
