package io.ramet.reactor.transport;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.nio.AbstractNioChannel;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import reactor.netty.Connection;
import reactor.netty.NettyPipeline;

/**
 * Drops interim responses, and detects connections that must not be used for a purchase; Reactor Netty does neither.
 */
final class ReactorNettyWire {

    private ReactorNettyWire() {}

    /** Must be called before the connection is opened. */
    static void watchOpening(Channel channel, LongSupplier nanoTime) {
        channel.pipeline().addFirst(Opening.class.getName(), new Opening(nanoTime));
    }

    static void watch(Connection connection) {
        connection.channel().pipeline().addBefore(NettyPipeline.HttpCodec, Listening.class.getName(), new Listening());
        connection.addHandlerLast(new InterimResponses());
    }

    /** Reads what has arrived, then runs {@code then}. Must be called on the event loop, as a task of its own. */
    static void readAll(Channel channel, Runnable then) {
        if (channel.unsafe() instanceof AbstractNioChannel.NioUnsafe nio) {
            nio.read();
            then.run();
        } else {
            // A loop polls its sockets, then runs what is due. The first task may run before the next poll, the second
            // cannot.
            EventLoop loop = channel.eventLoop();
            Runnable second = () -> {
                var unusedLast = loop.schedule(then, 1, NANOSECONDS);
            };
            var unusedFirst = loop.schedule(second, 1, NANOSECONDS);
        }
    }

    /**
     * Fails if the server has closed the connection, has sent anything, or may close it at any moment. Must be called
     * before the first byte is written.
     *
     * @return whether anything has arrived since
     */
    static BooleanSupplier checkUsable(Channel channel, ConnectionAges ages) throws IOException {
        if (!channel.isActive()) {
            throw new IOException("closed by the server before the request was written");
        }
        Listening listening = channel.pipeline().get(Listening.class);
        if (listening == null || listening.heard) {
            throw new IOException("the server responded before the request was written");
        }
        Opening opening = channel.pipeline().get(Opening.class);
        long age = opening == null ? 0 : opening.age();
        if (!ages.isYoung(age)) {
            throw new IOException("not used for the first " + NANOSECONDS.toMillis(age) + " ms");
        }
        return () -> listening.heard;
    }

    /** Notes when the connection was opened, before the TLS handshake. */
    private static final class Opening extends ChannelInboundHandlerAdapter {

        private final LongSupplier nanoTime;
        private long openedAt;

        Opening(LongSupplier nanoTime) {
            this.nanoTime = nanoTime;
        }

        long age() {
            return nanoTime.getAsLong() - openedAt;
        }

        @Override
        public void channelActive(ChannelHandlerContext context) {
            openedAt = nanoTime.getAsLong();
            context.fireChannelActive();
        }
    }

    /** Detects the first byte of a response, and the end of TLS, after which the server reads nothing more. */
    private static final class Listening extends ChannelInboundHandlerAdapter {

        private volatile boolean heard;

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            heard = true;
            context.fireChannelRead(message);
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            if (event instanceof SslCloseCompletionEvent) {
                var unused = context.close();
            }
            context.fireUserEventTriggered(event);
        }
    }

    /**
     * Drops interim responses (1xx, RFC 9110 section 15.2). Reactor Netty would treat all of them but 100 as the
     * response.
     */
    private static final class InterimResponses extends ChannelInboundHandlerAdapter {

        private boolean interim;

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            if (message instanceof HttpResponse response) {
                interim = isInterim(response.status());
            }
            if (interim) {
                interim = !(message instanceof LastHttpContent);
                ReferenceCountUtil.release(message);
                context.read();
            } else {
                context.fireChannelRead(message);
            }
        }

        /** Excludes 100, which Reactor Netty drops itself, and 101, which only another protocol follows. */
        private static boolean isInterim(HttpResponseStatus status) {
            return status.code() > 101 && status.code() < 200;
        }
    }
}
