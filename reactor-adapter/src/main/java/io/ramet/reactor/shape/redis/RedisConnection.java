package io.ramet.reactor.shape.redis;

import io.lettuce.core.RedisException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.ramet.reactor.concurrent.NewThread;
import io.ramet.reactor.concurrent.OwnSchedulers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * A connection to Redis that is opened when it is needed, and again if opening it failed or if nothing responds.
 *
 * <p>Lettuce is called on threads that may block: it resolves host names and takes locks, and spins on a lock that was
 * not released. If that never ends, the connection is replaced together with its thread.
 */
final class RedisConnection {

    /**
     * The maximum number of commands without a response. A connection that has so many is replaced, because TCP takes a
     * quarter of an hour to notice that the network drops everything. That is after half a minute or more, because only
     * heartbeats are sent while nothing responds.
     */
    private static final int MAX_PENDING = 100;

    /** Closing may block like any call of Lettuce. */
    private static final Executor CLOSING = new NewThread("ramet-redis-close");

    private static final Duration LONGEST_CLOSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_RELEASE = Duration.ofSeconds(5);

    private final Supplier<? extends CompletionStage<Open>> connect;
    private final Supplier<Mono<Void>> release;

    private @Nullable Session current;
    private boolean closed;

    /** An open connection and its commands. */
    record Open(StatefulConnection<String, byte[]> connection, RedisClusterAsyncCommands<String, byte[]> commands) {}

    RedisConnection(Supplier<? extends CompletionStage<Open>> connect, Supplier<Mono<Void>> release) {
        this.connect = connect;
        this.release = release;
    }

    /** Runs a script; fails at once while there is no connection. */
    <V> CompletableFuture<V> eval(String script, ScriptOutputType type, String[] keys, byte[]... arguments) {
        Session session;
        try {
            session = current();
        } catch (RuntimeException | Error failure) { // such as a thread that cannot be created
            return CompletableFuture.failedFuture(failure);
        }
        return session == null
                ? CompletableFuture.failedFuture(new RedisException("closed"))
                : session.run(commands -> commands.eval(script, type, keys, arguments));
    }

    private synchronized @Nullable Session current() {
        if (!closed && (current == null || current.failed())) {
            current = new Session();
        }
        return current;
    }

    private void replace(Session old) {
        synchronized (this) {
            if (current != old) {
                return;
            }
            current = null;
        }
        var unused = old.close();
    }

    /** {@return a Mono that completes when the connection is closed or could not be closed} */
    Mono<Void> close() {
        Session last;
        synchronized (this) {
            closed = true;
            last = current;
            current = null;
        }
        // Not cancelled by the time limit, so that a connection that is being opened is closed when it is open. Never
        // fails, because Reactor would log a failure after the time limit.
        Mono<Void> closing = last == null ? Mono.empty() : Mono.fromFuture(last.close(), true);
        return closing.timeout(LONGEST_CLOSE, OwnSchedulers.TIMER)
                .onErrorComplete()
                .then(Mono.defer(release)
                        .subscribeOn(Schedulers.fromExecutor(CLOSING))
                        .timeout(LONGEST_RELEASE, OwnSchedulers.TIMER))
                .onErrorComplete();
    }

    /** One connection, the thread that calls Lettuce, and the commands without a response. */
    private final class Session {

        private final Scheduler thread = Schedulers.newBoundedElastic(1, 2 * MAX_PENDING, "ramet-redis", 60, true);
        private final CompletableFuture<Open> opening =
                CompletableFuture.supplyAsync(connect, thread::schedule).thenCompose(Function.identity());
        private final AtomicInteger pending = new AtomicInteger();

        boolean failed() {
            boolean failed = opening.isCompletedExceptionally();
            if (failed) {
                CLOSING.execute(thread::dispose);
            }
            return failed;
        }

        <V> CompletableFuture<V> run(
                Function<RedisClusterAsyncCommands<String, byte[]>, ? extends CompletionStage<V>> command) {
            if (pending.incrementAndGet() > MAX_PENDING) {
                replace(this);
                return CompletableFuture.failedFuture(new RedisException("too many commands without a response"));
            }
            return opening.thenComposeAsync(
                            open -> open.connection().isOpen() ? command.apply(open.commands()) : notConnected(open),
                            thread::schedule)
                    .whenComplete((value, failure) -> pending.decrementAndGet());
        }

        private <V> CompletableFuture<V> notConnected(Open open) {
            if (!open.connection().getOptions().isAutoReconnect()) {
                replace(this);
            }
            return CompletableFuture.failedFuture(new RedisException("not connected"));
        }

        /** {@return completes when the connection is closed, and never fails} */
        CompletableFuture<Void> close() {
            CompletableFuture<Void> closing = opening.thenComposeAsync(
                            open -> open.connection().closeAsync(), CLOSING)
                    .exceptionally(failure -> null);
            CLOSING.execute(thread::dispose);
            return closing;
        }
    }
}
