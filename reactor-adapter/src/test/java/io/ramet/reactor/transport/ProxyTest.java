package io.ramet.reactor.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.read.ListAppender;
import io.ramet.error.CallFailure;
import io.ramet.error.LostResponse;
import io.ramet.error.NotSent;
import io.ramet.model.Secret;
import io.ramet.reactor.TlsFrontEnd;
import io.ramet.sign.Credentials;
import io.ramet.sign.Tc3Signer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;
import reactor.util.retry.Retry;

/** A proxy between a client and a server that refuses, closes or is silent, and how the transport judges that. */
class ProxyTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String DEAL = "{\"Response\":{\"DealId\":\"1\",\"RequestId\":\"abc-1\"}}";

    private final List<ApiTransport> opened = new CopyOnWriteArrayList<>();
    private ScriptedServer api;
    private TlsFrontEnd tls;

    @BeforeEach
    void start() throws IOException {
        api = ScriptedServer.that(connection -> {
            while (connection.readRequest()) {
                connection.respond(200, "", DEAL);
            }
        });
        tls = TlsFrontEnd.of(api.uri());
    }

    @AfterEach
    void stop() throws IOException {
        for (ApiTransport transport : opened) {
            transport.disposeLater().block(PATIENCE);
        }
        tls.close();
        api.close();
    }

    @ParameterizedTest
    @CsvSource({
        "'HTTP/1.1 407 Canary\r\nProxy-Authenticate: Basic realm=\"Canary\"\r\nContent-Length: 6\r\n\r\ncanary', proxy 407",
        "'HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n', proxy 403",
        "'HTTP/1.0 502 Bad Gateway\r\n\r\n', proxy 502",
        "'HTTP/1.1 301 Moved\r\nLocation: https://other.example/\r\nContent-Length: 0\r\n\r\n', proxy 301",
        "'', the proxy closed the connection",
        "'HTTP/1.1 200 OK\r\n', the proxy closed the connection",
        "'HTTP/1.1 200 OK\r\n\r\nThis is not TLS', TLS failed: the response is not TLS",
        "'HTTP/1.1 200 OK\r\n\r\n', the connection was closed"
    })
    void aProxyThatDoesNotConnectMeansNotSentAndTakesNoPermit(String response, String words) throws IOException {
        try (ScriptedServer proxy = ScriptedServer.that(connection -> {
            connection.readRequest();
            connection.write(response);
            connection.finish();
        })) {
            AtomicBoolean subscribed = new AtomicBoolean();
            NotSent failure =
                    failing(open(through(proxy)), request().doOnSubscribe(s -> subscribed.set(true)), NotSent.class);
            assertThat(failure.reason()).as(failure.getMessage()).isEqualTo(NotSent.Reason.NO_CONNECTION);
            assertThat(failure).hasMessageContaining(words);
            assertThat(stackTrace(failure)).doesNotContainIgnoringCase("canary");
            assertThat(subscribed).isFalse();
            assertThat(proxy.requests()).hasSize(1);
            assertThat(api.requests()).isEmpty();
        }
    }

    @Test
    void aProxyThatCannotBeReachedMeansNotSent() throws IOException {
        int port;
        try (ScriptedServer gone = ScriptedServer.that(ScriptedServer.Connection::hold)) {
            port = gone.uri().getPort();
        }
        HttpProxy refusing = HttpProxy.parse("proxy", "127.0.0.1:" + port);
        HttpProxy unknown = HttpProxy.parse("proxy", "proxy.invalid:3128");
        assertThat(failing(open(trusting().proxy(refusing)), request(), NotSent.class))
                .hasMessageContaining("Connection refused");
        assertThat(failing(open(trusting().proxy(unknown)), request(), NotSent.class))
                .hasMessage("not sent: the host name cannot be resolved: that of the proxy, proxy.invalid");
    }

    @Test
    @Tag("soak")
    void aProxyThatIsSilentMeansNotSent() throws IOException {
        try (ScriptedServer proxy = ScriptedServer.that(ScriptedServer.Connection::hold)) {
            NotSent failure = failing(open(through(proxy)), request(), NotSent.class);
            assertThat(failure.reason()).isEqualTo(NotSent.Reason.NO_CONNECTION);
            assertThat(failure).hasMessageContaining("the proxy did not connect to the server within 8 s");
        }
    }

    @Test
    void aRequestHasATunnelOfItsOwnWhichIsOpenBeforeThePermitIsTaken() throws IOException {
        try (ScriptedServer proxy = tunnel()) {
            ApiTransport transport = open(through(proxy));
            List<List<Integer>> opened = new CopyOnWriteArrayList<>();
            Mono<ApiRequest> permit = request()
                    .doOnSubscribe(s -> opened.add(List.of(proxy.requests().size(), tls.connections())));
            for (int i = 0; i < 3; i++) {
                assertThat(withinTries(transport.exchange(permit))
                                .block(PATIENCE)
                                .status())
                        .isEqualTo(200);
            }
            assertThat(opened)
                    .startsWith(List.of(1, 1), List.of(2, 2), List.of(3, 3))
                    .hasSameSizeAs(proxy.requests());
            assertThat(proxy.requests())
                    .allSatisfy(request -> assertThat(request)
                            .startsWith("CONNECT localhost:" + tls.uri().getPort() + " HTTP/1.1\r\n")
                            .doesNotContainIgnoringCase("authorization"));
            assertThat(api.requests())
                    .hasSize(3)
                    .allSatisfy(request ->
                            assertThat(request).contains("user-agent: ramet/").doesNotContain("ReactorNetty"));
        }
    }

    @Test
    void theProxyAloneLooksUpTheServersName() throws IOException {
        try (ScriptedServer proxy = ScriptedServer.that(connection -> {
            connection.readRequest();
            connection.write("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
        })) {
            URI unknownHere = URI.create("https://redis.invalid");
            assertThat(failing(open(unknownHere, through(proxy)), request(), NotSent.class))
                    .hasMessageContaining("proxy 403");
            assertThat(proxy.requests()).singleElement().asString().startsWith("CONNECT redis.invalid:443 ");
        }
    }

    @Test
    void theUserIsShownToTheProxyAndNotToTheServer() throws IOException {
        try (ScriptedServer proxy = tunnel()) {
            HttpProxy named = through(proxy).proxy().orElseThrow().user("ann", Secret.of("p@ss"));
            open(trusting().proxy(named)).exchange(request()).block(PATIENCE);
            // ann:p@ss
            assertThat(proxy.requests()).singleElement().asString().contains("proxy-authorization: Basic YW5uOnBAc3M=");
            assertThat(api.requests()).singleElement().asString().doesNotContainIgnoringCase("proxy-authorization");
        }
    }

    @Test
    void thePasswordIsInNoLogWhetherTheProxyConnectsOrRefuses() throws IOException {
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        Logger root = (Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);
        Level before = root.getLevel();
        root.detachAppender("console");
        lines.start();
        root.addAppender(lines);
        root.setLevel(Level.TRACE);
        try (ScriptedServer proxy = tunnel();
                ScriptedServer refusing = ScriptedServer.that(connection -> {
                    connection.readRequest();
                    connection.write("HTTP/1.1 407 Denied\r\nContent-Length: 0\r\n\r\n");
                })) {
            for (ScriptedServer each : List.of(proxy, refusing)) {
                HttpProxy named = through(each).proxy().orElseThrow().user("ann", Secret.of("p@ss"));
                open(trusting().proxy(named))
                        .exchange(request())
                        .onErrorComplete(NotSent.class)
                        .block(PATIENCE);
            }
        } finally {
            root.setLevel(before);
            root.detachAppender(lines);
        }
        assertThat(List.copyOf(lines.list))
                .isNotEmpty()
                .extracting(event -> event.getFormattedMessage()
                        + (event.getThrowableProxy() == null
                                ? ""
                                : ThrowableProxyUtil.asString(event.getThrowableProxy())))
                .allSatisfy(line -> assertThat(line).doesNotContain("p@ss", "YW5uOnBAc3M="));
    }

    @Test
    void aTunnelThatEndsWhileTheRequestWaitsForItsPermitMeansNotSent() throws IOException {
        Sinks.Empty<Void> waiting = Sinks.empty();
        List<Socket> ends = new CopyOnWriteArrayList<>();
        try (ScriptedServer proxy = tunnel(ends)) {
            Mono<ApiRequest> permit = Mono.<ApiRequest>never().doOnSubscribe(s -> {
                waiting.tryEmitEmpty();
                ends.forEach(ProxyTest::close);
            });
            NotSent failure = failing(open(through(proxy)), permit, NotSent.class);
            assertThat(failure.reason()).isEqualTo(NotSent.Reason.CONNECTION_LOST);
            assertThat(api.requests()).isEmpty();
        }
    }

    @Test
    void aTunnelThatEndsAfterTheRequestWasReadMeansInDoubt() throws IOException {
        List<Socket> ends = new CopyOnWriteArrayList<>();
        try (ScriptedServer silent = ScriptedServer.that(connection -> {
                    connection.readRequest();
                    ends.forEach(ProxyTest::close);
                });
                TlsFrontEnd front = TlsFrontEnd.of(silent.uri());
                ScriptedServer proxy = tunnel(ends)) {
            failing(open(front.uri(), through(proxy)), request(), LostResponse.class);
            assertThat(silent.requests()).hasSize(1);
        }
    }

    @Test
    void onlyATrustedCertificateOfTheSameNameIsWrittenTo() throws IOException {
        assertThat(open(trusting()).exchange(request()).block(PATIENCE).status())
                .isEqualTo(200);
        URI otherName = URI.create("https://127.0.0.1:" + tls.uri().getPort());
        for (ApiTransport wrong : List.of(open(Network.direct()), open(otherName, trusting()))) {
            assertThat(failing(wrong, request(), NotSent.class)).hasMessageContaining("TLS failed");
        }
        assertThat(api.requests()).hasSize(1);
    }

    @Test
    void aProxyThatConnectsToAServerOfAnotherNameIsNotWrittenThrough() throws IOException {
        try (ScriptedServer proxy = tunnelToTls(() -> {})) {
            assertThat(failing(open(URI.create("https://redis.invalid"), through(proxy)), request(), NotSent.class))
                    .hasMessageContaining("TLS failed");
            assertThat(proxy.requests()).hasSize(1);
            assertThat(api.requests()).isEmpty();
        }
    }

    @Test
    void allTunnelsCountAsConnectionsOfOneTransport() throws IOException {
        List<Integer> servedBefore = new CopyOnWriteArrayList<>();
        try (ScriptedServer proxy =
                tunnelToTls(() -> servedBefore.add(api.requests().size()))) {
            ApiTransport one = open(through(proxy));
            Flux.range(0, 3)
                    .flatMap(number -> withinTries(one.exchange(request())))
                    .blockLast(PATIENCE);
            assertThat(servedBefore).containsOnlyOnce(0).contains(1, 2);
        }
    }

    @Test
    void anExceptionIsReachedDirectly() throws IOException {
        try (ScriptedServer proxy = ScriptedServer.that(ScriptedServer.Connection::hold)) {
            HttpProxy others = through(proxy).proxy().orElseThrow().except(List.of("localhost"));
            assertThat(open(trusting().proxy(others))
                            .exchange(request())
                            .block(PATIENCE)
                            .status())
                    .isEqualTo(200);
            assertThat(open(api.uri(), through(proxy))
                            .exchange(request())
                            .block(PATIENCE)
                            .status())
                    .as("plain http")
                    .isEqualTo(200);
            assertThat(proxy.requests()).isEmpty();
        }
    }

    @Test
    void credentialsTakeTheSameWayAndTheMetadataServiceIsReachedDirectly() throws IOException {
        try (ScriptedServer proxy = tunnel()) {
            var transport = ReactorNettyCredentialsTransport.over(through(proxy));
            var sts = new CredentialsTransport.Request(tls.uri(), Map.of("X-Test", "1"), new byte[] {'{', '}'});
            var metadata = new CredentialsTransport.Request(api.uri().resolve("/latest/"), Map.of(), null);
            assertThat(transport.exchange(sts).block(PATIENCE).status()).isEqualTo(200);
            assertThat(transport.exchange(metadata).block(PATIENCE).status()).isEqualTo(200);
            assertThat(proxy.requests()).hasSize(1);
            assertThat(api.requests()).hasSize(2).allMatch(request -> request.contains("user-agent: ramet/"));
        }
    }

    /** On a busy machine, a connection may be too old for a first byte. */
    private static Mono<ApiResponse> withinTries(Mono<ApiResponse> exchange) {
        return exchange.retryWhen(Retry.max(9).filter(NotSent.class::isInstance));
    }

    private static Network trusting() {
        return Network.direct().trustAlso("test", TlsFrontEnd.certificate());
    }

    private static Network through(ScriptedServer proxy) {
        return trusting().proxy(HttpProxy.parse("test", proxy.uri().toString()));
    }

    private static ScriptedServer tunnel() throws IOException {
        return tunnel(new CopyOnWriteArrayList<>());
    }

    /** A proxy that connects; its ends of both connections are added to the list. */
    private static ScriptedServer tunnel(List<Socket> ends) throws IOException {
        return ScriptedServer.that(connection -> {
            String head = connection.readHead();
            int port = Integer.parseInt(head.replaceFirst("(?s)^CONNECT localhost:(\\d+) .*", "$1"));
            Socket server = new Socket(InetAddress.getLoopbackAddress(), port);
            ends.add(server);
            ends.add(connection.socket());
            connection.write("HTTP/1.1 200 Connection established\r\n\r\n");
            connection.joinWith(server);
        });
    }

    /** A proxy that connects each request to the front end of the API. */
    private ScriptedServer tunnelToTls(Runnable asked) throws IOException {
        return ScriptedServer.that(connection -> {
            connection.readHead();
            asked.run();
            connection.write("HTTP/1.1 200 OK\r\n\r\n");
            connection.joinWith(
                    new Socket(InetAddress.getLoopbackAddress(), tls.uri().getPort()));
        });
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException gone) {
            // It is closed.
        }
    }

    private ApiTransport open(Network network) {
        return open(tls.uri(), network);
    }

    private ApiTransport open(URI server, Network network) {
        ApiTransport transport = ReactorNettyTransport.plain()
                .open(new ApiTransport.Settings(
                        "test", server, 1, Duration.ofSeconds(20), 4096, Schedulers.parallel(), network));
        opened.add(transport);
        return transport;
    }

    private static Mono<ApiRequest> request() {
        byte[] body = "{\"GoodsNum\":1}".getBytes(StandardCharsets.UTF_8);
        Tc3Signer signer = new Tc3Signer("localhost", "CloneInstances");
        return Mono.fromSupplier(() -> new ApiRequest(
                signer.sign(Credentials.of("id", "key"), "ap-guangzhou", 1_790_000_000L, body),
                body,
                () -> true,
                () -> {}));
    }

    private static String stackTrace(Throwable failure) {
        StringWriter text = new StringWriter();
        failure.printStackTrace(new PrintWriter(text));
        return text.toString();
    }

    private static <T extends CallFailure> T failing(ApiTransport transport, Mono<ApiRequest> request, Class<T> type) {
        T failure = catchThrowableOfType(type, () -> transport.exchange(request).block(PATIENCE));
        assertThat(failure).isNotNull();
        return failure;
    }
}
