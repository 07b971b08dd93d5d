package io.ramet.json;

import static org.assertj.core.api.Assertions.assertThat;

import io.ramet.error.ApiRefusal;
import io.ramet.error.ErrorCodes;
import io.ramet.error.LostResponse;
import io.ramet.error.LostResponse.Phase;
import io.ramet.error.NotSent;
import io.ramet.error.NotSent.Reason;
import io.ramet.model.Deal;
import io.ramet.outcome.ChunkOutcome.Cloned;
import io.ramet.outcome.ChunkOutcome.InDoubt;
import io.ramet.outcome.ChunkOutcome.NotCloned;
import io.ramet.outcome.CloneReport;
import io.ramet.outcome.PlanAudit;
import io.ramet.plan.CloneChunk;
import io.ramet.plan.Mark;
import io.ramet.plan.PlanId;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReportJsonTest {

    private static final PlanId PLAN = PlanId.of("order-1");

    private final CloneChunk chunk = new CloneChunk(PLAN, 4, 2, new Mark("a".repeat(17)), "clone-aaa");
    private final Deal deal = new Deal("9", "name-9", List.of("crs-1", "crs-2"), "request-1");
    private final ApiRefusal soldOut =
            new ApiRefusal(ErrorCodes.of("ResourceUnavailable.SaleOut"), "sold out", "request-2");
    private final InDoubt doubt =
            new InDoubt(chunk, new LostResponse(Phase.WRITTEN, "the connection was reset", null, null));

    @Test
    void aDealIsItsIdsAndThoseOfItsInstances() {
        String fields = "\"dealId\":\"9\",\"dealName\":\"name-9\",\"instanceIds\":[\"crs-1\",\"crs-2\"],"
                + "\"requestId\":\"request-1\"}";

        assertThat(ReportJson.deal(deal)).hasToString("{\"type\":\"deal\"," + fields);
        assertThat(ReportJson.outcome(new Cloned(chunk, deal)))
                .hasToString("{\"type\":\"outcome\",\"outcome\":\"cloned\",\"chunk\":4,\"goodsNum\":2," + fields);
        assertThat(ReportJson.deal(new Deal(null, null, List.of(), null)))
                .hasToString("{\"type\":\"deal\",\"instanceIds\":[]}");
    }

    @Test
    void aFailureIsItsCodeItsMessageAndItsRequestId() {
        assertThat(ReportJson.outcome(new NotCloned(chunk, soldOut)))
                .hasToString(
                        "{\"type\":\"outcome\",\"outcome\":\"not-cloned\",\"chunk\":4,\"goodsNum\":2,"
                                + "\"requestId\":\"request-2\",\"code\":\"ResourceUnavailable.SaleOut\",\"message\":\"sold out\"}");
        assertThat(ReportJson.failure(soldOut))
                .hasToString("{\"type\":\"failure\",\"requestId\":\"request-2\","
                        + "\"code\":\"ResourceUnavailable.SaleOut\",\"message\":\"sold out\"}");
    }

    @Test
    void aFailureHasNoExceptionInIt() {
        NotSent failure = new NotSent(
                Reason.NO_CONNECTION, "there is no host redis.invalid", new IOException("/etc/resolv.conf"));

        assertThat(ReportJson.outcome(new NotCloned(chunk, failure)))
                .hasToString("{\"type\":\"outcome\",\"outcome\":\"not-cloned\",\"chunk\":4,\"goodsNum\":2,"
                        + "\"message\":\"not sent: there is no host redis.invalid\"}");
    }

    @Test
    void aDoubtNamesTheInstancesToLookUp() {
        assertThat(ReportJson.outcome(doubt))
                .hasToString("{\"type\":\"outcome\",\"outcome\":\"in-doubt\",\"chunk\":4,\"goodsNum\":2,\"message\":"
                        + "\"no trustworthy response: the connection was reset; look up InstanceName clone-aaa\"}");
    }

    @Test
    void aReportHasItsCountsAndWhyTheyAreNotWhatWasRequested() {
        CloneReport begun = CloneReport.of(PLAN, 4).plus(new NotCloned(chunk, soldOut));

        assertThat(ReportJson.report(begun.plus(doubt).audited(PlanAudit.none("the listing failed"))))
                .hasToString("{\"type\":\"report\",\"planId\":\"order-1\",\"requested\":4,\"cloned\":0,\"notCloned\":2,"
                        + "\"inDoubt\":2,\"deals\":0,\"audited\":false,\"notAudited\":\"the listing failed\","
                        + "\"reason\":{\"type\":\"failure\",\"requestId\":\"request-2\","
                        + "\"code\":\"ResourceUnavailable.SaleOut\",\"message\":\"sold out\"},"
                        + "\"doubts\":[\"clone-aaa\"]}");
        assertThat(ReportJson.report(CloneReport.of(PLAN, 2)
                        .plus(new Cloned(chunk, deal))
                        .audited(new PlanAudit(null, 3, 1, List.of("crs-3"), 0))))
                .hasToString("{\"type\":\"report\",\"planId\":\"order-1\",\"requested\":2,\"cloned\":3,\"notCloned\":0,"
                        + "\"inDoubt\":0,\"surplus\":1,\"deals\":1,\"audited\":true,\"surplusIds\":[\"crs-3\"]}");
    }
}
