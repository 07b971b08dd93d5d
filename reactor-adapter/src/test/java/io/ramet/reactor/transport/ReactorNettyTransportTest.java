package io.ramet.reactor.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.netty.channel.ChannelException;
import io.ramet.error.CallFailure;
import io.ramet.error.LostResponse;
import io.ramet.error.LostResponse.Phase;
import io.ramet.error.NotSent;
import io.ramet.sign.Credentials;
import io.ramet.sign.Tc3Signer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

class ReactorNettyTransportTest {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final String DEAL = "{\"Response\":{\"DealId\":\"1\",\"RequestId\":\"abc-1\"}}";
    private static final String STRAY = "{\"Response\":{\"DealId\":\"stray\",\"RequestId\":\"abc-2\"}}";

    enum Death {
        FIN,
        RST;

        void on(ScriptedServer.Connection connection) throws IOException {
            if (this == RST) {
                connection.reset();
            }
        }
    }

    private ApiTransport transport;

    @AfterEach
    void close() {
        transport.disposeLater().block(PATIENCE);
    }

    @Test
    void aWholeResponseHasStatusDateAndBody() throws IOException {
        try (ScriptedServer server = ScriptedServer.that(connection -> {
            while (connection.readRequest()) {
                connection.respond(200, "Date: Tue, 24 Nov 2026 10:00:00 GMT\r\n", DEAL);
            }
        })) {
            ApiResponse response = open(server.uri()).exchange(request()).block(PATIENCE);
            assertThat(response.status()).isEqualTo(200);
            assertThat(response.date()).isEqualTo(Instant.parse("2026-11-24T10:00:00Z"));
            assertThat(new String(response.body(), StandardCharsets.UTF_8)).isEqualTo(DEAL);
        }
    }

    @Test
    void theSignedBytesAreSentUnchanged() throws IOException {
        try (ScriptedServer server = responding(200, "", DEAL)) {
            open(server.uri()).exchange(request()).block(PATIENCE);
            assertThat(server.requests())
                    .singleElement()
                    .satisfies(request -> assertThat(request.lines()
                                    .map(line -> line.replaceFirst("(?i)^authorization:.*", "authorization"))
                                    .map(line -> line.replaceFirst("^(user-agent: ramet/)[\\w.-]+$", "$1...")))
                            .containsExactlyInAnyOrder(
                                    "POST / HTTP/1.1",
                                    "Host: signed.example",
                                    "accept: */*",
                                    "user-agent: ramet/...",
                                    "Content-Type: application/json",
                                    "X-TC-Action: CloneInstances",
                                    "X-TC-Version: 2018-04-12",
                                    "X-TC-Region: ap-guangzhou",
                                    "X-TC-Timestamp: 1790000000",
                                    "authorization",
                                    "content-length: 13",
                                    "",
                                    "{\"GoodsNum\":1}".substring(0, 13)));
        }
    }

    @Test
    void theRequestIsNotifiedWhenItsBytesHaveBeenWritten() throws IOException {
        try (ScriptedServer server = responding(200, "", DEAL)) {
            Sinks.Empty<Void> written = Sinks.empty();
            open(server.uri())
                    .exchange(request()
                            .map(ready ->
                                    new ApiRequest(ready.headers(), ready.body(), () -> true, written::tryEmitEmpty)))
                    .block(PATIENCE);
            written.asMono().block(PATIENCE);
        }
    }

    @Test
    void aRefusedConnectionIsNotSentAndTakesNoPermit() throws IOException {
        URI closed;
        try (ScriptedServer server = responding(200, "", DEAL)) {
            closed = server.uri();
        }
        AtomicBoolean subscribed = new AtomicBoolean();
        NotSent failure = failing(open(closed), request().doOnSubscribe(s -> subscribed.set(true)), NotSent.class);
        assertThat(failure.reason()).isEqualTo(NotSent.Reason.NO_CONNECTION);
        assertThat(subscribed).isFalse();
    }

