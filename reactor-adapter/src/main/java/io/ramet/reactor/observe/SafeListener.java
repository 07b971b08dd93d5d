package io.ramet.reactor.observe;

import io.ramet.error.CallFailure;
import io.ramet.outcome.ChunkOutcome;
import io.ramet.plan.CloneChunk;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps what a listener throws away from purchases. */
public record SafeListener(CloneListener listener) implements CloneListener {

    private static final Logger log = LoggerFactory.getLogger(SafeListener.class);

    @Override
    public void sending(CloneChunk chunk, int attempt) {
        carefully(() -> listener.sending(chunk, attempt));
    }

    @Override
    public void again(CloneChunk chunk, CallFailure failure, Duration pause) {
        carefully(() -> listener.again(chunk, failure, pause));
    }

    @Override
    public void reconciling(CloneChunk chunk) {
        carefully(() -> listener.reconciling(chunk));
    }

    @Override
    public void settled(ChunkOutcome outcome) {
        carefully(() -> listener.settled(outcome));
    }

    private static void carefully(Runnable telling) {
        try {
            telling.run();
        } catch (Throwable e) {
            // A StackOverflowError as well: what leaves here leaves a chunk without an outcome.
            log.warn("a listener failed", e);
        }
    }
}
