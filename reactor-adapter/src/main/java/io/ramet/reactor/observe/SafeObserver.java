package io.ramet.reactor.observe;

import io.ramet.model.Deal;
import io.ramet.outcome.ChunkOutcome;
import io.ramet.outcome.PlanAudit;
import io.ramet.plan.CloneChunk;
import io.ramet.plan.ClonePlan;
import io.ramet.plan.PlanId;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

/** Tells several observers, and keeps what they throw away from purchases. */
public record SafeObserver(List<CloneObserver> observers) implements CloneObserver {

    private static final Logger log = LoggerFactory.getLogger(SafeObserver.class);

    @Override
    public RunObserver running(ClonePlan plan, String region, ContextView subscriber) {
        return new SafeRun(asked(observers, observer -> observer.running(plan, region, subscriber)));
    }

    @Override
    public void settled(ChunkOutcome outcome) {
        told(observers, observer -> observer.settled(outcome));
    }

    @Override
    public void throttled(CloneChunk chunk, Duration pause) {
        told(observers, observer -> observer.throttled(chunk, pause));
    }

    @Override
    public void alarm(PlanId plan, String what) {
        told(observers, observer -> observer.alarm(plan, what));
    }

    @Override
    public void audited(PlanId plan, PlanAudit audit) {
        told(observers, observer -> observer.audited(plan, audit));
    }

    private record SafeRun(List<RunObserver> runs) implements RunObserver {

        @Override
        public Context context(Context context) {
            return through(runs, context, RunObserver::context);
        }

        @Override
        public AttemptObserver attempt(CloneChunk chunk, int number) {
            return new SafeAttempt(asked(runs, run -> run.attempt(chunk, number)));
        }

        @Override
        public void ended(@Nullable Throwable why) {
            told(runs, run -> run.ended(why));
        }
    }

    private record SafeAttempt(List<AttemptObserver> attempts) implements AttemptObserver {

        @Override
        public Context context(Context context) {
            return through(attempts, context, AttemptObserver::context);
        }

        @Override
        public void queued() {
            told(attempts, AttemptObserver::queued);
        }

        @Override
        public void permitted() {
            told(attempts, AttemptObserver::permitted);
        }

        @Override
        public void sending() {
            told(attempts, AttemptObserver::sending);
        }

        @Override
        public void answered(Deal deal) {
            told(attempts, attempt -> attempt.answered(deal));
        }

        @Override
        public void failed(Throwable failure) {
            told(attempts, attempt -> attempt.failed(failure));
        }
    }

    private static <O> void told(List<O> observers, Consumer<O> telling) {
        asked(observers, observer -> {
            telling.accept(observer);
            return observer;
        });
    }

    /** One that fails is left out. */
    private static <O, R> List<R> asked(List<O> observers, Function<O, R> question) {
        return observers.stream()
                .map(observer -> carefully(observer, question))
                .filter(Objects::nonNull)
                .toList();
    }

    private static <O> Context through(List<O> observers, Context context, BiFunction<O, Context, Context> adding) {
        Context all = context;
        for (O observer : observers) {
            Context before = all;
            Context after = carefully(observer, one -> adding.apply(one, before));
            all = after == null ? before : after;
        }
        return all;
    }

    private static <O, R> @Nullable R carefully(O observer, Function<O, R> question) {
        try {
            return question.apply(observer);
        } catch (Throwable e) {
            // A StackOverflowError as well: what leaves here leaves a chunk without an outcome.
            log.warn("an observer failed", e);
            return null;
        }
    }
}
