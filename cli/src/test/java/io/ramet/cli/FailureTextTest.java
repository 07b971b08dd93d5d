package io.ramet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.ramet.error.NotSent;
import io.ramet.error.NotSent.Reason;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FailureTextTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            AnnotatedConnectException: Connection refused: /127.0.0.1:1 | Connection refused: /127.0.0.1:1
            UnknownHostException: redis.invalid: Name or service not known | there is no host redis.invalid
            SSLHandshakeException: unable to find valid certification path | TLS failed: unable to find valid certification path
            PrematureCloseException: Connection prematurely closed | the connection was closed: Connection prematurely closed
            PrematureCloseException | the connection was closed
            the answer (HTTP status 200) broke off: NativeIoException: recvAddress(..) failed | the answer (HTTP status 200) broke off: recvAddress(..) failed
            """)
    void theNamesOfJavasExceptionsAreNotPrinted(String message, String printed) {
        assertThat(FailureText.of(new NotSent(Reason.NO_CONNECTION, message, null)))
                .isEqualTo("not sent: " + printed);
    }

    @Test
    void aServerThatRefusesConnectionsIsNamedWithoutThem() {
        Session session = new Session().credentials("id", "key");

        assertThat(session.run(
                        "clone",
                        "--endpoint=http://127.0.0.1:1",
                        "--region=ap-guangzhou",
                        "--instance-id=crs-1",
                        "--backup-id=1",
                        "--zone-id=1",
                        "--security-group=sg-1",
                        "--no-auth",
                        "--goods-num=1",
                        "--billing=payg",
                        "--plan-id=order-1",
                        "--yes"))
                .isEqualTo(1);

        assertThat(session.err()).contains("order-1 was not sent", "refused").doesNotContain("Exception");
    }
}
