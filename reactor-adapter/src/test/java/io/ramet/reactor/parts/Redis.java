package io.ramet.reactor.parts;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisException;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.StatusOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import java.nio.file.Path;
import java.util.function.Consumer;

/** A Redis server of this machine that keeps nothing on disk. */
final class Redis implements AutoCloseable {

    private final Path folder = Program.folder("redis");
    private final int port = Program.freePort();
    private Program server;

    private Redis() throws Exception {}

    static Redis start() throws Exception {
        Redis redis = new Redis();
        redis.restart();
        return redis;
    }

    void restart() throws Exception {
        close();
        server = Program.start(
                folder,
                Program.find("redis-server", "redis-server"),
                "--bind",
                "127.0.0.1",
                "--port",
                String.valueOf(port),
                "--save",
                "",
                "--enable-debug-command",
                "yes");
        server.await("Redis responds", this::isUp);
    }

    private boolean isUp() {
        try {
            command(RedisCommands::ping);
            return true;
        } catch (RedisException notYet) {
            return false;
        }
    }

    void command(Consumer<RedisCommands<String, String>> command) {
        try (RedisClient client = RedisClient.create(url());
                StatefulRedisConnection<String, String> connection = client.connect()) {
            command.accept(connection.sync());
        }
    }

    /** Responds to nothing for so many seconds. */
    void sleep(int seconds) {
        command(commands -> commands.dispatch(
                CommandType.DEBUG,
                new StatusOutput<>(StringCodec.UTF8),
                new CommandArgs<>(StringCodec.UTF8).add("SLEEP").add(seconds)));
    }

    String url() {
        return "redis://127.0.0.1:" + port;
    }

    @Override
    public void close() {
        if (server != null) {
            server.close();
        }
    }
}
