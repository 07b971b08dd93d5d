package io.ramet.reactor.journal;

import io.ramet.error.RunFailure;
import java.sql.SQLException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.MonoSink;

/**
 * Something to do in a transaction, and the subscriber that waits for it.
 *
 * @param <T> what the transaction makes
 * @param <R> what is made of that once it is committed
 */
final class Operation<T, R> {

    private static final Logger log = LoggerFactory.getLogger(Operation.class);

    /** The work in a transaction. It is repeated if another operation in the same transaction fails. */
    interface Work<T> {
        T in(Transaction transaction) throws SQLException;
    }

    enum Kind {
        /** A write of a run: goes before all others, because a chunk waits for it with a permit in hand. */
        WRITE(64),
        /**
         * Fails before its commit once it is cancelled or closing has begun. Few, because a write may have to wait for
         * them.
         */
        CLAIM(16),
        /** Alone: SQLite refuses a transaction that has read, if another process has written before it writes. */
        READ(1);

        /** How many may be put into one transaction. */
        final int mostTogether;

        Kind(int mostTogether) {
            this.mostTogether = mostTogether;
        }
    }

    private final Kind kind;
    private final String what;
    private final Work<T> work;
    private final Function<T, R> committed;
    private final MonoSink<R> sink;
    private volatile boolean cancelled;

    // Used by the journal's thread only.
    private boolean alone;
    private @Nullable T result;

    Operation(Kind kind, String what, Work<T> work, Function<T, R> committed, MonoSink<R> sink) {
        this.kind = kind;
        this.what = what;
        this.work = work;
        this.committed = committed;
        this.sink = sink;
        sink.onCancel(() -> cancelled = true);
    }

    Kind kind() {
        return kind;
    }

    boolean isCancelled() {
        return cancelled;
    }

    /** Its transaction has failed, maybe for another operation: from now on it has one of its own. */
    void separate() {
        alone = true;
    }

    boolean isSeparate() {
        return alone;
    }

    /** {@return whether this operation, which is the first of a transaction, may share it with another one} */
    boolean sharesWith(Operation<?, ?> other) {
        return kind == other.kind && !alone && !other.alone;
    }

    void run(Transaction transaction) throws SQLException {
        result = work.in(transaction);
    }

    @SuppressWarnings("NullAway") // It has run.
    void succeed() {
        try {
            sink.success(committed.apply(result));
        } catch (RuntimeException | Error e) {
            fail(e);
        }
    }

    void fail(Throwable failure) {
        RunFailure reported = failure instanceof RunFailure ours
                ? ours
                : new JournalException("the journal could not " + what + ": " + failure.getMessage(), failure);
        if (cancelled) {
            log.debug("failed after its subscriber had cancelled: {}", reported.getMessage());
        } else {
            sink.error(reported);
        }
    }

    /** {@return the failure of what comes when the journal is closed} */
    JournalException closed() {
        return new JournalException("the journal could not " + what + ": it is closed", null);
    }
}
