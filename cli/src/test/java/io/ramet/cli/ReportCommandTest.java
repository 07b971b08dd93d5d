package io.ramet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.ramet.model.Deal;
import io.ramet.outcome.ChunkOutcome.Cloned;
import io.ramet.plan.ClonePlan;
import io.ramet.reactor.journal.CloneJournal;
import io.ramet.reactor.journal.PlanJournal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;

/** Journals as processes leave them, read by report. The first request of {@code old} was signed on 2023-11-14. */
class ReportCommandTest {

    private static final Duration LONGEST = Duration.ofSeconds(20);
    private static final long LONG_AGO = 1_700_000_000;

    @TempDir
    private Path folder;

    @BeforeEach
    void twoPlans() {
        CloneJournal journal = journal();
        ClonePlan old = Fixtures.plan("old", 45);
        PlanJournal open = journal.open(old, "ap-guangzhou").block(LONGEST);
        Flux.just(0, 1)
                .concatMap(index ->
                        open.sending(old.chunk(index), LONG_AGO + index).then(open.settled(cloned(old, index))))
                .then(open.release())
                .block(LONGEST);
        ClonePlan recent = Fixtures.plan("new", 60);
        journal.open(recent, "ap-beijing")
                .flatMap(held -> held.sending(recent.chunk(0), System.currentTimeMillis() / 1000)
                        .then(held.release()))
                .block(LONGEST);
        journal.disposeLater().block(LONGEST);
    }

    @Test
    void aTableHasARowPerPlanWithDateRegionSourceNameAndState() {
        assertThat(report().lines())
                .hasSize(3)
                .anySatisfy(row -> assertThat(row)
                        .containsSubsequence(
                                "old", "2023-11-14 22:13", "ap-guangzhou", "crs-source12", "complete", "45/45"))
                .anySatisfy(row ->
                        assertThat(row).containsSubsequence("new", "ap-beijing", "crs-source12", "in doubt", "0/60"));
    }

    @Test
    void onePlanIsShownChunkByChunk() {
        assertThat(report("old").lines())
                .satisfiesExactly(
                        head -> assertThat(head)
                                .isEqualTo("Plan old: complete, first sent 2023-11-14 22:13, region ap-guangzhou,"
                                        + " source crs-source12"),
                        first -> assertThat(first).startsWith("cloned      chunk 0"),
                        second -> assertThat(second).startsWith("cloned      chunk 1"),
                        sum -> assertThat(sum).isEqualTo("Report: plan old: 45 of 45 cloned in 2 deals"));
    }

    @Test
    void sinceTakesADateATimeOrADuration() {
        for (String since : List.of("2024-01-01", "2023-11-14T22:14", "2023-11-15T00:00:00+01:00", "7d")) {
            assertThat(report("--since=" + since)).contains("new ").doesNotContain("old ");
        }
        for (String since : List.of("2023-11-14", "2023-11-14T22:13", "2023-11-14T22:13:20Z")) {
            assertThat(report("--since=" + since)).contains("new ", "old ");
        }
        Session wrong = new Session(folder);
        assertThat(wrong.run("report", "--since=yesterday")).isEqualTo(2);
        assertThat(wrong.err()).contains("--since yesterday: must be a date");
    }

    @Test
    void idsAreOnePerLineAndNothingElse() {
        assertThat(report("--ids").lines()).hasSize(45).allMatch(line -> line.startsWith("crs-"));
        assertThat(report("old", "--ids").lines()).hasSize(45);
        assertThat(report("new", "--ids")).isEmpty();
    }

    @Test
    void jsonIsOneArray() {
        assertThat(Session.parsed(report("--output=json")))
                .extracting(plan -> plan.get("planId").asString())
                .containsExactly("old", "new");
        assertThat(Session.parsed(report("old", "--output=json")))
                .extracting(line -> line.get("type").asString())
                .containsExactly("outcome", "outcome", "report");
    }

    @Test
    void csvHasAHeadingAndQuotesWhatASpreadsheetWouldSplitOrRun() {
        assertThat(report("--output=csv").lines())
                .first()
                .asString()
                .isEqualTo("planId,date,region,source,name,state,requested,cloned,missing,surplus,notCloned,inDoubt,"
                        + "sending,pending,deals");
        assertThat(report("--output=csv"))
                .contains("old,2023-11-14T22:13:20Z,ap-guangzhou,crs-source12,,complete,45,45,,,0,0,,,2\n");
        assertThat(report("old", "--output=csv").lines())
                .hasSize(3)
                .last()
                .asString()
                .startsWith("1,cloned,15,\"'=1,1\",");
    }

    @Test
    void sentAndNotSentAreTwoNumbersWhileADeadProcessStillHoldsThePlan() {
        CloneJournal journal = journal();
        try {
            ClonePlan plan = Fixtures.plan("held", 90);
            PlanJournal dead = journal.open(plan, "ap-guangzhou").block(LONGEST);
            dead.sending(plan.chunk(0), LONG_AGO)
                    .then(dead.settled(cloned(plan, 0)))
                    .then(dead.sending(plan.chunk(1), LONG_AGO))
                    .block(LONGEST);

            assertThat(report("held"))
                    .contains("Plan held: running")
                    .contains("sent        chunk 1     30 instances  no response yet")
                    .contains("30 of 90 cloned in 1 deal, 30 sent without a response yet, 30 not sent yet");
            Session json = new Session(folder);
            json.run("report", "held", "--output=ndjson");
            assertThat(json.json()).hasSize(3);
            assertThat(json.json().get(1).get("outcome").asString()).isEqualTo("sending");
            assertThat(json.lastJson().get("sending").asInt()).isEqualTo(30);
            assertThat(json.lastJson().get("pending").asInt()).isEqualTo(30);
            assertThat(json.lastJson().get("inDoubt").asInt()).isZero();
        } finally {
            journal.disposeLater().block(LONGEST);
        }
    }

    private CloneJournal journal() {
        return Fixtures.journal(folder.resolve("journal.db"));
    }

    private String report(String... more) {
        Session session = new Session(folder);
        String[] arguments = new String[more.length + 1];
        arguments[0] = "report";
        System.arraycopy(more, 0, arguments, 1, more.length);
        assertThat(session.run(arguments)).isZero();
        return session.out();
    }

    /** Its DealId reads like a formula. */
    private static Cloned cloned(ClonePlan plan, int index) {
        List<String> ids = IntStream.range(0, plan.chunk(index).goodsNum())
                .mapToObj(i -> "crs-" + index + "-" + i)
                .toList();
        return new Cloned(plan.chunk(index), new Deal("=1," + index, null, ids, null));
    }
}
