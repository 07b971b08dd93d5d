package io.ramet.reactor.transport;

import static java.util.Objects.requireNonNull;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.ramet.error.LostResponse;
import io.ramet.error.LostResponse.Phase;
import io.ramet.error.NotSent;
import io.ramet.error.RametException;
import io.ramet.json.ResponseJson;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.netty.ByteBufFlux;
import reactor.netty.Connection;
import reactor.netty.NettyOutbound;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.HttpClient.RequestSender;
import reactor.netty.http.client.HttpClientRequest;
import reactor.netty.http.client.HttpClientResponse;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.resources.LoopResources;

/**
 * The transport on Reactor Netty. The user may customize the {@code HttpClient} (proxy, TLS, metrics); what keeps a
 * purchase from being sent twice, and secrets out of logs, is imposed afterwards: no retry, no redirect, HTTP/1.1, no wire log.
 */
public final class ReactorNettyTransport implements ApiTransport.Factory {

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
    /** Requests that may wait for a connection. They come no faster than their permits, so this is many seconds' worth. */
    private static final int MOST_PENDING = 1_000;

    /**
     * One event loop for all clients of the process, started with the first connection. Not Reactor Netty's own, of which there
     * is one for each core: an application that blocks those would hold up purchases.
     */
    static final LoopResources LOOP = LoopResources.create("ramet", 1, true);

    private final UnaryOperator<HttpClient> customizer;

    private ReactorNettyTransport(UnaryOperator<HttpClient> customizer) {
        this.customizer = customizer;
    }

    /** {@return the transport with nothing customized} */
    public static ReactorNettyTransport plain() {
        return new ReactorNettyTransport(UnaryOperator.identity());
    }

    /**
     * A customized transport.
     *
     * @param customizer gets a client with its connection pool and returns it with a proxy, TLS, metrics or the like
     * @return the transport
     */
    public static ReactorNettyTransport customizedBy(UnaryOperator<HttpClient> customizer) {
        return new ReactorNettyTransport(customizer);
    }

    @Override
    public ApiTransport open(ApiTransport.Settings settings) {
        // Each request has a connection of its own: nothing in a response says which request it belongs to. The pool
        // only counts.
        ConnectionProvider pool = ConnectionProvider.builder(settings.name())
                .maxConnections(settings.connections())
                .pendingAcquireMaxCount(MOST_PENDING)
                .pendingAcquireTimeout(CONNECT_TIMEOUT)
                .evictionPredicate((connection, use) -> true)
                .build();
        HttpClient http = http11(customizer.apply(HttpClient.create(pool).runOn(LOOP)))
                .keepAlive(true)
                .disableRetry(true)
                .followRedirect(false)
                // A wire log shows passwords and signatures.
                .wiretap(false)
                .doOnConnected(ReactorNettyWire::watch)
                .doOnRequest((request, connection) -> listen(connection));
        return new Pooled(http.post().uri(settings.endpoint().resolve("/")), pool, settings);
    }

    /** Already so, unless customized; setting it prepares TLS for every protocol, which takes a tenth of a second. */
    private static HttpClient http11(HttpClient http) {
        HttpProtocol[] only = {HttpProtocol.HTTP11};
        return Arrays.equals(http.configuration().protocols(), only) ? http : http.protocol(only);
    }

    /** Without a pending read, NIO notices a connection that dies during the wait only when the bytes are gone. */
    private static void listen(Connection connection) {
        connection.channel().read();
    }

    private record Pooled(RequestSender http, ConnectionProvider pool, Settings settings) implements ApiTransport {

        @Override
        public Mono<ApiResponse> exchange(Mono<ApiRequest> call) {
            return Mono.defer(() -> new Exchange(http, settings, call).run());
        }

        @Override
        public Mono<Void> close() {
            return pool.disposeLater();
        }
    }

    /** One exchange. Its phase moves once: from waiting to written, or from waiting to given up. */
    private static final class Exchange {

        private enum Progress {
            WAITING,
            WRITTEN,
            GIVEN_UP
        }

        private final AtomicReference<Progress> phase = new AtomicReference<>(Progress.WAITING);
        private final Sinks.Empty<Void> written = Sinks.empty();
        private final Sinks.Empty<Void> givenUp = Sinks.empty();
        private final RequestSender http;
        private final ApiTransport.Settings settings;
        private final Mono<ApiRequest> call;
        private volatile @Nullable Throwable callFailure;
        private volatile Runnable gone = () -> {};
        private volatile @Nullable Channel channel;
        private volatile boolean connected;
        private volatile boolean answering;

        Exchange(RequestSender http, ApiTransport.Settings settings, Mono<ApiRequest> call) {
            this.http = http;
            this.settings = settings;
            this.call = call;
        }

        Mono<ApiResponse> run() {
            return http.send(this::send)
                    .response(this::read)
                    .single()
                    .timeout(timeUp())
                    .onErrorMap(this::judge)
                    .doOnCancel(this::giveUp);
        }

        /** For {@code timeout()}, which cancels the exchange, and so closes its connection; {@code takeUntilOther} with an error does not. */
        private Mono<Long> timeUp() {
            return written.asMono().then(Mono.delay(settings.callTimeout(), settings.timer()));
        }

