package io.ramet.reactor.chaos;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A proxy on loopback that forwards each request once and does to its response whatever a front end may do. It keeps
 * connections alive, so that a surplus response would meet the next request.
 */
final class LyingFrontEnd implements AutoCloseable {

    /** The treatment of one exchange by the proxy. */
    enum Manner {
        PASS,
        /** The response comes in many small pieces. */
        SPLIT,
        LATE,
        /** A 102 or 103 comes first. */
        INFORMS_FIRST,
        /** The same response comes twice, at once or a little later. */
        TWICE,
        /** A stray 408 follows in the same segment. */
        STRAY_BEHIND,
        /** The connection is closed before a byte of the request has come. */
        CLOSES_IDLE,
        SAYS_408_IDLE,
        /** The connection is closed after the request was forwarded and executed. */
        CLOSES_AFTER,
        RESETS_AFTER,
        /** The connection is closed without having forwarded a byte. */
        CLOSES_UNREAD,
        /** The response says that the connection is kept alive, and it is closed after it. */
        CLOSES_BEHIND
    }

    private static final Pattern LENGTH = Pattern.compile("(?i)content-length: *(\\d+)");

    private final ServerSocket listening;
    private final int port;
    private final Set<Manner> manners;
    private final Random random;
    private final double probability;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    final Map<Manner, AtomicInteger> seen = new ConcurrentHashMap<>();

    LyingFrontEnd(int port, long seed, double probability, Set<Manner> manners) throws IOException {
        this.port = port;
        this.random = new Random(seed);
        this.probability = probability;
        this.manners = EnumSet.copyOf(manners);
        this.listening = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
        start("accepts", this::accept);
    }

    URI uri() {
        return URI.create("http://127.0.0.1:" + listening.getLocalPort());
    }

    private static void start(String name, Runnable work) {
        Thread thread = new Thread(work, "front-end-" + name);
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        while (!listening.isClosed()) {
            try {
                Socket client = listening.accept();
                open.add(client);
                start("connection", () -> serve(client));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private Manner manner() {
        synchronized (random) {
            Manner[] all = manners.toArray(new Manner[0]);
            Manner manner = random.nextDouble() < probability ? all[random.nextInt(all.length)] : Manner.PASS;
            seen.computeIfAbsent(manner, key -> new AtomicInteger()).incrementAndGet();
            return manner;
        }
    }

    private int chance(int bound) {
        synchronized (random) {
            return random.nextInt(bound);
        }
    }

    private void serve(Socket client) {
        try (client) {
            client.setTcpNoDelay(true);
            client.setSoTimeout(30_000);
            while (exchange(client, manner())) {
                // The next request of the connection.
            }
        } catch (IOException | InterruptedException gone) {
            // The peer has closed the connection.
        } finally {
            open.remove(client);
        }
    }

    /** {@return whether the connection is kept} */
    private boolean exchange(Socket client, Manner manner) throws IOException, InterruptedException {
        OutputStream out = client.getOutputStream();
        if (manner == Manner.CLOSES_IDLE || manner == Manner.SAYS_408_IDLE) {
            Thread.sleep(chance(6));
            if (manner == Manner.SAYS_408_IDLE && client.getInputStream().available() == 0) {
                out.write(ascii("HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"));
            }
            client.shutdownOutput();
            client.getInputStream().readAllBytes();
            return false;
        }
        byte[] request = message(client.getInputStream());
        if (request.length == 0 || manner == Manner.CLOSES_UNREAD) {
            return false;
        }
        byte[] response = forward(request);
        switch (manner) {
            case CLOSES_AFTER -> {
                return false;
            }
            case RESETS_AFTER -> {
                client.setSoLinger(true, 0);
                return false;
            }
            case SPLIT -> {
                for (int from = 0; from < response.length; ) {
                    int length = Math.min(1 + chance(200), response.length - from);
                    out.write(response, from, length);
                    out.flush();
                    from += length;
                    if (chance(4) == 0) {
                        Thread.sleep(1);
                    }
                }
            }
            case LATE -> {
                Thread.sleep(chance(120));
                out.write(response);
            }
            case INFORMS_FIRST -> {
                String first = chance(2) == 0
                        ? "HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n"
                        : "HTTP/1.1 102 Processing\r\n\r\n";
                if (chance(2) == 0) {
                    out.write(ascii(first));
                    out.flush();
                    Thread.sleep(chance(5));
                    out.write(response);
                } else {
                    out.write(join(ascii(first), response));
                }
            }
            case TWICE -> {
                if (chance(2) == 0) {
                    out.write(join(response, response));
                } else {
                    out.write(response);
                    out.flush();
                    Thread.sleep(chance(8));
                    out.write(response);
                }
            }
            case STRAY_BEHIND ->
                out.write(join(response, ascii("HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n")));
            default -> out.write(response);
        }
        out.flush();
        return manner != Manner.CLOSES_BEHIND;
    }

    private byte[] forward(byte[] request) throws IOException {
        try (Socket server = new Socket(InetAddress.getLoopbackAddress(), port)) {
            server.setTcpNoDelay(true);
            server.setSoTimeout(30_000);
            server.getOutputStream().write(request);
            return message(server.getInputStream());
        }
    }

    /** A whole message with a Content-Length; empty if none came. */
    private static byte[] message(InputStream in) throws IOException {
        ByteArrayOutputStream read = new ByteArrayOutputStream();
        byte[] buffer = new byte[8192];
        int whole = -1;
        while (whole < 0 || read.size() < whole) {
            int count = in.read(buffer);
            if (count < 0) {
                return new byte[0];
            }
            read.write(buffer, 0, count);
            if (whole < 0) {
                String text = read.toString(StandardCharsets.ISO_8859_1);
                int head = text.indexOf("\r\n\r\n");
                if (head >= 0) {
                    Matcher length = LENGTH.matcher(text.substring(0, head));
                    whole = head + 4 + (length.find() ? Integer.parseInt(length.group(1)) : 0);
                }
            }
        }
        return read.toByteArray();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] join(byte[] first, byte[] second) {
        ByteArrayOutputStream both = new ByteArrayOutputStream();
        both.writeBytes(first);
        both.writeBytes(second);
        return both.toByteArray();
    }

    @Override
    public void close() throws IOException {
        listening.close();
        for (Socket socket : open) {
            socket.close();
        }
    }
}