    @Test
    @Tag("soak")
    void aServerThatAcceptsNoConnectionIsGivenUpAfterTenSeconds() throws IOException {
        try (ServerSocket full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            List<Socket> queue = new ArrayList<>();
            assertThatThrownBy(() -> {
                        while (true) {
                            Socket next = new Socket();
                            queue.add(next);
                            next.connect(full.getLocalSocketAddress(), 500);
                        }
                    })
                    .isInstanceOf(SocketTimeoutException.class);
            NotSent failure =
                    failing(open(URI.create("http://127.0.0.1:" + full.getLocalPort())), request(), NotSent.class);
            assertThat(failure.reason()).isEqualTo(NotSent.Reason.NO_CONNECTION);
            assertThat(failure).hasMessageContaining("connection timed out after 10000 ms");
            for (Socket socket : queue) {
                socket.close();
            }
        }
    }

    @Test
    void aMissingFileDescriptorIsNamed() {
        Throwable wrapped = new ChannelException(
                "Unable to create Channel from class class NioSocketChannel",
                new ChannelException("Failed to open a socket.", new SocketException("Too many open files")));
        assertThat(ReactorNettyNetwork.named(wrapped))
                .isInstanceOf(IOException.class)
                .hasMessage("no file descriptor is left: raise the limit of this process (ulimit -n)");
        transport = open(URI.create("http://127.0.0.1:1"));
    }

