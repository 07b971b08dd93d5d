package io.ramet.reactor;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;

/**
 * A way to a server that takes 80 ms ± 40 ms in each direction, keeps the order, and is cut for a while: what was sent
 * then arrives at its end.
 */
final class SlowNetwork implements AutoCloseable {

    private static final long MILLISECOND = 1_000_000L;

    private final ServerSocket entrance = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final URI server;
    private final Random random;
    private volatile long cutUntil = System.nanoTime();

    SlowNetwork(URI server, long seed) throws IOException {
        this.server = server;
        this.random = new Random(seed);
        start(this::accept);
    }

    public URI uri() {
        return URI.create("http://127.0.0.1:" + entrance.getLocalPort());
    }

    public void cut(long millis) {
        cutUntil = System.nanoTime() + millis * MILLISECOND;
    }

    private void accept() throws IOException {
        while (!entrance.isClosed()) {
            Socket client = entrance.accept();
            Socket upstream = new Socket(InetAddress.getLoopbackAddress(), server.getPort());
            sockets.add(client);
            sockets.add(upstream);
            start(() -> pass(client, upstream));
            start(() -> pass(upstream, client));
        }
    }

    private void pass(Socket from, Socket to) throws IOException {
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] piece = new byte[16_384];
            for (int length = in.read(piece); length >= 0; length = in.read(piece)) {
                waitUntil(System.nanoTime() + (40 + random.nextInt(81)) * MILLISECOND);
                waitUntil(cutUntil);
                out.write(piece, 0, length);
                out.flush();
            }
        }
    }

    private static void waitUntil(long time) {
        for (long left = time - System.nanoTime(); left > 0; left = time - System.nanoTime()) {
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
                "slow-network");
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
