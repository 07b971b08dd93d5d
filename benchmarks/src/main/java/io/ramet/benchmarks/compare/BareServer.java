package io.ramet.benchmarks.compare;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Answers every request with the same deal, on one thread, and does nothing else: no checks, no books. For when the
 * simulator would be what is measured.
 */
final class BareServer implements AutoCloseable {

    private final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final Channel channel;

    BareServer(int ids) {
        byte[] answer = answer(ids);
        channel = new ServerBootstrap()
                .group(loop)
                .channel(NioServerSocketChannel.class)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel accepted) {
                        accepted.pipeline().addLast(new Answering(answer));
                    }
                })
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .syncUninterruptibly()
                .channel();
    }

    private static byte[] answer(int ids) {
        String instances = IntStream.range(0, ids)
                .mapToObj(index -> String.format(Locale.ROOT, "\"crs-%08x\"", 0x1a2b3c4d + index))
                .collect(Collectors.joining(","));
        String body = "{\"Response\":{\"DealId\":\"22716\",\"DealName\":\"20261124000000000022716\",\"InstanceIds\":["
                + instances + "],\"RequestId\":\"3c140219-cfe9-470e-b241-907877d6fb03\"}}";
        String head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nDate: "
                + DateTimeFormatter.RFC_1123_DATE_TIME.format(ZonedDateTime.now(ZoneOffset.UTC))
                + "\r\nContent-Length: " + body.length() + "\r\n\r\n";
        return (head + body).getBytes(StandardCharsets.US_ASCII);
    }

    int port() {
        return ((InetSocketAddress) channel.localAddress()).getPort();
    }

    @Override
    public void close() {
        channel.close().syncUninterruptibly();
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }

    /** Reads no more of a request than where it ends. */
    private static final class Answering extends ByteToMessageDecoder {

        private static final String LENGTH = "content-length:";
        private final byte[] answer;

        Answering(byte[] answer) {
            this.answer = answer;
        }

        @Override
        protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
            int bodyStart = endOfHead(in);
            if (bodyStart < 0) {
                return;
            }
            String head = in.toString(in.readerIndex(), bodyStart - in.readerIndex(), StandardCharsets.US_ASCII)
                    .toLowerCase(Locale.ROOT);
            int at = head.indexOf(LENGTH) + LENGTH.length();
            int length =
                    Integer.parseInt(head.substring(at, head.indexOf('\r', at)).trim());
            if (in.writerIndex() - bodyStart >= length) {
                in.readerIndex(bodyStart + length);
                var unused = context.writeAndFlush(Unpooled.wrappedBuffer(answer));
            }
        }

        private static int endOfHead(ByteBuf in) {
            for (int at = in.readerIndex(); at + 3 < in.writerIndex(); at++) {
                if (in.getByte(at) == '\r' && in.getInt(at) == 0x0d0a0d0a) {
                    return at + 4;
                }
            }
            return -1;
        }
    }
}
