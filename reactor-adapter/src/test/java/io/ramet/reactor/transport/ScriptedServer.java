package io.ramet.reactor.transport;

import io.ramet.reactor.TlsFrontEnd;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

/**
 * A server of plain sockets that treats each connection as a test scripts it, and keeps the whole requests that it has
 * read.
 */
final class ScriptedServer implements AutoCloseable {

    interface Script {
        void handle(Connection connection) throws IOException;
    }

    private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    final CountDownLatch connected = new CountDownLatch(1);

    private ScriptedServer(Script script) throws IOException {
        Thread acceptor = new Thread(() -> accept(script), "scripted-server");
        acceptor.setDaemon(true);
        acceptor.start();
    }

    static ScriptedServer that(Script script) throws IOException {
        return new ScriptedServer(script);
    }

    URI uri() {
        return URI.create("http://127.0.0.1:" + server.getLocalPort());
    }

    /** Whole requests, head and body. */
    List<String> requests() {
        return List.copyOf(requests);
    }

    private void accept(Script script) {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                sockets.add(socket);
                connected.countDown();
                Thread handler = new Thread(() -> handle(script, socket), "scripted-connection");
                handler.setDaemon(true);
                handler.start();
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void handle(Script script, Socket socket) {
        try (socket) {
            script.handle(new Connection(socket));
        } catch (IOException gone) {
            // The peer has left.
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    final class Connection {
        private final Socket socket;
        private final InputStream in;

        Connection(Socket socket) throws IOException {
            this.socket = socket;
            this.in = new BufferedInputStream(socket.getInputStream());
        }

        InputStream in() {
            return in;
        }

        Socket socket() {
            return socket;
        }

        /** Reads a request without a body, of which the first bytes of what follows may be part of another protocol. */
        String readHead() throws IOException {
            readRequest();
            return requests.get(requests.size() - 1);
        }

        /** Copies all bytes in both directions until one of the peers leaves. */
        void joinWith(Socket other) {
            TlsFrontEnd.join(socket, other);
        }

        /** Reads one whole request, or returns false when the peer has left. */
        boolean readRequest() throws IOException {
            ByteArrayOutputStream head = new ByteArrayOutputStream();
            while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
                int next = in.read();
                if (next < 0) {
                    return false;
                }
                head.write(next);
            }
            String text = head.toString(StandardCharsets.ISO_8859_1);
            int length = text.lines()
                    .filter(line -> line.toLowerCase(java.util.Locale.ROOT).startsWith("content-length:"))
                    .mapToInt(line -> Integer.parseInt(line.substring(15).strip()))
                    .findFirst()
                    .orElse(0);
            byte[] body = in.readNBytes(length);
            if (body.length < length) {
                return false;
            }
            requests.add(text + new String(body, StandardCharsets.UTF_8));
            return true;
        }

        void write(String text) throws IOException {
            socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
            socket.getOutputStream().flush();
        }

        void respond(int status, String headers, String body) throws IOException {
            write("HTTP/1.1 " + status + " Status\r\nContent-Length: " + body.length() + "\r\n" + headers + "\r\n"
                    + body);
        }

        /** Sends a FIN, as a front end does that closes an idle connection. */
        void finish() throws IOException {
            socket.shutdownOutput();
        }

        void reset() throws IOException {
            socket.setSoLinger(true, 0);
            socket.close();
        }

        /** Waits until the peer leaves. */
        void hold() throws IOException {
            while (in.read() >= 0) {
                // Nothing is expected.
            }
        }
    }
}
