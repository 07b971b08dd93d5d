package io.ramet.simulator;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** One connection, read byte by byte. */
final class Wire implements AutoCloseable {

    private static final int TIMEOUT_MILLIS = 10_000;
    private static final JsonMapper JSON = new JsonMapper();

    private final Socket socket = new Socket();

    private Wire() {}

    static Wire to(Simulator simulator) throws IOException {
        Wire wire = new Wire();
        wire.socket.setSoTimeout(TIMEOUT_MILLIS);
        wire.socket.connect(new InetSocketAddress("127.0.0.1", simulator.port()), TIMEOUT_MILLIS);
        return wire;
    }

    /** Sends a request on a connection of its own and returns the Response. */
    static JsonNode exchange(Simulator simulator, SignedRequest request) throws IOException {
        try (Wire wire = to(simulator)) {
            return wire.send(request).read().response();
        }
    }

    /** The error code of the response, or an empty text if the request was not refused. */
    static String refusal(Simulator simulator, SignedRequest request) throws IOException {
        return exchange(simulator, request).path("Error").path("Code").asString("");
    }

    Wire send(SignedRequest request) throws IOException {
        return send(request.bytes());
    }

    Wire send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
        return this;
    }

    Wire timeoutMillis(int millis) throws IOException {
        socket.setSoTimeout(millis);
        return this;
    }

    /** Reads one response; it must have a Content-Length. */
    Response read() throws IOException {
        InputStream in = socket.getInputStream();
        String head = "";
        while (!head.endsWith("\r\n\r\n")) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("ended within the head: " + head);
            }
            head += (char) next;
        }
        String[] lines = head.split("\r\n");
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (int line = 1; line < lines.length; line++) {
            String[] parts = lines[line].split(": ", 2);
            headers.put(parts[0].toLowerCase(Locale.ROOT), parts[1]);
        }
        int length = Integer.parseInt(headers.get("content-length"));
        byte[] body = in.readNBytes(length);
        if (body.length < length) {
            throw new IOException("ended within the body: " + body.length + " of " + length);
        }
        return new Response(
                Integer.parseInt(lines[0].split(" ")[1]), headers, new String(body, StandardCharsets.UTF_8));
    }

    /** Reads until the other side closes; fails if it resets. */
    byte[] readToEnd() throws IOException {
        return socket.getInputStream().readAllBytes();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    record Response(int status, Map<String, String> headers, String body) {

        JsonNode json() {
            return JSON.readTree(body);
        }

        JsonNode response() {
            return json().get("Response");
        }
    }
}
