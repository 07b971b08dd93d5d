package io.ramet.cli;

import io.ramet.error.CallFailure;
import io.ramet.error.LostResponse;
import io.ramet.error.LostResponse.Phase;
import io.ramet.outcome.ChunkOutcome;
import io.ramet.outcome.ChunkOutcome.InDoubt;
import io.ramet.outcome.CloneReport;
import io.ramet.outcome.PlanAudit;
import io.ramet.plan.CloneChunk;
import io.ramet.plan.PlanId;
import io.ramet.reactor.observe.CloneObserver;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The chunks that were sent and whose outcome is not printed yet, so that a process that must exit can account for
 * them.
 */
final class InFlightChunks implements CloneObserver {

    private final Set<Integer> sent = ConcurrentHashMap.newKeySet();
    private final Set<Integer> lookedUp = ConcurrentHashMap.newKeySet();
    private final Map<Integer, ChunkOutcome> unwritten = new ConcurrentHashMap<>();
    private volatile boolean anySent;
    private volatile @Nullable PlanAudit audit;
    private volatile boolean interrupted;

    @Override
    public void sending(CloneChunk chunk, int attempt) {
        anySent = true;
        sent.add(chunk.index());
    }

    @Override
    public void retrying(CloneChunk chunk, CallFailure failure, Duration pause) {
        sent.remove(chunk.index());
    }

    @Override
    public void reconciling(CloneChunk chunk) {
        lookedUp.add(chunk.index());
    }

    @Override
    public void settled(ChunkOutcome outcome) {
        unwritten.put(outcome.chunk().index(), outcome);
        lookedUp.remove(outcome.chunk().index());
    }

    @Override
    public void audited(PlanId plan, PlanAudit audit) {
        this.audit = audit;
    }

    /** The run is ended by a signal, and so is its audit. */
    void interrupt() {
        interrupted = true;
    }

    /** {@return whether a signal has ended the run, so that nothing more is sent} */
    boolean isInterrupted() {
        return interrupted;
    }

    /** {@return the report with the result of the audit, or why there was none} */
    CloneReport audited(CloneReport report) {
        PlanAudit last = audit;
        if (last != null && (last.done() || !interrupted)) {
            return report.audited(last);
        }
        return report.audited(
                PlanAudit.none(interrupted ? "interrupted" : anySent ? "no audit was made" : "nothing was sent"));
    }

    /** Forgets a chunk whose outcome is printed. */
    void written(ChunkOutcome outcome) {
        int index = outcome.chunk().index();
        sent.remove(index);
        lookedUp.remove(index);
        unwritten.remove(index);
    }

    /** {@return how many chunks wait for a response or are being looked up} */
    int count() {
        return sent.size();
    }

    /** {@return how many of them are being looked up} */
    int countLookedUp() {
        return lookedUp.size();
    }

    /**
     * {@return the outcome of a chunk as far as it is known now, for a process that waits no longer; empty if this run
     * has not touched the chunk, because the journal may know more}
     */
    Optional<ChunkOutcome> asOfNow(CloneChunk chunk) {
        ChunkOutcome known = unwritten.get(chunk.index());
        if (known != null) {
            return Optional.of(known);
        }
        return sent.contains(chunk.index()) || lookedUp.contains(chunk.index())
                ? Optional.of(new InDoubt(
                        chunk,
                        new LostResponse(Phase.WRITTEN, "the process exited without waiting for it", null, null)))
                : Optional.empty();
    }
}
