package io.ramet.outcome;

import static org.assertj.core.api.Assertions.assertThat;

import io.ramet.error.ApiRefusal;
import io.ramet.error.CallFailure;
import io.ramet.error.ErrorCodes;
import io.ramet.error.LostResponse;
import io.ramet.error.LostResponse.Phase;
import io.ramet.error.NotSent;
import io.ramet.model.Deal;
import io.ramet.model.Fixtures;
import io.ramet.outcome.ChunkOutcome.Cloned;
import io.ramet.outcome.ChunkOutcome.InDoubt;
import io.ramet.outcome.ChunkOutcome.NotCloned;
import io.ramet.plan.CloneChunk;
import io.ramet.plan.ClonePlan;
import io.ramet.plan.PlanId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CloneReportTest {

    private static final PlanId ID = PlanId.of("order-4711");
    private static final LostResponse LOST = new LostResponse(Phase.WRITTEN, "reset", null, null);
    private static final CallFailure REFUSED = new ApiRefusal(ErrorCodes.of("LimitExceeded"), "quota", "r");
    private static final CallFailure STOPPED = new NotSent(NotSent.Reason.RUN_STOPPED, "the run stopped", null);

    @Test
    void everyInstanceIsAccountedForAtEveryStep() {
        for (long seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            ClonePlan plan = plan(1 + random.nextInt(1_500));
            List<CloneChunk> chunks = new ArrayList<>(plan.chunks().toList());
            Collections.shuffle(chunks, random);
            CloneReport report = CloneReport.of(plan);
            int deals = 0;
            int bought = 0;
            int settled = 0;
            List<CloneChunk> doubts = new ArrayList<>();
            for (CloneChunk chunk : chunks) {
                ChunkOutcome outcome = random(chunk, random);
                report = report.plus(outcome);

                deals += outcome instanceof Cloned ? 1 : 0;
                bought +=
                        outcome instanceof Cloned yes ? yes.deal().instanceIds().size() : 0;
                settled += chunk.goodsNum();
                if (outcome instanceof InDoubt) {
                    doubts.add(chunk);
                }
                assertThat(report.cloned()
                                - report.surplus()
                                + report.missing()
                                + report.notCloned()
                                + report.inDoubt()
                                + report.sending()
                                + report.pending())
                        .as("seed %d", seed)
                        .isEqualTo(report.requested())
                        .isEqualTo(plan.request().goodsNum());
                assertThat(report.pending()).as("seed %d", seed).isEqualTo(report.requested() - settled);
                assertThat(report.cloned()).as("seed %d", seed).isEqualTo(bought);
                assertThat(report.deals()).as("seed %d", seed).isEqualTo(deals);
                assertThat(report.doubts())
                        .as("seed %d", seed)
                        .extracting(InDoubt::chunk)
                        .isEqualTo(doubts);
                assertThat(report.inDoubt())
                        .as("seed %d", seed)
                        .isEqualTo(
                                doubts.stream().mapToInt(CloneChunk::goodsNum).sum());
            }
            assertThat(report.pending()).as("seed %d", seed).isZero();
        }
    }

    private static ChunkOutcome random(CloneChunk chunk, Random random) {
        return switch (random.nextInt(4)) {
            case 0 -> new NotCloned(chunk, random.nextBoolean() ? REFUSED : STOPPED);
            case 1 -> new InDoubt(chunk, LOST);
            case 2 -> cloned(chunk, random.nextInt(chunk.goodsNum() + 3));
            default -> cloned(chunk, chunk.goodsNum());
        };
    }

    @Test
    void onlyAllOfItAndNoMoreIsComplete() {
        ClonePlan plan = plan(40);
        CloneReport report = CloneReport.of(plan);
        CloneChunk thirty = plan.chunk(0);
        CloneChunk ten = plan.chunk(1);

        assertThat(report.complete()).isFalse();
        assertThat(report.plus(cloned(thirty, 30)).complete()).isFalse();
        assertThat(report.plus(cloned(thirty, 30)).plus(cloned(ten, 10)).complete())
                .isTrue();
        assertThat(report.plus(cloned(thirty, 30)).plus(cloned(ten, 9)).complete())
                .isFalse();
        assertThat(report.plus(cloned(thirty, 30)).plus(cloned(ten, 11)).complete())
                .isFalse();
        assertThat(report.plus(cloned(thirty, 29)).plus(cloned(ten, 11)).complete())
                .as("one too few here and one too many there")
                .isFalse();
        assertThat(report.plus(cloned(thirty, 30)).plus(new InDoubt(ten, LOST)).complete())
                .isFalse();
    }

    @Test
    void theFirstReasonIsKept() {
        ClonePlan plan = plan(90);
        CloneReport report = CloneReport.of(plan);

        assertThat(report.firstReason()).isEmpty();
        assertThat(report.plus(new InDoubt(plan.chunk(0), LOST)).firstReason()).isEmpty();
        assertThat(report.plus(new NotCloned(plan.chunk(1), REFUSED))
                        .plus(new NotCloned(plan.chunk(2), STOPPED))
                        .firstReason())
                .containsSame(REFUSED);
    }

    /** Its chunk may still be bought, so the plan must not look refused. */
    @Test
    void aReasonThatInterruptsThePlanGoesBeforeOthers() {
        ClonePlan plan = plan(90);
        NotSent closed = new NotSent(NotSent.Reason.CLIENT_CLOSED, "the client was closed", null);
        NotSent unconnected = new NotSent(NotSent.Reason.NO_CONNECTION, "connection refused", null);

        assertThat(CloneReport.of(plan)
                        .plus(new NotCloned(plan.chunk(0), REFUSED))
                        .plus(new NotCloned(plan.chunk(1), closed))
                        .plus(new NotCloned(plan.chunk(2), unconnected))
                        .firstReason())
                .containsSame(closed);
    }

    @Test
    void theListOfDoubtsIsBoundedAndTheirNumberIsNot() {
        ClonePlan plan = plan(30 * (CloneReport.MAX_DOUBTS + 5));
        CloneReport report = CloneReport.of(plan);
        for (CloneChunk chunk : plan) {
            report = report.plus(new InDoubt(chunk, LOST));
        }

        assertThat(report.doubts()).hasSize(CloneReport.MAX_DOUBTS);
        assertThat(report.inDoubt()).isEqualTo(plan.request().goodsNum());
        assertThat(report.pending()).isZero();
    }

    @Test
    void theSummaryNamesOnlyWhatThereIs() {
        ClonePlan plan = plan(250);
        CloneReport report = CloneReport.of(plan);
        assertThat(report.summary()).isEqualTo("plan order-4711: 0 of 250 cloned in 0 deals, 250 not sent yet");

        report = report.plus(cloned(plan.chunk(0), 30));
        assertThat(report.summary()).isEqualTo("plan order-4711: 30 of 250 cloned in 1 deal, 220 not sent yet");

        report = report.plus(cloned(plan.chunk(1), 28))
                .plus(cloned(plan.chunk(2), 31))
                .plus(new NotCloned(plan.chunk(3), REFUSED))
                .plus(new InDoubt(plan.chunk(8), LOST));
        assertThat(report.summary())
                .isEqualTo("plan order-4711: 89 of 250 cloned in 3 deals, 2 bought with unknown ids,"
                        + " 1 MORE THAN REQUESTED, 30 not cloned, 10 in doubt, 120 not sent yet");
        assertThat(new PlanIncompleteException(report))
                .hasMessage(report.summary() + "; first reason: " + REFUSED.getMessage())
                .hasCause(REFUSED)
                .extracting(PlanIncompleteException::report)
                .isSameAs(report);
        assertThat(new PlanIncompleteException(CloneReport.of(plan)))
                .as("without a reason")
                .hasMessage("plan order-4711: 0 of 250 cloned in 0 deals, 250 not sent yet");

        CloneReport all = CloneReport.of(plan);
        for (CloneChunk chunk : plan) {
            all = all.plus(cloned(chunk, chunk.goodsNum()));
        }
        assertThat(all.summary()).isEqualTo("plan order-4711: 250 of 250 cloned in 9 deals");
    }

    private static ClonePlan plan(int goodsNum) {
        return ClonePlan.of(ID, Fixtures.minimal().goodsNum(goodsNum).build());
    }

    private static Cloned cloned(CloneChunk chunk, int ids) {
        List<String> instances = IntStream.range(0, ids)
                .mapToObj(i -> "crs-" + chunk.index() + "-" + i)
                .toList();
        return new Cloned(chunk, new Deal("d-" + chunk.index(), null, instances, "r"));
    }

    @Test
    void sentAndNotSentAreTwoNumbers() {
        ClonePlan plan = plan(90);
        CloneReport report =
                CloneReport.of(plan).plus(cloned(plan.chunk(0), 30)).plusSending(plan.chunk(1));
        assertThat(report.sending()).isEqualTo(30);
        assertThat(report.pending()).isEqualTo(30);
        assertThat(report.summary())
                .endsWith("30 of 90 cloned in 1 deal, 30 sent without a response yet, 30 not sent yet");
    }

    @Test
    void instancesThatOnlyAnAuditFindsAreSurplus() {
        ClonePlan plan = plan(60);
        CloneReport reported =
                CloneReport.of(plan).plus(cloned(plan.chunk(0), 30)).plus(cloned(plan.chunk(1), 30));
        assertThat(reported.audit().done()).isFalse();
        CloneReport clean = reported.audited(new PlanAudit(null, 60, 0, List.of(), 0));
        assertThat(clean.complete()).isTrue();
        assertThat(clean.summary()).endsWith("60 of 60 cloned in 2 deals, audited");
        CloneReport twice = clean.audited(new PlanAudit(null, 90, 30, List.of("crs-1"), 0));
        assertThat(twice.complete()).isFalse();
        assertThat(twice.cloned()).isEqualTo(90);
        assertThat(twice.surplus()).isEqualTo(30);
        assertThat(twice.audited(PlanAudit.none("the client was closed")).summary())
                .endsWith("60 of 60 cloned in 2 deals, not audited: the client was closed");
    }
}
