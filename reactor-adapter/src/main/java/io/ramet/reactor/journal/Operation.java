package io.ramet.reactor.journal;

import io.ramet.error.RunFailure;
import java.sql.SQLException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.MonoSink;

/**
 * Work for a transaction, and the subscriber that waits for its result.
 *
 * @param <T> the result of the transaction
 * @param <R> the result for the subscriber, made from the first one once it is committed
 */
final class Operation<T, R> {

    private static final Logger log = LoggerFactory.getLogger(Operation.class);

    /** The work in a transaction. It is repeated if another operation in the same transaction fails. */
    interface Work<T> {
        T in(Transaction transaction) throws SQLException;
    }

    enum Kind {
        /** A write of a run. It goes before all others, because a chunk that has its permit waits for it. */
        WRITE(64),
        /**
         * A claim, which fails before its commit if it was cancelled or if closing has begun. Only few share a
         * transaction, because a write may have to wait for them.
         */
        CLAIM(16),
        /**
         * A read, which is alone in its transaction: SQLite refuses a write in a transaction that has read, if another
         * process has written in between.
         */
        READ(1);

        /** The maximum number in one transaction. */
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

    /**
     * Called when its transaction has failed, perhaps because of another operation: from now on it has its own
     * transaction.
     */
    void separate() {
        alone = true;
    }

    boolean isSeparate() {
        return alone;
    }

    /** {@return whether this operation, the first of a transaction, may share the transaction with another one} */
    boolean sharesWith(Operation<?, ?> other) {
        return kind == other.kind && !alone && !other.alone;
    }

    void run(Transaction transaction) throws SQLException {
        result = work.in(transaction);
    }

    @SuppressWarnings("NullAway") // The operation has run, so it has a result.
    void succeed() {
        try {
            sink.success(committed.apply(result));
        } catch (Throwable e) {
            fail(e);
        }
    }

    /** Never fails itself, because other operations wait behind this one. */
    void fail(Throwable failure) {
        try {
            report(failure);
        } catch (Throwable e) {
            // Neither the subscriber nor the log takes the failure.
        }
    }

    private void report(Throwable failure) {
        RunFailure reported = failure instanceof RunFailure ours
                ? ours
                : new JournalException("the journal could not " + what + ": " + firstLine(failure), failure);
        if (cancelled) {
            log.debug("failed after its subscriber had cancelled: {}", reported.getMessage());
        } else {
            sink.error(reported);
        }
    }

    /** A driver may explain itself in several lines; the cause has all of them. */
    private static String firstLine(Throwable failure) {
        return String.valueOf(failure.getMessage()).lines().findFirst().orElse("");
    }

    /** {@return the failure of an operation on a closed journal} */
    JournalException closed() {
        return new JournalException("the journal could not " + what + ": it is closed", null);
    }
}
