package io.ramet.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TerminalWriterTest {

    private final StringWriter written = new StringWriter();
    private final TerminalWriter writer = new TerminalWriter(written, () -> 40);

    @Test
    void controlCharactersAreReplacedHoweverTheyAreWritten() {
        writer.println("a\u001b[2Kb\rc\u009b1Ad\u007f\u202e");
        writer.printf("%s", "\u0007");
        writer.print('\u001b');
        writer.print(new char[] {'\b', 'x'});
        writer.flush();

        assertThat(written)
                .hasToString(
                        "a\ufffd[2Kb\ufffdc\ufffd1Ad\ufffd\ufffd" + System.lineSeparator() + "\ufffd\ufffd\ufffdx");
    }

    @Test
    void linesTabsAndOtherScriptsAreLeftAlone() {
        writer.print("a\r\nb\tc\n克隆-节点 é");
        writer.control("\r\u001b[K");
        writer.flush();

        assertThat(written).hasToString("a\r\nb\tc\n克隆-节点 é\r\u001b[K");
    }

    @ParameterizedTest
    @ValueSource(strings = {"text", "ndjson"})
    void nothingThatAServerSaysDraws(String form, @TempDir Path folder) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        String drawing = "\\u001b[1A\\u001b[2K\\rcloned\\u009b1A\\u001b]52;c;aGk=\\u0007\u0085\u009b";
        byte[] body = ("{\"Response\":{\"Error\":{\"Code\":\"ResourceUnavailable.SaleOut\",\"Message\":\"" + drawing
                        + "\"},\"RequestId\":\"" + drawing + "\"}}")
                .getBytes(UTF_8);
        server.createContext("/", exchange -> {
            exchange.getRequestBody().readAllBytes();
            exchange.getResponseHeaders().add("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        try {
            Session session = new Session(folder).credentials("id", "key");
            URI endpoint = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
            session.clone(
                    endpoint,
                    "--goods-num=30",
                    "--billing=payg",
                    "--yes",
                    "--output=" + form,
                    "--reconcile-for=1s",
                    "--audit-for=0s");
            session.run("report", "--output=" + form);

            assertThat((session.out() + session.err()).replace("\n", "").chars())
                    .isNotEmpty()
                    .noneMatch(Character::isISOControl);
        } finally {
            server.stop(0);
        }
    }
}
