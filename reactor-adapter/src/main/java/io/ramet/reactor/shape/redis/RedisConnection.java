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
import reactor.core.scheduler.Schedulers;

/** A connection to Redis that is opened when it is needed, and again if opening it failed. */
final class RedisConnection {

    /** The maximum number of commands without a response. */
    private static final int MAX_PENDING = 100;

    private static final Duration LONGEST_CLOSE = Duration.ofSeconds(1);

    private final Supplier<? extends CompletionStage<Open>> connect;
    private final Supplier<Mono<Void>> release;
    private final AtomicInteger pending = new AtomicInteger();

    private @Nullable CompletableFuture<Open> current;
    private boolean closed;

    /** An open connection and its commands. */
    record Open(StatefulConnection<String, byte[]> connection, RedisClusterAsyncCommands<String, byte[]> commands) {}

    RedisConnection(Supplier<? extends CompletionStage<Open>> connect, Supplier<Mono<Void>> release) {
        this.connect = connect;
        this.release = release;
    }

    /** Runs a script; fails at once while there is no connection. */
    <V> CompletableFuture<V> eval(String script, ScriptOutputType type, String[] keys, byte[]... arguments) {
        return current().thenCompose(open -> {
            if (!open.connection().isOpen()) {
                return CompletableFuture.failedFuture(new RedisException("not connected"));
            }
            if (pending.incrementAndGet() > MAX_PENDING) {
                pending.decrementAndGet();
                return CompletableFuture.failedFuture(new RedisException("too many commands without a response"));
            }
            return open.commands()
                    .<V>eval(script, type, keys, arguments)
                    .whenComplete((response, failure) -> pending.decrementAndGet());
        });
    }

    /** {@return a Mono that completes when the connection is closed or could not be closed} */
    Mono<Void> close() {
        CompletableFuture<Open> last;
        synchronized (this) {
            closed = true;
            last = current;
            current = null;
        }
        Mono<Void> closing = last == null
                ? Mono.empty()
                : Mono.fromFuture(last)
                        .flatMap(open -> Mono.fromFuture(open.connection().closeAsync()));
        return closing.timeout(LONGEST_CLOSE)
                .onErrorComplete()
                .then(Mono.defer(release).subscribeOn(Schedulers.boundedElastic()))
                .onErrorComplete();
    }

    private synchronized CompletableFuture<Open> current() {
        if (closed) {
            return CompletableFuture.failedFuture(new RedisException("closed"));
        }
        if (current == null || current.isCompletedExceptionally()) {
            // On another thread, because Lettuce resolves host names and takes locks before it becomes asynchronous.
            current = Mono.defer(() -> Mono.fromCompletionStage(connect.get()))
                    .subscribeOn(Schedulers.boundedElastic())
                    .toFuture();
        }
        return current;
    }
}
