package io.ramet.reactor.shape.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.ramet.reactor.Fixtures;
import io.ramet.reactor.shape.Membership.Replica;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.util.context.Context;

/** Connections that fail in ways in which a real Redis fails rarely. */
class RedisConnectionTest {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final List<Opened> opened = new ArrayList<>();
    private Supplier<CompletableFuture<Object>> responses = () -> CompletableFuture.completedFuture("response");
    private volatile Runnable closing = () -> {};
    private volatile ClientOptions options = ClientOptions.create();
    private final RedisConnection connection =
            new RedisConnection(() -> CompletableFuture.completedFuture(open()), Mono::empty);

    private static final class Opened {
        private final List<CompletableFuture<Object>> commands = new CopyOnWriteArrayList<>();
        private volatile boolean closed;
    }

    @Test
    void commandsThatAreThrownAreNotCountedAsPending() {
        responses = () -> {
            throw new RedisException("thrown");
        };
        for (int i = 0; i < 200; i++) {
            assertThat(catchThrowable(this::eval)).hasMessage("thrown");
        }
        responses = () -> CompletableFuture.completedFuture("response");
        assertThat(eval()).isEqualTo("response");
    }

    /** The network drops everything, as after a failover behind a load balancer: TCP gives up after 15 minutes. */
    @Test
    void aConnectionWithoutAnyResponseIsReplaced() {
        responses = CompletableFuture::new;
        for (int i = 0; i < 100; i++) {
            CompletableFuture<Object> unused = begin();
        }
        await(() -> opened.size() == 1 && opened.get(0).commands.size() == 100);
        assertThat(catchThrowable(this::eval)).hasMessage("too many commands without a response");
        responses = () -> CompletableFuture.completedFuture("response");
        await(() -> opened.get(0).closed);
        assertThat(eval()).isEqualTo("response");
        assertThat(opened).hasSize(2);
    }

    /** The application's client may be set so. */
    @Test
    void aBrokenConnectionThatDoesNotReconnectByItselfIsReplaced() {
        assertThat(eval()).isEqualTo("response");
        opened.get(0).closed = true;
        assertThat(catchThrowable(this::eval)).hasMessage("not connected");
        assertThat(opened).as("it reconnects by itself").hasSize(1);
        options = ClientOptions.builder().autoReconnect(false).build();
        assertThat(catchThrowable(this::eval)).hasMessage("not connected");
        assertThat(eval()).isEqualTo("response");
        assertThat(opened).hasSize(2);
    }

    /** Lettuce spins on a lock that was not released. */
    @Test
    void aConnectionWhoseCommandNeverReturnsHoldsUpNobodyAndIsReplaced() {
        CountDownLatch never = new CountDownLatch(1);
        AtomicInteger begun = new AtomicInteger();
        responses = () -> {
            begun.incrementAndGet();
            blockOn(never);
            return new CompletableFuture<>();
        };
        for (int i = 0; i < 100; i++) {
            CompletableFuture<Object> unused = onAnEventLoop(this::begin);
        }
        await(() -> begun.get() == 1);
        responses = () -> CompletableFuture.completedFuture("response");
        assertThat(catchThrowable(this::eval)).hasMessage("too many commands without a response");
        assertThat(eval()).isEqualTo("response");
        never.countDown();
    }

    /** Lettuce resolves the host name. */
    @Test
    void openingAConnectionHoldsUpNoCaller() {
        CountDownLatch never = new CountDownLatch(1);
        RedisConnection slow = new RedisConnection(
                () -> {
                    blockOn(never);
                    return new CompletableFuture<>();
                },
                Mono::empty);
        assertThat(onAnEventLoop(() -> slow.eval("return 1", ScriptOutputType.INTEGER, new String[0])))
                .isNotDone();
        never.countDown();
    }

    @Test
    void aConnectionThatIsNeverOpenedOrFailsWithAnErrorIsReplaced() {
        AtomicInteger tries = new AtomicInteger();
        RedisConnection rare = new RedisConnection(
                () -> switch (tries.incrementAndGet()) {
                    case 1 -> throw new OutOfMemoryError("unable to create native thread");
                    case 2 -> new CompletableFuture<>();
                    default -> CompletableFuture.completedFuture(open());
                },
                Mono::empty);
        Supplier<CompletableFuture<Object>> begin =
                () -> rare.eval("return 1", ScriptOutputType.INTEGER, new String[0]);
        assertThat(catchThrowable(() -> begin.get().join())).hasRootCauseInstanceOf(OutOfMemoryError.class);
        for (int i = 0; i < 100; i++) {
            CompletableFuture<Object> unused = begin.get();
        }
        await(() -> tries.get() == 2);
        assertThat(begin.get()).isCompletedExceptionally();
        assertThat(Mono.fromFuture(begin.get()).block(PATIENCE)).isEqualTo("response");
    }

    @Test
    @Tag("slow")
    @Tag("once")
    void closingEndsThoughLettuceNeverReturns() {
        CountDownLatch never = new CountDownLatch(1);
        RedisConnection stuck = new RedisConnection(
                () -> CompletableFuture.completedFuture(open()), () -> Mono.fromRunnable(() -> blockOn(never)));
        responses = () -> {
            blockOn(never);
            return new CompletableFuture<>();
        };
        closing = () -> blockOn(never);
        CompletableFuture<Object> unused = stuck.eval("return 1", ScriptOutputType.INTEGER, new String[0]);
        stuck.close().block(PATIENCE);
        never.countDown();
    }

