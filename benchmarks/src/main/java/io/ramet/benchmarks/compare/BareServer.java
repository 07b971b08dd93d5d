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
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * Sends a new deal in response to every CloneInstances request and an empty listing to any other, on one thread, and
 * does nothing else: no checks, no books. The simulator itself would be the bottleneck of a measurement.
 */
final class BareServer implements AutoCloseable {

    private final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final Channel channel;
    private final int ids;
    /** Counts instances and deals, so that no id comes twice; used by the loop alone. */
    private int created = 0x10000000;

    BareServer(int ids) {
        this.ids = ids;
        channel = new ServerBootstrap()
                .group(loop)
                .channel(NioServerSocketChannel.class)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel accepted) {
                        accepted.pipeline().addLast(new Responding());
                    }
                })
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .syncUninterruptibly()
                .channel();
    }

    private byte[] response(boolean clone) {
        StringBuilder body = new StringBuilder("{\"Response\":{");
        if (clone) {
            body.append("\"DealId\":\"").append(++created);
            body.append("\",\"DealName\":\"20261124").append(created).append("\",\"InstanceIds\":[");
            for (int id = 0; id < ids; id++) {
                body.append(id == 0 ? "\"crs-" : ",\"crs-")
                        .append(Integer.toHexString(++created))
                        .append('"');
            }
            body.append(']');
        } else {
            body.append("\"TotalCount\":0,\"InstanceSet\":[]");
        }
        body.append(",\"RequestId\":\"3c140219-cfe9-470e-b241-907877d6fb03\"}}");
        String head =
                "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " + body.length() + "\r\n\r\n";
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

    /** Reads of a request only its action and its length. */
    private final class Responding extends ByteToMessageDecoder {

        private static final String LENGTH = "content-length:";

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
                var unused = context.writeAndFlush(Unpooled.wrappedBuffer(response(head.contains("cloneinstances"))));
            }
        }

        private int endOfHead(ByteBuf in) {
            for (int at = in.readerIndex(); at + 3 < in.writerIndex(); at++) {
                if (in.getByte(at) == '\r' && in.getInt(at) == 0x0d0a0d0a) {
                    return at + 4;
                }
            }
            return -1;
        }
    }
}
