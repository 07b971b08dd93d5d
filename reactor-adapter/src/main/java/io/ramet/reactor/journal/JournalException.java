package io.ramet.reactor.journal;

import io.ramet.error.RunFailure;
import io.ramet.outcome.ChunkOutcome;
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
