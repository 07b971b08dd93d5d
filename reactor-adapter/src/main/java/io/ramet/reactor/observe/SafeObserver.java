package io.ramet.reactor.observe;

import io.ramet.error.CallFailure;
import io.ramet.model.Deal;
import io.ramet.model.InstanceState;
import io.ramet.model.UndoOutcome;
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

/** Forwards events to several observers, and logs what they throw, so that no observer can disturb a purchase. */
public record SafeObserver(List<CloneObserver> observers) implements CloneObserver {

    private static final Logger log = LoggerFactory.getLogger(SafeObserver.class);

    @Override
    public RunObserver running(ClonePlan plan, String region, ContextView subscriber) {
        return new SafeRun(collect(observers, observer -> observer.running(plan, region, subscriber)));
    }

    @Override
    public void sending(CloneChunk chunk, int attempt) {
        forward(observers, observer -> observer.sending(chunk, attempt));
    }

    @Override
    public void retrying(CloneChunk chunk, CallFailure failure, Duration pause) {
        forward(observers, observer -> observer.retrying(chunk, failure, pause));
    }

    @Override
    public void reconciling(CloneChunk chunk) {
        forward(observers, observer -> observer.reconciling(chunk));
    }

    @Override
    public void settled(ChunkOutcome outcome) {
        forward(observers, observer -> observer.settled(outcome));
    }

    @Override
    public void throttled(CloneChunk chunk, Duration pause) {
        forward(observers, observer -> observer.throttled(chunk, pause));
    }

    @Override
    public void alarm(PlanId plan, Alarm alarm) {
        forward(observers, observer -> observer.alarm(plan, alarm));
    }

    @Override
    public void audited(PlanId plan, PlanAudit audit) {
        forward(observers, observer -> observer.audited(plan, audit));
    }

    @Override
    public OperationObserver operating(String operation, ContextView subscriber) {
        return new SafeOperation(collect(observers, observer -> observer.operating(operation, subscriber)));
    }

    @Override
    public void awaited(InstanceState state) {
        forward(observers, observer -> observer.awaited(state));
    }

    @Override
    public void undone(PlanId plan, UndoOutcome outcome) {
        forward(observers, observer -> observer.undone(plan, outcome));
    }

    private record SafeOperation(List<OperationObserver> operations) implements OperationObserver {

        @Override
        public void completed() {
            forward(operations, OperationObserver::completed);
        }

        @Override
        public void failed(Throwable failure) {
            forward(operations, operation -> operation.failed(failure));
        }

        @Override
        public void cancelled() {
            forward(operations, OperationObserver::cancelled);
        }
    }

    @Override
    public RefreshObserver refreshing(String source) {
        return new SafeRefresh(collect(observers, observer -> observer.refreshing(source)));
    }

    private record SafeRefresh(List<RefreshObserver> refreshes) implements RefreshObserver {

        @Override
        public void refreshed(String source) {
            forward(refreshes, refresh -> refresh.refreshed(source));
        }

        @Override
        public void failed(Throwable failure) {
            forward(refreshes, refresh -> refresh.failed(failure));
        }
    }

    private record SafeRun(List<RunObserver> runs) implements RunObserver {

        @Override
        public Context context(Context context) {
            return through(runs, context, RunObserver::context);
        }

        @Override
        public AttemptObserver attempt(CloneChunk chunk, int number) {
            return new SafeAttempt(collect(runs, run -> run.attempt(chunk, number)));
        }

        @Override
        public void completed() {
            forward(runs, RunObserver::completed);
        }

        @Override
        public void stopped(Throwable why) {
            forward(runs, run -> run.stopped(why));
        }
    }

    private record SafeAttempt(List<AttemptObserver> attempts) implements AttemptObserver {

        @Override
        public Context context(Context context) {
            return through(attempts, context, AttemptObserver::context);
        }

        @Override
        public void queued() {
            forward(attempts, AttemptObserver::queued);
        }

        @Override
        public void permitted() {
            forward(attempts, AttemptObserver::permitted);
        }

        @Override
        public void sending() {
            forward(attempts, AttemptObserver::sending);
        }

        @Override
        public void responded(Deal deal) {
            forward(attempts, attempt -> attempt.responded(deal));
        }

        @Override
        public void failed(Throwable failure) {
            forward(attempts, attempt -> attempt.failed(failure));
        }
    }

    private static <O> void forward(List<O> observers, Consumer<O> event) {
        collect(observers, observer -> {
            event.accept(observer);
            return observer;
        });
    }

    /** Collects the results of all observers that do not fail. */
    private static <O, R> List<R> collect(List<O> observers, Function<O, R> call) {
        return observers.stream()
                .map(observer -> safely(observer, call))
                .filter(Objects::nonNull)
                .toList();
    }

    private static <O> Context through(List<O> observers, Context context, BiFunction<O, Context, Context> adding) {
        Context all = context;
        for (O observer : observers) {
            Context before = all;
            Context after = safely(observer, one -> adding.apply(one, before));
            all = after == null ? before : after;
        }
        return all;
    }

    private static <O, R> @Nullable R safely(O observer, Function<O, R> call) {
        try {
            return call.apply(observer);
        } catch (Throwable e) {
            // Any error, even a StackOverflowError: if it left this method, a chunk would have no outcome.
            report(e);
            return null;
        }
    }

    private static void report(Throwable failure) {
        try {
            log.warn("an observer has failed", failure);
        } catch (Throwable e) {
            // Its message, or that of a cause, cannot be read.
            log.warn("an observer has failed: {}", failure.getClass().getName());
        }
    }
}
