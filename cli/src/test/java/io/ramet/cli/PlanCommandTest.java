package io.ramet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PlanCommandTest {

    private final Session session = new Session();

    @Test
    void showsCallsTimeAndNames() {
        assertThat(plan("--goods-num=95", "--billing=payg", "--instance-name=web", "--plan-id=p"))
                .isEqualTo(0);

        assertThat(session.out())
                .contains("95 pay-as-you-go clones of crs-source12")
                .contains("4 calls: 3 × 30 + 1 × 5")
                .containsPattern("web-[0-9a-z]{12}-0 to web-[0-9a-z]{12}-3");
    }

    @Test
    void isOneNdjsonLinePerCallAndOneForAll() {
        assertThat(plan("--goods-num=250", "--billing=monthly", "--period=12", "--output=ndjson"))
                .isEqualTo(0);

        assertThat(session.json())
                .extracting(line -> line.get("type").asString())
                .containsExactly("chunk", "chunk", "chunk", "plan");
        assertThat(session.lastJson().get("calls").asInt()).isEqualTo(3);
    }

    @Test
    void theSamePlanIdIsTheSamePlan() {
        plan("--goods-num=95", "--billing=payg", "--plan-id=p", "--output=ndjson");
        String once = session.out();
        plan("--goods-num=95", "--billing=payg", "--plan-id=p", "--output=ndjson");

        assertThat(session.out()).isEqualTo(once + once);
    }

    @Test
    void acceptsTheOptionsOfClone() {
        assertThat(plan("--goods-num=5", "--billing=payg", "--region=ap-guangzhou", "--yes", "--max-in-flight=3"))
                .isEqualTo(0);
        assertThat(plan("--goods-num=5", "--billing=payg", "--max-instances=4")).isEqualTo(2);
    }

    @Test
    void missingFieldsAreNamed() {
        assertThat(session.run("plan", "--instance-id=crs-1")).isEqualTo(2);

        assertThat(session.err()).contains("BackupId (none): is required");
    }

    private int plan(String... more) {
        return session.run(Stream.of(List.of("plan"), Fixtures.REQUEST, List.of(more))
                .flatMap(List::stream)
                .toArray(String[]::new));
    }
}
