package io.ramet.cli;

import io.ramet.json.LookupJson;
import io.ramet.model.PreflightReport;
import io.ramet.model.PreflightReport.Finding;
import io.ramet.model.PreflightReport.Level;
import io.ramet.plan.ClonePlan;
import io.ramet.reactor.lookup.LookupClient;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import reactor.core.publisher.Flux;

/** The findings of the checks before a purchase, as lines. */
final class Findings {

    private Findings() {}

    /** {@return a line for each finding} */
    static Stream<String> lines(PreflightReport report, boolean text, int columns) {
        return report.findings().stream()
                .map(finding -> text
                        ? text(finding, columns)
                        : LookupJson.finding(finding).toString());
    }

    /** {@return price, warnings and blockers for the question before a purchase, as far as known within the limit} */
    static List<String> within(Duration limit, LookupClient lookups, ClonePlan plan, int columns) {
        Flux<String> price = lookups.price(plan)
                .map(known -> Paragraph.of(columns, "Price: ", known.summary()))
                .flux();
        Flux<String> objections = lookups.preflight(plan)
                .flatMapIterable(PreflightReport::findings)
                .filter(finding -> finding.level() == Level.WARNING || finding.level() == Level.BLOCKER)
                .map(finding -> text(finding, columns));
        return Flux.mergeSequential(within(limit, price), within(limit, objections))
                .collectList()
                .blockOptional()
                .orElse(List.of());
    }

    private static Flux<String> within(Duration limit, Flux<String> lines) {
        return lines.timeout(limit).onErrorResume(failure -> Flux.empty());
    }

    private static String text(Finding finding, int columns) {
        String sign = switch (finding.level()) {
            case OK -> "✓";
            case WARNING -> "!";
            case BLOCKER -> "✗";
            case UNKNOWN -> "?";
        };
        String missing = finding.permission().isEmpty() ? "" : " (permission " + finding.permission() + ")";
        return Paragraph.of(
                columns,
                String.format(Locale.ROOT, "%s %-15s  ", sign, Words.of(finding.check())),
                finding.text() + missing);
    }
}