    @Test
    @Tag("slow")
    @Tag("once")
    void closingEndsThoughTheApplicationBlocksAllThreadsOfReactorAndRedisDoesNotRespond() {
        CountDownLatch never = new CountDownLatch(1);
        Object monitor = new Object();
        RedisConnection silent = new RedisConnection(
                () -> CompletableFuture.completedFuture(open()), () -> Mono.fromRunnable(() -> blockOn(never)));
        responses = CompletableFuture::new;
        closing = () -> blockOn(never);
        synchronized (monitor) {
            Fixtures.block(Schedulers.parallel(), Schedulers.DEFAULT_POOL_SIZE, monitor);
            new RedisMembership("present", "known", silent)
                    .leave(new Replica("name", 1))
                    .block(PATIENCE);
        }
        never.countDown();
    }

    /** A client of the application's own would otherwise keep it, and connect it again and again. */
    @Test
    void aConnectionThatIsOpenedAfterTheCloseIsClosed() {
        CompletableFuture<RedisConnection.Open> opening = new CompletableFuture<>();
        AtomicInteger tries = new AtomicInteger();
        RedisConnection late = new RedisConnection(
                () -> {
                    tries.incrementAndGet();
                    return opening;
                },
                Mono::empty);
        CompletableFuture<Object> unused = late.eval("return 1", ScriptOutputType.INTEGER, new String[0]);
        await(() -> tries.get() == 1);
        late.close().block(PATIENCE);
        opening.complete(open());
        await(() -> opened.get(0).closed);
    }

    @Test
    void aConnectionThatFailsAfterTheCloseIsNotLoggedByReactor() {
        CompletableFuture<RedisConnection.Open> opening = new CompletableFuture<>();
        RedisConnection failing = new RedisConnection(() -> opening, Mono::empty);
        CompletableFuture<Object> unused = failing.eval("return 1", ScriptOutputType.INTEGER, new String[0]);
        List<Throwable> dropped = new CopyOnWriteArrayList<>();
        Consumer<Throwable> dropping = dropped::add;
        failing.close()
                .contextWrite(Context.of("reactor.onErrorDropped.local", dropping))
                .block(PATIENCE);
        opening.completeExceptionally(new RedisException("refused"));
        await(unused::isDone);
        assertThat(dropped).isEmpty();
    }

    private static void blockOn(CountDownLatch latch) {
        for (boolean waiting = true; waiting; ) {
            try {
                waiting = !latch.await(1, TimeUnit.MINUTES);
            } catch (InterruptedException spins) {
                // As Lettuce does.
            }
        }
    }

    private static <T> T onAnEventLoop(Callable<T> work) {
        return Mono.fromCallable(work).subscribeOn(Schedulers.parallel()).block(PATIENCE);
    }

    private Object eval() {
        return Mono.fromFuture(begin()).block(PATIENCE);
    }

    private CompletableFuture<Object> begin() {
        return connection.eval("return 1", ScriptOutputType.INTEGER, new String[0]);
    }

    private synchronized RedisConnection.Open open() {
        Opened one = new Opened();
        opened.add(one);
        StatefulConnection<String, byte[]> stateful = proxy(StatefulConnection.class, name -> switch (name) {
            case "isOpen" -> !one.closed;
            case "closeAsync" -> close(one);
            case "getOptions" -> options;
            default -> throw new UnsupportedOperationException(name);
        });
        RedisClusterAsyncCommands<String, byte[]> commands = proxy(RedisClusterAsyncCommands.class, name -> {
            CompletableFuture<Object> response = responses.get();
            one.commands.add(response);
            return proxied(response);
        });
        return new RedisConnection.Open(stateful, commands);
    }

    private CompletableFuture<Void> close(Opened one) {
        closing.run();
        one.closed = true;
        one.commands.forEach(command -> command.completeExceptionally(new RedisException("closed")));
        return CompletableFuture.completedFuture(null);
    }

    @SuppressWarnings("unchecked")
    private static RedisFuture<Object> proxied(CompletableFuture<Object> response) {
        return (RedisFuture<Object>) Proxy.newProxyInstance(
                RedisConnectionTest.class.getClassLoader(),
                new Class<?>[] {RedisFuture.class},
                (proxy, method, arguments) -> method.invoke(response, arguments));
    }

    private interface Answer {
        Object to(String name);
    }

    @SuppressWarnings("unchecked")
    private static <T> T proxy(Class<? super T> type, Answer answer) {
        return (T) Proxy.newProxyInstance(
                RedisConnectionTest.class.getClassLoader(),
                new Class<?>[] {type},
                (proxy, method, arguments) -> answer.to(method.getName()));
    }

    private static void await(Supplier<Boolean> fact) {
        for (int i = 0; !fact.get(); i++) {
            assertThat(i).as("times 20 ms waited").isLessThan(500);
            Mono.delay(Duration.ofMillis(20)).block();
        }
    }
}
