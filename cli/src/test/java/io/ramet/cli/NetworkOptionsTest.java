package io.ramet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NetworkOptionsTest {

    private static final String API = "https://redis.example";

    /** A proxy that demands another password of everyone, and keeps what it was sent. */
    private static final class Refusing implements AutoCloseable {

        private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        private final List<String> heads = new CopyOnWriteArrayList<>();

        Refusing() throws IOException {
            Thread thread = new Thread(this::serve, "refusing-proxy");
            thread.setDaemon(true);
            thread.start();
        }

        private void serve() {
            while (!server.isClosed()) {
                try (Socket socket = server.accept()) {
                    BufferedReader in = new BufferedReader(
                            new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
                    StringBuilder head = new StringBuilder();
                    for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
                        head.append(line).append('\n');
                    }
                    heads.add(head.toString());
                    socket.getOutputStream()
                            .write("HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"
                                    .getBytes(StandardCharsets.ISO_8859_1));
                } catch (IOException gone) {
                    // The loop ends if it is the server that was closed.
                }
            }
        }

        String url() {
            return "http://127.0.0.1:" + server.getLocalPort();
        }

        @Override
        public void close() throws IOException {
            server.close();
        }
    }

    private static Session session(Map<String, String> environment) {
        return new Session().credentials("AKIDuser", "canary-key").environment(environment);
    }

    private static String[] backups(String... more) {
        return Stream.concat(
                        Stream.of("backups", "crs-xjhsdj12", "--endpoint=" + API, "--region=ap-guangzhou"),
                        Stream.of(more))
                .toArray(String[]::new);
    }

    @Test
    void theProxyOfTheEnvironmentIsUsedWithItsUser() throws IOException {
        try (Refusing proxy = new Refusing()) {
            Session session = session(Map.of(
                    "HTTPS_PROXY", proxy.url().replace("//", "//ann:canary-p%40ss@"), "NO_PROXY", "other.example"));
            assertThat(session.run(backups())).isNotZero();
            assertThat(session.err()).contains("proxy 407").doesNotContain("canary");
            assertThat(proxy.heads)
                    .isNotEmpty()
                    .allSatisfy(head -> assertThat(head)
                            .startsWith("CONNECT redis.example:443 ")
                            // ann:canary-p@ss
                            .contains("proxy-authorization: Basic YW5uOmNhbmFyeS1wQHNz"));
        }
    }

    @Test
    void aPurchaseThroughAProxyThatRefusesIsNotSentAndTheNextCommandHasTheProxy(@TempDir Path folder)
            throws IOException {
        Path user = Files.writeString(folder.resolve("proxy.txt"), "ann:canary\n");
        try (Refusing proxy = new Refusing()) {
            Session session = session(Map.of());
            int code = session.run(Stream.of(
                            List.of("clone", "--endpoint=" + API, "--region=ap-guangzhou", "--yes"),
                            Fixtures.REQUEST,
                            List.of(
                                    "--goods-num=2",
                                    "--billing=payg",
                                    "--proxy=" + proxy.url(),
                                    "--proxy-user-file=" + user,
                                    "--unverified-plans=send"))
                    .flatMap(List::stream)
                    .toArray(String[]::new));
            assertThat(code).as(session.err()).isEqualTo(ExitCode.SOME_NOT_CLONED);
            assertThat(session.out() + session.err()).contains("proxy 407").doesNotContain("canary");
            assertThat(session.printed("ramet resume"))
                    .containsSequence("--proxy", proxy.url())
                    .containsSequence("--proxy-user-file", user.toString());
            // ann:canary
            assertThat(proxy.heads).isNotEmpty().allMatch(head -> head.contains("Basic YW5uOmNhbmFyeQ=="));
        }
    }

    @Test
    void noProxyAndNoneGoDirectly() throws IOException {
        try (Refusing proxy = new Refusing()) {
            Session exception = session(Map.of("HTTPS_PROXY", proxy.url(), "NO_PROXY", "localhost"));
            // Nothing listens there.
            String[] direct = {"backups", "crs-xjhsdj12", "--endpoint=https://localhost:1", "--region=ap-guangzhou"};
            assertThat(exception.run(direct)).isNotZero();
            assertThat(exception.err()).contains("Connection refused");
            Session none = session(Map.of("HTTPS_PROXY", "socks5://of.another.program"));
            assertThat(none.run(Stream.concat(Stream.of(direct), Stream.of("--proxy=none"))
                            .toArray(String[]::new)))
                    .isNotZero();
            assertThat(none.err()).contains("Connection refused");
            assertThat(proxy.heads).isEmpty();
        }
    }

    @Test
    void whoamiTakesTheSameWay() throws IOException {
        try (Refusing proxy = new Refusing()) {
            Session session = new Session()
                    .environment(Map.of(
                            "TENCENTCLOUD_SECRET_ID",
                            "AKIDuser",
                            "TENCENTCLOUD_SECRET_KEY",
                            "canary-key",
                            "https_proxy",
                            proxy.url(),
                            "RAMET_PROXY_USER",
                            "ann:canary"));
            assertThat(session.run("whoami", "--sts=https://sts.example")).isNotZero();
            assertThat(session.err()).contains("proxy 407").doesNotContain("canary");
            assertThat(proxy.heads).isNotEmpty().allMatch(head -> head.startsWith("CONNECT sts.example:443 "));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--proxy=http://ann:canary@proxy.example:3128",
                "--proxy=socks5://proxy.example:1080",
                "--proxy=http://proxy.example --proxy-user-file=nowhere",
                "--ca-file=nowhere"
            })
    void aValueThatCannotBeUsedIsExitCodeTwoByTheNameOfTheOption(String options) {
        Session session = session(Map.of());
        assertThat(session.run(backups(options.split(" ")))).isEqualTo(ExitCode.USAGE);
        assertThat(session.err())
                .startsWith(options.replaceFirst(".* ", "").replaceFirst("=.*", " "))
                .doesNotContain("canary");
    }
}
