package io.ramet.reactor.shape.redis;

import io.lettuce.core.RedisException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * A connection to Redis that is opened when it is needed, and again if opening it failed. Lettuce is called on a thread
 * that may block: it resolves host names and takes locks, and a lock that another thread holds blocks the caller. If
 * such a wait does not end, commands fail, and nothing else stops.
 */
final class RedisConnection {

    /**
     * The maximum number of commands without a response. A connection that has so many is replaced, because TCP takes a
     * quarter of an hour to notice that the network drops everything. That is after half a minute or more, because only
     * heartbeats are sent while nothing responds.
     */
    private static final int MAX_PENDING = 100;

    private static final Duration LONGEST_CLOSE = Duration.ofSeconds(1);

    private final Supplier<? extends CompletionStage<Open>> connect;
    private final Supplier<Mono<Void>> release;
    private final Scheduler thread = Schedulers.newBoundedElastic(1, MAX_PENDING, "ramet-redis", 60, true);

    private @Nullable CompletableFuture<Open> current;
    private boolean closed;

    /** An open connection and its commands, of which {@code pending} have no response yet. */
    record Open(
            StatefulConnection<String, byte[]> connection,
            RedisClusterAsyncCommands<String, byte[]> commands,
            AtomicInteger pending) {

        Open(StatefulConnection<String, byte[]> connection, RedisClusterAsyncCommands<String, byte[]> commands) {
            this(connection, commands, new AtomicInteger());
        }
    }

    RedisConnection(Supplier<? extends CompletionStage<Open>> connect, Supplier<Mono<Void>> release) {
        this.connect = connect;
        this.release = release;
    }

    /** Runs a script; fails at once while there is no connection. */
    <V> CompletableFuture<V> eval(String script, ScriptOutputType type, String[] keys, byte[]... arguments) {
        CompletableFuture<Open> used = current();
        return used.thenComposeAsync(
                open -> {
                    if (!open.connection().isOpen()) {
                        if (!open.connection().getOptions().isAutoReconnect()) {
                            forget(used);
                            var unused = open.connection().closeAsync();
                        }
                        return CompletableFuture.failedFuture(new RedisException("not connected"));
                    }
                    if (open.pending().get() >= MAX_PENDING) {
                        forget(used);
                        var unused = open.connection().closeAsync();
                        return CompletableFuture.failedFuture(
                                new RedisException("too many commands without a response"));
                    }
                    var response = open.commands().<V>eval(script, type, keys, arguments);
                    open.pending().incrementAndGet();
                    return response.whenComplete(
                            (value, failure) -> open.pending().decrementAndGet());
                },
                thread::schedule);
    }

    private synchronized void forget(CompletableFuture<Open> old) {
        if (current == old) {
            current = null;
        }
    }

    /** {@return a Mono that completes when the connection is closed or could not be closed} */
    Mono<Void> close() {
        CompletableFuture<Open> last;
        synchronized (this) {
            closed = true;
            last = current;
            current = null;
        }
        // Not cancelled by the time limit, so that a connection that is being opened is closed when it is open. Never
        // fails, because Reactor would log a failure after the time limit.
        Mono<Void> closing = last == null
                ? Mono.empty()
                : Mono.fromFuture(
                        last.thenComposeAsync(
                                        open -> open.connection().closeAsync(), Schedulers.boundedElastic()::schedule)
                                .exceptionally(failure -> null),
                        true);
        return closing.timeout(LONGEST_CLOSE)
                .onErrorComplete()
                .then(Mono.defer(release).subscribeOn(Schedulers.boundedElastic()))
                .onErrorComplete()
                .doFinally(ended -> thread.dispose());
    }

    private synchronized CompletableFuture<Open> current() {
        if (closed) {
            return CompletableFuture.failedFuture(new RedisException("closed"));
        }
        if (current == null || current.isCompletedExceptionally()) {
            current = Mono.defer(() -> Mono.fromCompletionStage(connect.get()))
                    .subscribeOn(thread)
                    .toFuture();
        }
        return current;
    }
}
