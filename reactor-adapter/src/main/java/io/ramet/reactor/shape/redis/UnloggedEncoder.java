package io.ramet.reactor.shape.redis;

import io.lettuce.core.protocol.CommandEncoder;
import io.lettuce.core.protocol.RedisCommand;
import io.lettuce.core.resource.NettyCustomizer;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.EncoderException;
import java.util.List;

/** Replaces Lettuce's own encoder, which logs at TRACE what it sends, including the password. */
final class UnloggedEncoder extends CommandEncoder {

    /** Replaces the encoder on each new channel. */
    static final NettyCustomizer CUSTOMIZER = new NettyCustomizer() {
        @Override
        public void afterChannelInitialized(Channel channel) {
            channel.pipeline().replace(CommandEncoder.class, null, new UnloggedEncoder());
        }
    };

    private UnloggedEncoder() {}

    @Override
    protected void encode(ChannelHandlerContext context, Object message, ByteBuf out) {
        Iterable<?> commands = message instanceof Iterable<?> several ? several : List.of(message);
        try {
            for (Object command : commands) {
                ((RedisCommand<?, ?, ?>) command).encode(out);
            }
        } catch (RuntimeException e) {
            var unused = context.close(); // Redis may have received half a command.
            throw new EncoderException("a command could not be encoded", e);
        }
    }
}
