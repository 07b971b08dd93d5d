package io.ramet.reactor.journal;

import io.ramet.error.RunFailure;
import io.ramet.outcome.ChunkOutcome;
import io.ramet.plan.CloneChunk;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The journal failed, so nothing more is sent. It carries the outcomes that could not be written. */
public class JournalException extends RunFailure {

    private final List<ChunkOutcome> unwritten;

    /**
     * Creates a failure.
     *
     * @param what the message
     * @param cause why, or null
     */
    public JournalException(String what, @Nullable Throwable cause) {
        this(what, List.of(), cause);
    }

    static JournalException alreadySettled(CloneChunk chunk) {
        return of(chunk, "already has an outcome in the journal, so it must not be sent");
    }

    /** A chunk has two outcomes, and only one of them can be kept. */
    static JournalException settledTwice(ChunkOutcome kept, ChunkOutcome refused) {
        return of(refused.chunk(), "already has another outcome in the journal: " + kept)
                .carrying(List.of(refused));
    }

    static JournalException notReopened(CloneChunk chunk) {
        return of(chunk, "was bought or is in doubt, and cannot be sent again");
    }

    /** A write that must change exactly one entry has found none in the required state. */
    static JournalException notAsWritten(CloneChunk chunk, String change) {
        return of(chunk, "cannot be " + change + ": its entry in the journal is gone, or is not as it was written");
    }

    private static JournalException of(CloneChunk chunk, String what) {
        return new JournalException("chunk " + chunk.index() + " of plan " + chunk.planId() + " " + what, null);
    }

    private JournalException(String what, List<ChunkOutcome> unwritten, @Nullable Throwable cause) {
        super(what, cause);
        this.unwritten = unwritten;
    }

    /**
     * Adds outcomes that were not written.
     *
     * @param outcomes outcomes that could not be written
     * @return a copy of this failure that carries them
     */
    public JournalException carrying(List<ChunkOutcome> outcomes) {
        return new JournalException(
                getMessage() + "; not in the journal: " + outcomes, List.copyOf(outcomes), getCause());
    }

    /** {@return the outcomes that could not be written and are recorded nowhere else} */
    public List<ChunkOutcome> unwritten() {
        return unwritten;
    }
}
