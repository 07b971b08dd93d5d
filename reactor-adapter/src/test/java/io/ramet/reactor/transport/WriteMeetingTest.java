package io.ramet.reactor.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.ramet.error.CallFailure;
import io.ramet.error.NotSent;
import io.ramet.reactor.Meeting;
import io.ramet.sign.Credentials;
import io.ramet.sign.Tc3Signer;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;

/**
 * A request is about to be written while its server gives up waiting: it is "not sent" only if no byte of it ever
 * leaves. {@code -Dramet.meetings=N} makes the two meet more often.
 */
@Tag("slow")
class WriteMeetingTest {

    private static final Duration PATIENCE = Duration.ofSeconds(40);
    private static final int ROUNDS = Integer.getInteger("ramet.meetings", 1_000) / 4;

    private static final Tc3Signer SIGNER = new Tc3Signer("signed.example", "CloneInstances");

    private final BlockingQueue<ScriptedServer.Connection> connected = new LinkedBlockingQueue<>();
    private final BlockingQueue<Boolean> read = new LinkedBlockingQueue<>();

    @Test
    void aRequestThatIsReportedAsNotSentNeverReachesTheServer() throws Exception {
        int notSent = 0;
        int received = 0;
        try (ScriptedServer server = ScriptedServer.that(connection -> {
                    connected.add(connection);
                    read.add(connection.readRequest());
                });
                Meeting threads = new Meeting(2)) {
            ApiTransport transport = open(server.uri());
            for (int round = 0; round < ROUNDS; round++) {
                Sinks.One<ApiRequest> permit = Sinks.one();
                Mono<Object> result = transport
                        .exchange(permit.asMono())
                        .<Object>map(Function.identity())
                        .onErrorResume(CallFailure.class, Mono::just)
                        .cache();
                result.subscribe();
                ScriptedServer.Connection connection = connected.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
                ApiRequest request = request(round);
                long later = round % 50 * 20_000L;
                threads.of(round, () -> permit.tryEmitValue(request), () -> {
                    LockSupport.parkNanos(later);
                    return tire(connection);
                });
                boolean wasRead = read.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
                boolean isNotSent = result.block(PATIENCE) instanceof NotSent;
                assertThat(isNotSent && wasRead).as("round %d", round).isFalse();
                notSent += isNotSent ? 1 : 0;
                received += wasRead ? 1 : 0;
            }
            transport.disposeLater().block(PATIENCE);
            Set<String> different = server.requests().stream()
                    .map(text -> text.substring(text.indexOf("{\"round\"")))
                    .collect(Collectors.toSet());
            assertThat(server.requests()).as("none twice").hasSameSizeAs(different);
        }
        System.out.println("met " + ROUNDS + " times: " + notSent + " not sent, " + received + " received");
    }

    private static boolean tire(ScriptedServer.Connection connection) {
        try {
            connection.respond(408, "Connection: close\r\n", "");
            connection.finish();
            return true;
        } catch (IOException gone) {
            return false;
        }
    }

    private static ApiTransport open(URI uri) {
        return ReactorNettyTransport.plain()
                .open(new ApiTransport.Settings(
                        "purchases", uri, 4, PATIENCE, 1_000_000, Schedulers.parallel(), Network.direct()));
    }

    private static ApiRequest request(int round) {
        byte[] body = ("{\"round\":" + round + "}").getBytes(StandardCharsets.UTF_8);
        return new ApiRequest(
                SIGNER.sign(Credentials.of("id", "key"), "ap-guangzhou", 1_790_000_000L, body),
                body,
                () -> true,
                () -> {});
    }
}
