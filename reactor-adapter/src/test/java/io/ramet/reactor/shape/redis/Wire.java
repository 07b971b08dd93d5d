package io.ramet.reactor.shape.redis;

import java.time.Duration;
import java.util.concurrent.ConcurrentLinkedQueue;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.netty.DisposableServer;
import reactor.netty.NettyInbound;
import reactor.netty.NettyOutbound;
import reactor.netty.tcp.TcpClient;
import reactor.netty.tcp.TcpServer;

/** A way to Redis that can be made slow, cut, or frozen. */
final class Wire implements AutoCloseable {

    private final DisposableServer server;
    private final ConcurrentLinkedQueue<Connection> open = new ConcurrentLinkedQueue<>();
    private volatile Duration delay = Duration.ZERO;
    private volatile boolean cut;
    private volatile int frozen;

    Wire(int to) {
        server = TcpServer.create()
                .host("127.0.0.1")
                .port(0)
                .doOnConnection(connection -> {
                    open.add(connection);
                    if (cut) {
                        connection.dispose();
                    }
                })
                .handle((in, out) -> {
                    int opened = frozen;
                    return TcpClient.create()
                            .host("127.0.0.1")
                            .port(to)
                            .connect()
                            .flatMap(redis -> Mono.firstWithSignal(
                                            pass(in, redis.outbound(), opened), pass(redis.inbound(), out, opened))
                                    .doFinally(ended -> redis.dispose()));
                })
                .bindNow();
    }

    int port() {
        return server.port();
    }

    void delay(Duration by) {
        delay = by;
    }

    /** Lets nothing pass on the connections that are open now, without closing them. */
    void freeze() {
        frozen++;
    }

    /** Closes all connections, and each new one. */
    void cut() {
        cut = true;
        open.forEach(Connection::dispose);
        open.clear();
    }

    void mend() {
        cut = false;
    }

    @Override
    public void close() {
        cut();
        server.disposeNow();
    }

    private Mono<Void> pass(NettyInbound from, NettyOutbound to, int opened) {
        Flux<byte[]> bytes = from.receive()
                .asByteArray()
                .filter(chunk -> opened == frozen)
                .concatMap(chunk ->
                        delay.isZero() ? Mono.just(chunk) : Mono.just(chunk).delayElement(delay));
        return to.sendByteArray(bytes).then();
    }
}
