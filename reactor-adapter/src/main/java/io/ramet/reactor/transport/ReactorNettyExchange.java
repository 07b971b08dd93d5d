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
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.publisher.Sinks.EmitResult;
import reactor.netty.ByteBufFlux;
import reactor.netty.NettyOutbound;
import reactor.netty.channel.AbortedException;
import reactor.netty.http.client.HttpClient.RequestSender;
import reactor.netty.http.client.HttpClientRequest;
import reactor.netty.http.client.HttpClientResponse;

/** One exchange. Its progress changes once: from waiting to written, or from waiting to given up. */
final class ReactorNettyExchange {

    private enum Progress {
        WAITING,
        WRITTEN,
        GIVEN_UP
    }

    /**
     * Longer than the time limits of a connection, a proxy, TLS and a permit together. It ends an exchange that would
     * otherwise never end, because Netty and Reactor lose an error of the virtual machine, such as a missing class, in
     * a handler of the channel.
     */
    private static final Duration LONGEST_UNWRITTEN = Duration.ofMinutes(2);

    private final AtomicReference<Progress> progress = new AtomicReference<>(Progress.WAITING);
    /** Completes when the request is written, or fails if it cannot be. */
    private final Sinks.Empty<Void> written = Sinks.empty();

    private final Sinks.Empty<Void> givenUp = Sinks.empty();
    private final Mono<RequestSender> http;
    private final ApiTransport.Settings settings;
    private final ConnectionAges ages;
    private final Mono<ApiRequest> request;
    private volatile @Nullable Throwable requestFailure;
    private volatile Runnable onWritten = () -> {};
    private volatile @Nullable Channel channel;
    private volatile boolean connected;
    /** Whether a byte of a response has arrived, if only of its head. */
    private volatile BooleanSupplier responding = () -> false;

    ReactorNettyExchange(
            Mono<RequestSender> http, ApiTransport.Settings settings, ConnectionAges ages, Mono<ApiRequest> request) {
        this.http = http;
        this.settings = settings;
        this.ages = ages;
        this.request = request;
    }

    Mono<ApiResponse> run() {
        return http.flatMap(ready -> ready.send(this::send).response(this::read).single())
                .onErrorMap(ReactorNettyNetwork::named)
                .timeout(timeUp())
                .onErrorMap(this::judge)
                .doOnCancel(this::giveUp);
    }

    /**
     * Used with {@code timeout()}, which cancels the exchange and thereby closes its connection; {@code takeUntilOther}
     * with an error does not, and would leave the delay behind as well.
     */
    private Mono<Long> timeUp() {
        return Mono.firstWithSignal(
                        Mono.delay(LONGEST_UNWRITTEN, settings.timer()),
                        written.asMono().then(Mono.empty()))
                .switchIfEmpty(Mono.delay(settings.callTimeout(), settings.timer()));
    }

    private Mono<Void> send(HttpClientRequest head, NettyOutbound outbound) {
        connected = true;
        outbound.withConnection(connection -> channel = connection.channel());
        return outbound.send(ready().delayUntil(ready -> allRead())
                        .flatMap(ready -> Mono.fromCallable(() -> write(ready, head)))
                        .onErrorResume(this::end))
                .then()
                .doOnSuccess(sent -> onWritten.run());
    }

    /** Ends the exchange by its time limit, because Reactor Netty would log the failure with its stack trace. */
    private Mono<ByteBuf> end(Throwable failure) {
        return written.tryEmitError(failure) == EmitResult.OK ? Mono.never() : Mono.error(failure);
    }

    /**
     * Completes on the event loop once everything that has arrived on the connection was read, so that a close is
     * noticed.
     */
    private Mono<Void> allRead() {
        Channel open = requireNonNull(channel);
        return Mono.create(read -> open.eventLoop().execute(() -> ReactorNettyWire.readAll(open, read::success)));
    }

