package io.ramet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** An operator reads no name of a Java class. */
class PlainWordsTest {

    @Test
    void aRefusedConnectionIsReportedInWords() {
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
                .isEqualTo(3);

        assertThat(session.err()).contains("order-1 was not sent", "refused").doesNotContain("Exception");
    }
}
