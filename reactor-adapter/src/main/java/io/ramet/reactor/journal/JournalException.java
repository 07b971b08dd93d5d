package io.ramet.reactor.journal;

import io.ramet.error.RunFailure;
import io.ramet.outcome.ChunkOutcome;
import io.ramet.plan.PlanId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The journal could not be used, so nothing more is sent. Outcomes that could not be written are carried along. */
public class JournalException extends RunFailure {

    private static final long serialVersionUID = 1L;

    private final transient List<ChunkOutcome> unwritten;

    /**
     * Says what could not be done.
     *
     * @param what what could not be done, in words
     * @param cause why, or null
     */
    public JournalException(String what, @Nullable Throwable cause) {
        this(what, List.of(), cause);
    }

    /** A chunk has two outcomes, and only one of them can be kept. */
    static JournalException settledTwice(PlanId id, ChunkOutcome kept, ChunkOutcome refused) {
        return new JournalException(
                        "chunk " + refused.chunk().index() + " of plan " + id
                                + " already has another outcome in the journal: " + kept,
                        null)
                .carrying(List.of(refused));
    }

    private JournalException(String what, List<ChunkOutcome> unwritten, @Nullable Throwable cause) {
        super(what, cause);
        this.unwritten = unwritten;
    }

    /**
     * The same failure with the outcomes that are nowhere else.
     *
     * @param outcomes outcomes that could not be written
     * @return the failure that carries them
     */
    public JournalException carrying(List<ChunkOutcome> outcomes) {
        return new JournalException(
                getMessage() + "; not in the journal: " + outcomes, List.copyOf(outcomes), getCause());
    }

    /** {@return outcomes of calls in flight that could not be written: they stand nowhere else} */
    public List<ChunkOutcome> unwritten() {
        return unwritten;
    }
}
