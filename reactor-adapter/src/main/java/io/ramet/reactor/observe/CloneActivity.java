package io.ramet.reactor.observe;

import static java.util.Objects.requireNonNull;

import io.ramet.error.NotSent;
import io.ramet.model.Deal;
import io.ramet.outcome.ChunkOutcome;
import io.ramet.plan.CloneChunk;
import io.ramet.plan.ClonePlan;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import reactor.util.context.ContextView;

/**
 * Counts a client's current plans and requests, for gauges and health checks. It counts only what it has observed since
 * it was created, and sends no request. Thread-safe.
 */
public final class CloneActivity implements CloneObserver {

    /** A bound for memory; a higher count would not be more useful. */
    private static final int MAX_DOUBTS = 100_000;

    private final Clock clock;
    private final AtomicInteger plans = new AtomicInteger();
    private final AtomicInteger waiting = new AtomicInteger();
    private final AtomicInteger inFlight = new AtomicInteger();
    /** A set of names, because a chunk can be reported as in doubt twice. */
    private final Set<String> inDoubt = ConcurrentHashMap.newKeySet();

    private volatile @Nullable LastCall lastCall;

    /**
     * The end of the last request.
     *
     * @param at the time of its end
     * @param outcome {@code cloned}, {@code refused}, {@code not-sent} or {@code in-doubt}
     * @param failure why its chunk was not cloned
     */
    public record LastCall(Instant at, String outcome, Optional<Throwable> failure) {}

    /**
     * Creates an observer for one client; pass it to the client's builder.
     *
     * @param clock provides the time of the last request
     */
    public CloneActivity(Clock clock) {
        this.clock = requireNonNull(clock, "clock");
    }

    /** {@return the number of plans that are running} */
    public int plans() {
        return plans.get();
    }

    /** {@return the number of requests that are waiting for a permit} */
    public int waiting() {
        return waiting.get();
    }

    /** {@return the number of requests that were written and have no response yet} */
    public int inFlight() {
        return inFlight.get();
    }

    /** {@return the number of chunks in doubt} */
    public int inDoubt() {
        return inDoubt.size();
    }

    /** {@return the end of the last request, leaving out those that were merely halted; empty before the first one} */
    public Optional<LastCall> lastCall() {
        return Optional.ofNullable(lastCall);
    }

    @Override
    public RunObserver running(ClonePlan plan, String region, ContextView subscriber) {
        plans.incrementAndGet();
        return new ActiveRun();
    }

    @Override
    public void settled(ChunkOutcome outcome) {
        if (outcome instanceof ChunkOutcome.InDoubt) {
            doubted(outcome.chunk());
        } else {
            inDoubt.remove(outcome.chunk().instanceName());
        }
    }

    private void doubted(CloneChunk chunk) {
        if (inDoubt.size() < MAX_DOUBTS) {
            inDoubt.add(chunk.instanceName());
        }
    }

    private final class ActiveRun implements RunObserver {

        @Override
        public AttemptObserver attempt(CloneChunk chunk, int number) {
            // A chunk in doubt is sent again only once it is proven that it was not executed.
            inDoubt.remove(chunk.instanceName());
            return new ActiveAttempt(chunk);
        }

        @Override
        public void completed() {
            plans.decrementAndGet();
        }

        @Override
        public void stopped(Throwable why) {
            plans.decrementAndGet();
        }
    }

    private final class ActiveAttempt implements AttemptObserver {

        private final CloneChunk chunk;
        private @Nullable AtomicInteger countedIn;

        ActiveAttempt(CloneChunk chunk) {
            this.chunk = chunk;
        }

        @Override
        public void queued() {
            moveTo(waiting);
        }

        @Override
        public void permitted() {
            moveTo(null);
        }

        @Override
        public void sending() {
            moveTo(inFlight);
        }

        @Override
        public void responded(Deal deal) {
            moveTo(null);
            lastCall = new LastCall(clock.instant(), OutcomeTags.CLONED, Optional.empty());
        }

        @Override
        public void failed(Throwable failure) {
            moveTo(null);
            String outcome = OutcomeTags.of(failure).outcome();
            if (outcome.equals(OutcomeTags.IN_DOUBT)) {
                doubted(chunk);
            }
            boolean stopped = failure instanceof NotSent notSent && notSent.reason() == NotSent.Reason.RUN_STOPPED;
            if (!stopped) {
                lastCall = new LastCall(clock.instant(), outcome, Optional.of(failure));
            }
        }

        private synchronized void moveTo(@Nullable AtomicInteger count) {
            if (countedIn != null) {
                countedIn.decrementAndGet();
            }
            if (count != null) {
                count.incrementAndGet();
            }
            countedIn = count;
        }
    }
}