        private Mono<Void> send(HttpClientRequest request, NettyOutbound outbound) {
            connected = true;
            outbound.withConnection(connection -> channel = connection.channel());
            return outbound.send(ready().delayUntil(ready -> heardAll())
                            .flatMap(ready -> Mono.fromCallable(() -> write(ready, request))))
                    .then()
                    .doOnSuccess(sent -> gone.run());
        }

        /** Completes on the event loop when all that has arrived on the connection was read: a close must be seen. */
        private Mono<Void> heardAll() {
            Channel open = requireNonNull(channel);
            return Mono.create(heard -> open.eventLoop().execute(() -> ReactorNettyWire.readAll(open, heard::success)));
        }

        /** After an early connection failure nobody else cancels the wait for a permit. */
        private Mono<ApiRequest> ready() {
            if (phase.get() != Progress.WAITING) {
                return Mono.error(new IllegalStateException("a second sending of one call"));
            }
            return call.doOnError(failure -> callFailure = failure)
                    .takeUntilOther(givenUp.asMono())
                    .switchIfEmpty(Mono.defer(() -> phase.get() == Progress.GIVEN_UP
                            ? Mono.never()
                            : Mono.error(new IllegalStateException("a call that is empty"))));
        }

        /** The last step before the bytes are handed to the channel. */
        private ByteBuf write(ApiRequest ready, HttpClientRequest request) throws IOException {
            ready.headers().forEach(request::header);
            ReactorNettyWire.checkSilent(requireNonNull(channel));
            try {
                ready.begin();
            } catch (NotSent expired) {
                callFailure = expired;
                throw expired;
            }
            if (!phase.compareAndSet(Progress.WAITING, Progress.WRITTEN)) {
                throw new IllegalStateException("given up before sending");
            }
            gone = ready.gone();
            written.tryEmitEmpty();
            return Unpooled.wrappedBuffer(ready.body());
        }

        private Mono<ApiResponse> read(HttpClientResponse response, ByteBufFlux content) {
            // A server that tires of waiting, or a second answer to the call before: nobody's, whatever it says.
            if (giveUp()) {
                return Mono.error(new AnswerTooEarly(response.status().code()));
            }
            answering = true;
            Body body = new Body();
            return content.asByteArray()
                    .<ApiResponse>handle((bytes, next) -> {
                        body.add(bytes);
                        if (body.size > settings.maxResponseBytes()) {
                            next.error(new AnswerTooLong(settings.maxResponseBytes()));
                        }
                    })
                    .then(Mono.fromSupplier(() -> new ApiResponse(
                            response.status().code(), response.responseHeaders().get("Date"), body.whole())))
                    .onErrorMap(failure -> new LostResponse(
                            Phase.ANSWERING,
                            "the answer (HTTP status " + response.status().code() + ") broke off: " + naming(failure),
                            ResponseJson.requestIdIn(body.whole()),
                            failure));
        }

        /** The exception cannot tell whether the request went out: "connection reset" comes before and after. */
        private Throwable judge(Throwable failure) {
            boolean unwritten = giveUp();
            Throwable own = callFailure;
            if (unwritten && own != null) {
                return own instanceof RametException
                        ? own
                        : new NotSent(NotSent.Reason.NO_CONNECTION, "the call could not be made: " + naming(own), own);
            }
            if (unwritten) {
                NotSent.Reason why = connected ? NotSent.Reason.CONNECTION_LOST : NotSent.Reason.NO_CONNECTION;
                return new NotSent(why, naming(failure), failure);
            }
            if (failure instanceof LostResponse) {
                return failure;
            }
            String what = failure instanceof TimeoutException
                    ? "none within " + settings.callTimeout().toMillis() + " ms"
                    : naming(failure);
            // Netty's decoders quote what they cannot read, and that may quote the request: they are only named.
            boolean quotes = !(failure instanceof IOException || failure instanceof TimeoutException);
            return new LostResponse(answering ? Phase.ANSWERING : Phase.WRITTEN, what, null, quotes ? null : failure);
        }

        /** {@return whether nothing was written, and now nothing will be} */
        private boolean giveUp() {
            boolean unwritten =
                    phase.compareAndSet(Progress.WAITING, Progress.GIVEN_UP) || phase.get() == Progress.GIVEN_UP;
            if (unwritten) {
                givenUp.tryEmitEmpty();
            }
            return unwritten;
        }

        private static String naming(Throwable failure) {
            String name = failure.getClass().getSimpleName();
            return failure instanceof IOException && failure.getMessage() != null
                    ? name + ": " + failure.getMessage()
                    : name;
        }
    }

    /** What has come of an answer. Most come in one piece, which is then not copied. */
    private static final class Body {

        private final List<byte[]> pieces = new ArrayList<>(1);
        private int size;

        void add(byte[] piece) {
            pieces.add(piece);
            size += piece.length;
        }

        byte[] whole() {
            if (pieces.size() == 1) {
                return pieces.get(0);
            }
            ByteBuffer whole = ByteBuffer.allocate(size);
            pieces.forEach(whole::put);
            return whole.array();
        }
    }

    private static final class AnswerTooEarly extends IOException {
        private static final long serialVersionUID = 1L;

        AnswerTooEarly(int status) {
            super("an answer (HTTP status " + status + ") before the call was written");
        }
    }

    private static final class AnswerTooLong extends IOException {
        private static final long serialVersionUID = 1L;

        AnswerTooLong(int limit) {
            super("longer than " + limit + " bytes");
        }
    }
}