    /**
     * Ends when the exchange is given up: after an early connection failure, nothing else cancels the wait for a
     * permit.
     */
    private Mono<ApiRequest> ready() {
        if (progress.get() != Progress.WAITING) {
            return Mono.error(new IllegalStateException("a second sending of one request"));
        }
        return request.doOnError(failure -> requestFailure = failure)
                .takeUntilOther(givenUp.asMono())
                .switchIfEmpty(Mono.defer(() -> progress.get() == Progress.GIVEN_UP
                        ? Mono.never()
                        : Mono.error(new IllegalStateException("an empty request"))));
    }

    /** Performs the last steps before the bytes are passed to the channel. */
    private ByteBuf write(ApiRequest ready, HttpClientRequest head) throws IOException {
        ready.headers().forEach(head::header);
        responding = ReactorNettyWire.checkUsable(requireNonNull(channel), ages);
        try {
            ready.begin();
        } catch (NotSent expired) {
            requestFailure = expired;
            throw expired;
        }
        if (!progress.compareAndSet(Progress.WAITING, Progress.WRITTEN)) {
            throw new IllegalStateException("given up before sending");
        }
        onWritten = ready.written();
        written.tryEmitEmpty();
        return Unpooled.wrappedBuffer(ready.body());
    }

    private Mono<ApiResponse> read(HttpClientResponse response, ByteBufFlux content) {
        int status = response.status().code();
        // Not a response to this request: the server closes an idle connection, or responds twice to an earlier
        // request.
        if (giveUp()) {
            return Mono.error(new UnusableResponse("a response (HTTP status " + status + ") before the request"));
        }
        Body body = new Body();
        return content.asByteArray()
                .<ApiResponse>handle((bytes, next) -> {
                    body.add(bytes);
                    if (body.size > settings.maxResponseBytes()) {
                        next.error(new UnusableResponse("longer than " + settings.maxResponseBytes() + " bytes"));
                    }
                })
                .then(Mono.fromSupplier(
                        () -> new ApiResponse(status, response.responseHeaders().get("Date"), body.whole())))
                .onErrorMap(failure -> new LostResponse(
                        Phase.ANSWERING,
                        "the response (HTTP status " + status + ") broke off: " + words(failure),
                        ResponseJson.requestIdIn(body.whole()),
                        failure));
    }

    /**
     * Judges by the progress, because an exception such as "connection reset" can occur before and after the write.
     */
    private Throwable judge(Throwable failure) {
        boolean unwritten = giveUp();
        Throwable own = requestFailure;
        if (unwritten && own != null) {
            return own instanceof RametException
                    ? own
                    : new NotSent(NotSent.Reason.NO_CONNECTION, "the request failed: " + words(own), own);
        }
        if (unwritten) {
            boolean tookTooLong = failure.getClass() == TimeoutException.class;
            NotSent.Reason reason =
                    connected && !tookTooLong ? NotSent.Reason.CONNECTION_LOST : NotSent.Reason.NO_CONNECTION;
            String what =
                    tookTooLong ? "nothing was written within " + LONGEST_UNWRITTEN.toSeconds() + " s" : words(failure);
            return new NotSent(reason, what, failure);
        }
        if (failure instanceof LostResponse) {
            return failure;
        }
        String what = failure instanceof TimeoutException
                ? "none within " + settings.callTimeout().toMillis() + " ms"
                : words(failure);
        Throwable cause = ExchangeFailure.quotesNothing(failure) ? failure : null;
        return new LostResponse(responding.getAsBoolean() ? Phase.ANSWERING : Phase.WRITTEN, what, null, cause);
    }

    /** {@return whether nothing was written; if so, nothing will be} */
    private boolean giveUp() {
        boolean unwritten =
                progress.compareAndSet(Progress.WAITING, Progress.GIVEN_UP) || progress.get() == Progress.GIVEN_UP;
        if (unwritten) {
            givenUp.tryEmitEmpty();
        }
        return unwritten;
    }

    private static String words(Throwable failure) {
        return failure instanceof AbortedException ? "the connection was closed" : ExchangeFailure.words(failure);
    }

    /** The body of a response as far as it has arrived. Most bodies arrive in one piece, which is not copied. */
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

    private static final class UnusableResponse extends IOException {
        private static final long serialVersionUID = 1L;

        UnusableResponse(String what) {
            super(what);
        }
    }
}
