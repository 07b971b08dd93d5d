package io.ramet.reactor.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.netty.handler.ssl.NotSslRecordException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ExchangeFailureTest {

    static Stream<Arguments> failures() {
        return Stream.of(
                arguments(new ConnectException("Connection refused: /127.0.0.1:1"), "Connection refused: /127.0.0.1:1"),
                arguments(
                        new UnknownHostException("redis.invalid: Name or service not known"),
                        "the host name cannot be resolved: redis.invalid: Name or service not known"),
                arguments(
                        new UnknownHostException("Failed to resolve 'redis.invalid' [A(1)] after 2 queries "),
                        "the host name cannot be resolved: Failed to resolve 'redis.invalid' [A(1)] after 2 queries"),
                arguments(new SSLHandshakeException("no valid certificate"), "TLS failed: no valid certificate"),
                arguments(
                        new NotSslRecordException("not an SSL/TLS record: 485454502f312e31"),
                        "TLS failed: the response is not TLS"),
                arguments(new ClosedChannelException(), "the connection was closed"),
                arguments(new TimeoutException(), "no connection in time"),
                arguments(new IOException(), "the connection failed"),
                arguments(
                        new IllegalArgumentException("invalid version format: canary"),
                        "an unexpected java.lang.IllegalArgumentException"));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void aFailureIsDescribedInWordsThatQuoteNothing(Throwable failure, String words) {
        assertThat(ExchangeFailure.words(failure)).isEqualTo(words);
    }
}
