package io.ramet.simulator;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Map;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.netty.NettyPipeline;
import reactor.netty.http.server.HttpServerResponse;

/** Ends an exchange: writes its response, or does what its fault demands. */
final class ResponseWriter {

    private static final Map<String, String> JSON = Map.of("Content-Type", "application/json");
    private static final int BLANKS_AT_ONCE = 64 * 1024;

    private final Clock clock;

    ResponseWriter(Clock clock) {
        this.clock = clock;
    }

    /** Ends the exchange on its event loop, after its latency. */
    Mono<Void> end(HttpServerResponse response, Admission admission, String body, Scheduler loop) {
        Duration delay = admission.latency().plus(admission.fault().delay());
        Mono<Void> end = Mono.defer(() -> now(response, admission.fault().ending(), body));
        return delay.isZero() ? end : Mono.delay(delay, loop).then(end);
    }

    private Mono<Void> now(HttpServerResponse response, Ending ending, String body) {
        if (ending instanceof Ending.Hang) {
            return Mono.never();
        }
        if (ending instanceof Ending.Drop drop) {
            return dropConnection(response, drop.reset());
        }
        if (ending instanceof Ending.Cut cut) {
            byte[] bytes = cut(body, cut);
            return raw(response, bytes);
        }
        if (ending instanceof Ending.SendNonHttp) {
            return raw(response, utf8("SSH-2.0-OpenSSH_9.6\r\n"));
        }
        if (ending instanceof Ending.Replace other) {
            return send(response, other.status(), other.headers(), other.body());
        }
        if (ending instanceof Ending.Pad pad) {
            return padded(response, pad.bytes(), utf8(body));
        }
        return send(response, 200, JSON, body);
    }

    private Mono<Void> send(HttpServerResponse response, int status, Map<String, String> headers, String body) {
        byte[] bytes = utf8(body);
        head(response, status, headers, bytes.length);
        return bytes.length == 0
                ? response.send()
                : response.sendByteArray(Mono.just(bytes)).then();
    }

    private void head(HttpServerResponse response, int status, Map<String, String> headers, long length) {
        response.status(status).header("Date", date(clock));
        headers.forEach(response::header);
        response.header("Content-Length", Long.toString(length));
    }

    private Mono<Void> padded(HttpServerResponse response, long size, byte[] body) {
        long length = Math.max(size, body.length);
        head(response, 200, JSON, length);
        Flux<ByteBuf> blanks = Flux.<ByteBuf, Long>generate(() -> length - body.length, (left, sink) -> {
            if (left == 0) {
                sink.complete();
                return left;
            }
            byte[] part = new byte[(int) Math.min(left, BLANKS_AT_ONCE)];
            Arrays.fill(part, (byte) ' ');
            sink.next(Unpooled.wrappedBuffer(part));
            return left - part.length;
        });
        return response.send(blanks.startWith(Unpooled.wrappedBuffer(body))).then();
    }

    private byte[] cut(String text, Ending.Cut cut) {
        byte[] body = utf8(text);
        byte[] head = utf8("HTTP/1.1 200 OK\r\nDate: " + date(clock) + "\r\nContent-Type: application/json\r\n"
                + "Content-Length: " + body.length + "\r\n\r\n");
        byte[] whole = Arrays.copyOf(head, head.length + body.length);
        System.arraycopy(body, 0, whole, head.length, body.length);
        long bytes = cut.ofBody() ? (long) head.length + cut.bytes() : cut.bytes();
        return Arrays.copyOf(whole, (int) Math.min(bytes, whole.length));
    }

    /** Writes without the HTTP codec, then closes. The exchange remains unfinished until its channel is closed. */
    private static Mono<Void> raw(HttpServerResponse response, byte[] bytes) {
        response.withConnection(connection -> {
            Channel channel = connection.channel();
            ChannelHandlerContext codec = channel.pipeline().context(NettyPipeline.HttpCodec);
            codec.writeAndFlush(Unpooled.wrappedBuffer(bytes)).addListener(ChannelFutureListener.CLOSE);
        });
        return Mono.never();
    }

    private static Mono<Void> dropConnection(HttpServerResponse response, boolean reset) {
        response.withConnection(connection -> drop(connection.channel(), reset));
        return Mono.never();
    }

    /** Closes with FIN, or with RST: a linger time of zero makes a close a reset. */
    static void drop(Channel channel, boolean reset) {
        if (reset) {
            channel.config().setOption(ChannelOption.SO_LINGER, 0);
        }
        var unused = channel.close();
    }

    static String date(Clock clock) {
        return DateTimeFormatter.RFC_1123_DATE_TIME.format(clock.instant().atOffset(ZoneOffset.UTC));
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
