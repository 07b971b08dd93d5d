package io.ramet.reactor.parts;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** A way to a TLS server on which, on every third connection, the server's part of the handshake takes 1.1 s. */
final class SlowHandshakes implements AutoCloseable {

    private static final long HELD_UP = Duration.ofMillis(1_100).toNanos();
    /** Bytes that the server sends after its handshake arrive in a segment of their own. */
    private static final long BEHIND = Duration.ofMillis(30).toNanos();

    private final ServerSocket entrance = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final AtomicInteger connections = new AtomicInteger();
    private final int server;

    SlowHandshakes(int server) throws IOException {
        this.server = server;
        start(this::accept);
    }

    URI uri() {
        return URI.create("https://localhost:" + entrance.getLocalPort());
    }

    /** {@return how many connections had a slow handshake} */
    int slow() {
        return connections.get() / 3;
    }

    private void accept() throws IOException {
        while (!entrance.isClosed()) {
            Socket client = entrance.accept();
            Socket upstream = new Socket(InetAddress.getLoopbackAddress(), server);
            sockets.add(client);
            sockets.add(upstream);
            boolean slow = connections.incrementAndGet() % 3 == 0;
            start(() -> pass(client, upstream, 0, 0));
            start(() -> pass(upstream, client, slow ? HELD_UP : 0, slow ? BEHIND : 0));
        }
    }

    private static void pass(Socket from, Socket to, long first, long next) throws IOException {
        InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream();
        byte[] piece = new byte[16_384];
        long delay = first;
        try {
            for (int length = in.read(piece); length >= 0; length = in.read(piece)) {
                await(delay);
                delay = next;
                out.write(piece, 0, length);
            }
            await(delay);
        } finally {
            to.close();
        }
    }

    private static void await(long nanos) {
        long until = System.nanoTime() + nanos;
        for (long left = nanos; left > 0; left = until - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    private interface Work {
        void run() throws IOException;
    }

    private static void start(Work work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (IOException closed) {
                        // One of the two has left.
                    }
                },
                "slow-handshakes");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        entrance.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
