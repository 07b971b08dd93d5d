package io.ramet.cli;

import io.ramet.error.CallFailure;
import io.ramet.error.LostResponse;
import io.ramet.error.LostResponse.Phase;
import io.ramet.outcome.ChunkOutcome;
import io.ramet.outcome.ChunkOutcome.InDoubt;
import io.ramet.plan.CloneChunk;
import io.ramet.reactor.observe.CloneListener;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Knows the chunks that were sent and are not written out yet, so that a process that must leave can account for them. */
final class InFlightChunks implements CloneListener {

    private final Set<Integer> sent = ConcurrentHashMap.newKeySet();
    private final Set<Integer> lookedFor = ConcurrentHashMap.newKeySet();
    private final Map<Integer, ChunkOutcome> unwritten = new ConcurrentHashMap<>();

    @Override
    public void sending(CloneChunk chunk, int attempt) {
        sent.add(chunk.index());
    }

    @Override
    public void again(CloneChunk chunk, CallFailure failure, Duration pause) {
        sent.remove(chunk.index());
    }

    @Override
    public void reconciling(CloneChunk chunk) {
        lookedFor.add(chunk.index());
    }

    @Override
    public void settled(ChunkOutcome outcome) {
        unwritten.put(outcome.chunk().index(), outcome);
        lookedFor.remove(outcome.chunk().index());
    }

    /** Forgets a chunk: its outcome is written out. */
    void written(ChunkOutcome outcome) {
        int index = outcome.chunk().index();
        sent.remove(index);
        lookedFor.remove(index);
        unwritten.remove(index);
    }

    /** {@return how many chunks wait for an answer or are being looked for} */
    int count() {
        return sent.size();
    }

    /** {@return how many of them are being looked for} */
    int countLookedFor() {
        return lookedFor.size();
    }

    /**
     * {@return what is to be said of a chunk that is not written out, if nobody waits any longer; empty if this run did nothing
     * about it: then the journal may know more}
     */
    Optional<ChunkOutcome> asOfNow(CloneChunk chunk) {
        ChunkOutcome known = unwritten.get(chunk.index());
        if (known != null) {
            return Optional.of(known);
        }
        return sent.contains(chunk.index()) || lookedFor.contains(chunk.index())
                ? Optional.of(
                        new InDoubt(chunk, new LostResponse(Phase.WRITTEN, "left without waiting for it", null, null)))
                : Optional.empty();
    }
}