    @ParameterizedTest
    @EnumSource
    void aRequestWhoseConnectionDiesWhileItWaitsForAPermitIsNotSentAndGivesItsPlaceUp(Death death) throws Exception {
        Sinks.Empty<Void> waiting = Sinks.empty();
        try (ScriptedServer server = ScriptedServer.that(connection -> {
            waiting.asMono().block(PATIENCE);
            death.on(connection);
        })) {
            AtomicBoolean left = new AtomicBoolean();
            Mono<ApiRequest> permit = Mono.<ApiRequest>never()
                    .doOnSubscribe(s -> waiting.tryEmitEmpty())
                    .doOnCancel(() -> left.set(true));
            NotSent failure = failing(open(server.uri()), permit, NotSent.class);
            assertThat(failure.reason()).isEqualTo(NotSent.Reason.CONNECTION_LOST);
            assertThat(left).isTrue();
            assertThat(server.requests()).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aRequestWhoseConnectionDiesAfterItWasReadIsLostAndIsSentOnce(Death death) throws IOException {
        try (ScriptedServer server = ScriptedServer.that(connection -> {
            connection.readRequest();
            death.on(connection);
        })) {
            LostResponse failure = failing(open(server.uri()), request(), LostResponse.class);
            assertThat(failure.phase()).isEqualTo(Phase.WRITTEN);
            assertThat(server.requests()).hasSize(1);
        }
    }

    @Test
    void eachRequestHasAConnectionOfItsOwn() throws IOException {
        AtomicInteger connections = new AtomicInteger();
        try (ScriptedServer server = ScriptedServer.that(connection -> {
            connections.incrementAndGet();
            connection.readRequest();
            connection.respond(200, "", DEAL);
            // A request on this connection now would get the deal of the request before.
            connection.readRequest();
            connection.respond(200, "", STRAY);
        })) {
            ApiTransport one = open(server.uri());
            for (int i = 1; i <= 3; i++) {
                assertThat(bodyOf(one.exchange(request()).block(PATIENCE))).isEqualTo(DEAL);
                assertThat(connections).hasValue(i);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"102 Processing", "103 Early Hints", "199 Unheard Of"})
    void anInterimResponseIsNotTakenForTheResponse(String status) throws IOException {
        try (ScriptedServer server = ScriptedServer.that(connection -> {
            connection.readRequest();
            connection.write("HTTP/1.1 " + status + "\r\nLink: </style.css>\r\n\r\nHTTP/1.1 " + status + "\r\n");
            LockSupport.parkNanos(20_000_000);
            connection.write("\r\n");
            LockSupport.parkNanos(20_000_000);
            connection.respond(200, "", DEAL);
        })) {
            ApiResponse response = open(server.uri()).exchange(request()).block(PATIENCE);
            assertThat(response.status()).isEqualTo(200);
            assertThat(bodyOf(response)).isEqualTo(DEAL);
        }
    }

    enum GivingUp {
        FIN {
            @Override
            void on(ScriptedServer.Connection connection) throws IOException {
                connection.finish();
            }
        },
        RST {
            @Override
            void on(ScriptedServer.Connection connection) throws IOException {
                connection.reset();
            }
        },
        TIMEOUT_RESPONSE {
            @Override
            void on(ScriptedServer.Connection connection) throws IOException {
                connection.write("HTTP/1.1 408 Request Time-out\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
                connection.finish();
            }
        },
        HALF_A_RESPONSE {
            @Override
            void on(ScriptedServer.Connection connection) throws IOException {
                connection.write("HTTP/1.1 4");
            }
        };

        abstract void on(ScriptedServer.Connection connection) throws IOException;
    }

    /**
     * The event loop is busy while the server gives up waiting: what it has sent is still unread when the permit comes.
     */
    @ParameterizedTest
    @EnumSource
    void anythingFromTheServerBeforeTheFirstByteKeepsTheRequestFromBeingWritten(GivingUp givingUp) throws IOException {
        AtomicBoolean waiting = new AtomicBoolean();
        AtomicBoolean hasGivenUp = new AtomicBoolean();
        try (ScriptedServer server = ScriptedServer.that(connection -> {
            spinUntil(waiting);
            givingUp.on(connection);
            LockSupport.parkNanos(20_000_000);
            hasGivenUp.set(true);
            connection.readRequest();
        })) {
            ApiRequest signed = request().block(PATIENCE);
            Mono<ApiRequest> late = Mono.fromSupplier(() -> {
                waiting.set(true);
                spinUntil(hasGivenUp);
                return signed;
            });
            NotSent failure = failing(open(server.uri()), late, NotSent.class);
            assertThat(failure.reason()).as(failure.getMessage()).isEqualTo(NotSent.Reason.CONNECTION_LOST);
            assertThat(server.requests()).isEmpty();
        }
    }

    @Test
    void aConnectionThatWasSilentForTooLongIsNotWrittenTo() throws IOException {
        try (ScriptedServer server = responding(200, "", DEAL)) {
            ApiTransport one = open(server.uri());
            // The first one of a JVM takes long, and would make an age of 750 ms look usual.
            for (int i = 0; i < 5; i++) {
                one.exchange(request()).block(PATIENCE);
            }
            Mono<ApiRequest> late = Mono.delay(Duration.ofMillis(750)).then(request());
            NotSent failure = failing(one, late, NotSent.class);
            assertThat(failure.reason()).isEqualTo(NotSent.Reason.CONNECTION_LOST);
            assertThat(server.requests()).hasSize(5);
        }
    }

    private static void spinUntil(AtomicBoolean flag) {
        // Not onSpinWait(): BlockHound takes that for blocking, which this is, on purpose.
        while (!flag.get()) {}
    }

    private static String bodyOf(ApiResponse response) {
        return new String(response.body(), StandardCharsets.UTF_8);
    }

    @Test
    void aResponseThatBreaksOffIsLostAndKeepsTheRequestId() throws IOException {
        try (ScriptedServer server = ScriptedServer.that(connection -> {
            connection.readRequest();
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n{\"Response\":{\"RequestId\":\"abc-9\",");
        })) {
            LostResponse failure = failing(open(server.uri()), request(), LostResponse.class);
            assertThat(failure.phase()).isEqualTo(Phase.ANSWERING);
            assertThat(failure.requestId()).contains("abc-9");
        }
    }

    /** The server has executed the request, and may deliver later than any listing proves: it is not sent again. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 2",
                "HTTP/1.1 200 OK\r\nContent-Le",
                "HTTP/1.1 103 Early Hints\r\n\r\n",
                "no HTTP at all\r\n\r\n"
            })
    void aResponseThatBreaksOffBeforeItsBodyHasBegun(String begin) throws IOException {
        try (ScriptedServer server = ScriptedServer.that(connection -> {
            connection.readRequest();
            connection.write(begin);
        })) {
            assertThat(failing(open(server.uri()), request(), LostResponse.class)
                            .phase())
                    .isEqualTo(Phase.ANSWERING);
        }
    }

    @Test
    void aResponseWhoseHeadIsTooLongHasBegun() throws IOException {
        try (ScriptedServer server = responding(200, "X-Long: " + "x".repeat(20_000) + "\r\n", DEAL)) {
            assertThat(failing(open(server.uri()), request(), LostResponse.class)
                            .phase())
                    .isEqualTo(Phase.ANSWERING);
        }
    }

    @Test
    void aResponseThatIsTooLongIsLost() throws IOException {
        try (ScriptedServer server = responding(200, "", "x".repeat(5_000))) {
            LostResponse failure = failing(open(server.uri()), request(), LostResponse.class);
            assertThat(failure).hasMessageContaining("longer than 4096 bytes");
        }
    }

    @Test
    void aResponseThatNeverComesIsLostWhenTheTimeIsUp() throws IOException {
        try (ScriptedServer server = ScriptedServer.that(connection -> {
            connection.readRequest();
            connection.hold();
        })) {
            LostResponse failure = failing(open(server.uri(), Duration.ofMillis(200)), request(), LostResponse.class);
            assertThat(failure).hasMessage("no trustworthy response: none within 200 ms");
            assertThat(server.requests()).hasSize(1);
        }
    }

    @Test
    void waitingForAPermitDoesNotCountAsTheTimeOfTheRequest() throws IOException {
        try (ScriptedServer server = responding(200, "", DEAL)) {
            Mono<ApiRequest> late = Mono.delay(Duration.ofMillis(600)).then(request());
            assertThat(open(server.uri(), Duration.ofMillis(300)).exchange(late).block(PATIENCE))
                    .isNotNull();
        }
    }

    @Test
    void aSlowlyDrippingResponseIsLostWhenTheTimeIsUp() throws IOException {
        try (ScriptedServer server = ScriptedServer.that(connection -> {
            connection.readRequest();
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n");
            while (true) {
                connection.write("x".repeat(1));
                LockSupport.parkNanos(20_000_000);
            }
        })) {
            LostResponse failure = failing(open(server.uri(), Duration.ofMillis(300)), request(), LostResponse.class);
            assertThat(failure.phase()).isEqualTo(Phase.ANSWERING);
        }
    }

    @Test
    void aRequestThatFindsThePoolFullIsNotSent() throws IOException {
        try (ScriptedServer server = responding(200, "", DEAL)) {
            ApiTransport one = open(server.uri());
            // The first has the only connection.
            List<Disposable> waiting = IntStream.rangeClosed(0, ReactorNettyTransport.MAX_PENDING)
                    .mapToObj(i -> one.exchange(Mono.never()).subscribe(response -> {}, failure -> {}))
                    .toList();
            NotSent failure = failing(one, request(), NotSent.class);
            assertThat(failure.reason()).isEqualTo(NotSent.Reason.NO_CONNECTION);
            assertThat(failure).rootCause().hasMessageContaining("maximum size");
            assertThat(server.requests()).isEmpty();
            waiting.forEach(Disposable::dispose);
        }
    }

    @Test
    void anEmptyRequestSendsNothing() throws IOException {
        try (ScriptedServer server = responding(200, "", DEAL)) {
            failing(open(server.uri()), Mono.empty(), NotSent.class);
            assertThat(server.requests()).isEmpty();
        }
    }

    @Test
    void aFailingRequestSendsNothingAndItsFailureIsPassedOnAsItIs() throws IOException {
        NotSent own = new NotSent(NotSent.Reason.TOO_LATE, "test", null);
        try (ScriptedServer server = responding(200, "", DEAL)) {
            assertThat(failing(open(server.uri()), Mono.error(own), NotSent.class))
                    .isSameAs(own);
            assertThat(server.requests()).isEmpty();
        }
    }

    /** A large plan closes many connections whose permit comes late, and each would be a stack trace in the log. */
    @Test
    void aRequestThatIsNotSentIsNotLoggedByReactorNetty() throws IOException {
        NotSent own = new NotSent(NotSent.Reason.TOO_LATE, "test", null);
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        Logger netty = (Logger) LoggerFactory.getLogger("reactor.netty");
        lines.start();
        netty.addAppender(lines);
        netty.setLevel(Level.INFO);
        netty.setAdditive(false);
        try (ScriptedServer server = responding(200, "", DEAL)) {
            ApiTransport one = open(server.uri());
            failing(one, Mono.error(own), NotSent.class);
            Mono<ApiRequest> expired =
                    request().map(ready -> new ApiRequest(ready.headers(), ready.body(), () -> false, ready.written()));
            assertThat(failing(one, expired, NotSent.class).reason()).isEqualTo(NotSent.Reason.TOO_LATE);
            assertThat(server.requests()).isEmpty();
            // The only connection of the pool was given up each time.
            assertThat(one.exchange(request()).block(PATIENCE).status()).isEqualTo(200);
            // Other tests may run at the same time, and log about their own servers.
            String address = "127.0.0.1:" + server.uri().getPort();
            assertThat(lines.list)
                    .extracting(ILoggingEvent::getFormattedMessage)
                    .filteredOn(line -> line.contains(address) || !line.contains("R:/127.0.0.1:"))
                    .isEmpty();
        } finally {
            netty.detachAppender(lines);
            netty.setLevel(null);
            netty.setAdditive(true);
        }
    }

    /** The time limit of a request that is not written is two minutes, and holds the request and its connection. */
    @Test
    void aRequestThatIsNotSentLeavesNoTimeLimitBehind() throws IOException {
        ScheduledThreadPoolExecutor limits = new ScheduledThreadPoolExecutor(1);
        limits.setRemoveOnCancelPolicy(true);
        Scheduler timer = Schedulers.fromExecutorService(limits);
        try (ScriptedServer server = responding(200, "", DEAL)) {
            transport = ReactorNettyTransport.plain()
                    .open(new ApiTransport.Settings(
                            "test", server.uri(), 1, Duration.ofSeconds(5), 4096, timer, Network.direct()));
            failing(transport, Mono.error(new NotSent(NotSent.Reason.TOO_LATE, "test", null)), NotSent.class);
            transport.exchange(request()).block(PATIENCE);
            assertThat(limits.getQueue()).isEmpty();
        } finally {
            timer.dispose();
        }
    }

    @Test
    void bytesThatAreNotHttpAreLost() throws IOException {
        try (ScriptedServer server = ScriptedServer.that(connection -> {
            connection.readRequest();
            connection.write("SSH-2.0-OpenSSH_9.2\r\n\r\n");
        })) {
            failing(open(server.uri()), request(), LostResponse.class);
            assertThat(server.requests()).hasSize(1);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "307 Location: /again",
                "308 Location: /again",
                "302 Location: /again",
                "401 WWW-Authenticate: Basic realm=\"x\"",
                "408 Connection: close",
                "503 Retry-After: 0",
                "425 Retry-After: 0"
            })
    void noStatusMakesItSendAgainWhateverTheCustomizerSets(String bait) throws IOException {
        int status = Integer.parseInt(bait.substring(0, 3));
        try (ScriptedServer server = responding(status, bait.substring(4) + "\r\n", "")) {
            transport = ReactorNettyTransport.customizedBy(http -> http.followRedirect(true)
                            .disableRetry(false)
                            .httpAuthentication(
                                    (request, response) -> response.status().code() == 401,
                                    (request, address) -> request.header("Authorization", "Basic eDp5")))
                    .open(settings(server.uri(), Duration.ofSeconds(5)));
            try {
                assertThat(transport.exchange(request()).block(PATIENCE).status())
                        .isEqualTo(status);
            } catch (CallFailure lost) {
                assertThat(lost).isInstanceOf(LostResponse.class);
            }
            assertThat(server.requests()).hasSize(1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aRequestWhoseHandshakeDiesIsNotSent(Death death) throws IOException {
        try (ScriptedServer server = ScriptedServer.that(connection -> {
            connection.in().read();
            death.on(connection);
        })) {
            URI tls = URI.create(server.uri().toString().replace("http:", "https:"));
            NotSent failure = failing(open(tls), request(), NotSent.class);
            assertThat(failure.reason()).isEqualTo(NotSent.Reason.NO_CONNECTION);
        }
    }

    @Test
    void cancellingARequestThatWaitsGivesItsPlaceUpAndSendsNothing() throws Exception {
        try (ScriptedServer server = responding(200, "", DEAL)) {
            Sinks.Empty<Void> waiting = Sinks.empty();
            Sinks.Empty<Void> left = Sinks.empty();
            Mono<ApiRequest> never = Mono.<ApiRequest>never()
                    .doOnSubscribe(s -> waiting.tryEmitEmpty())
                    .doOnCancel(left::tryEmitEmpty);
            var exchange = open(server.uri()).exchange(never).subscribe();
            waiting.asMono().block(PATIENCE);
            exchange.dispose();
            left.asMono().block(PATIENCE);
            assertThat(server.requests()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"408 Request Timeout", "200 OK", "503 Service Unavailable"})
    void aResponseBeforeTheRequestIsIgnoredAndTheRequestIsNotSent(String status) throws IOException {
        try (ScriptedServer server = ScriptedServer.that(connection -> {
            connection.write("HTTP/1.1 " + status + "\r\nContent-Length: " + DEAL.length() + "\r\n\r\n" + DEAL);
            connection.readRequest();
        })) {
            AtomicBoolean left = new AtomicBoolean();
            Mono<ApiRequest> waiting = Mono.<ApiRequest>never().doOnCancel(() -> left.set(true));
            NotSent failure = failing(open(server.uri()), waiting, NotSent.class);
            assertThat(failure.reason()).isEqualTo(NotSent.Reason.CONNECTION_LOST);
            assertThat(left).isTrue();
            assertThat(server.requests()).isEmpty();
        }
    }

    @Test
    void halfAResponseBeforeTheRequestKeepsItFromBeingWritten() throws IOException {
        Sinks.Empty<Void> responded = Sinks.empty();
        try (ScriptedServer server = ScriptedServer.that(connection -> {
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n{");
            connection.readRequest();
        })) {
            Mono<ApiRequest> late = responded.asMono().then(request());
            failing(open(server.uri()), late, NotSent.class);
            responded.tryEmitEmpty();
            assertThat(server.requests()).isEmpty();
        }
    }

    @Test
    void aSecondResponseToOneRequestIsNotTakenForThatOfTheNext() throws IOException {
        AtomicInteger connections = new AtomicInteger();
        try (ScriptedServer server = ScriptedServer.that(connection -> {
            connections.incrementAndGet();
            while (connection.readRequest()) {
                connection.respond(200, "", DEAL);
                if (connections.get() == 1) {
                    connection.respond(200, "", "{\"Response\":{\"DealId\":\"stray\",\"RequestId\":\"abc-2\"}}");
                }
            }
        })) {
            ApiTransport pooled = open(server.uri());
            pooled.exchange(request()).block(PATIENCE);
            Mono<ApiRequest> late = Mono.delay(Duration.ofMillis(200)).then(request());
            String body;
            try {
                body = new String(pooled.exchange(late).block(PATIENCE).body(), StandardCharsets.UTF_8);
            } catch (NotSent seen) {
                body = "not sent";
            }
            assertThat(body).isIn(DEAL, "not sent");
        }
    }

    @Test
    void aSecretThatCannotBeAHeaderIsNotSent() throws IOException {
        byte[] body = "{}".getBytes(StandardCharsets.UTF_8);
        Tc3Signer signer = new Tc3Signer("signed.example", "CloneInstances");
        try (ScriptedServer server = responding(200, "", DEAL)) {
            Mono<ApiRequest> unwritable = Mono.fromSupplier(() -> new ApiRequest(
                    signer.sign(Credentials.of("id\r\nX-Extra: 1", "key"), "ap-guangzhou", 1_790_000_000L, body),
                    body,
                    () -> true,
                    () -> {}));
            failing(open(server.uri()), unwritable, NotSent.class);
            assertThat(server.requests()).isEmpty();
        }
    }

    @Test
    void aResponseInHttp10OrAfterA100IsAResponse() throws IOException {
        try (ScriptedServer server = ScriptedServer.that(connection -> {
            connection.readRequest();
            connection.write("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.0 200 OK\r\n\r\n" + DEAL);
        })) {
            ApiResponse response = open(server.uri()).exchange(request()).block(PATIENCE);
            assertThat(new String(response.body(), StandardCharsets.UTF_8)).isEqualTo(DEAL);
            assertThat(server.requests()).hasSize(1);
        }
    }

    @Test
    void aRequestWithoutAResponseInTimeGivesItsOnlyConnectionUp() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        try (ScriptedServer server = ScriptedServer.that(connection -> {
            while (connection.readRequest()) {
                if (calls.incrementAndGet() > 1) {
                    connection.respond(200, "", "{}");
                }
            }
        })) {
            ApiTransport one = open(server.uri(), Duration.ofMillis(200));
            assertThat(failing(one, request(), LostResponse.class).phase()).isEqualTo(LostResponse.Phase.WRITTEN);
            assertThat(one.exchange(request()).block(Duration.ofSeconds(5)).status())
                    .isEqualTo(200);
        }
    }

    private static ScriptedServer responding(int status, String headers, String body) throws IOException {
        return ScriptedServer.that(connection -> {
            while (connection.readRequest()) {
                connection.respond(status, headers, body);
            }
        });
    }

    private ApiTransport open(URI uri) {
        return open(uri, Duration.ofSeconds(5));
    }

    private ApiTransport open(URI uri, Duration callTimeout) {
        transport = ReactorNettyTransport.plain().open(settings(uri, callTimeout));
        return transport;
    }

    private static ApiTransport.Settings settings(URI uri, Duration callTimeout) {
        return new ApiTransport.Settings("test", uri, 1, callTimeout, 4096, Schedulers.parallel(), Network.direct());
    }

    private static Mono<ApiRequest> request() {
        byte[] body = "{\"GoodsNum\":1".getBytes(StandardCharsets.UTF_8);
        Tc3Signer signer = new Tc3Signer("signed.example", "CloneInstances");
        return Mono.fromSupplier(() -> new ApiRequest(
                signer.sign(Credentials.of("id", "key"), "ap-guangzhou", 1_790_000_000L, body),
                body,
                () -> true,
                () -> {}));
    }

    private static <T extends Exception> T failing(ApiTransport transport, Mono<ApiRequest> request, Class<T> type) {
        T failure = catchThrowableOfType(type, () -> transport.exchange(request).block(PATIENCE));
        assertThat(failure).isNotNull();
        return failure;
    }
}
