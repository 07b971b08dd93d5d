package shop;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.ramet.outcome.CloneReport;
import io.ramet.spring.CloneProblems;
import java.util.List;
import org.springframework.http.ProblemDetail;

/**
 * A plan's outcomes added up, in instances: {@code requested = cloned - surplus + missing + notCloned + inDoubt +
 * sending + pending}.
 *
 * @param reason the failure of the first chunk that was not cloned
 * @param doubts the instance names of the chunks in doubt
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record ReportView(
        String planId,
        boolean complete,
        int requested,
        int cloned,
        int missing,
        int surplus,
        int notCloned,
        int inDoubt,
        int sending,
        int pending,
        int deals,
        ProblemDetail reason,
        List<String> doubts) {

    static ReportView of(CloneReport report) {
        return new ReportView(
                report.planId().value(),
                report.complete(),
                report.requested(),
                report.cloned(),
                report.missing(),
                report.surplus(),
                report.notCloned(),
                report.inDoubt(),
                report.sending(),
                report.pending(),
                report.deals(),
                report.firstReason().map(CloneProblems::of).orElse(null),
                report.doubts().stream()
                        .map(doubt -> doubt.chunk().instanceName())
                        .toList());
    }
}
