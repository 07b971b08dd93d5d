package io.ramet.cli;

import io.ramet.error.InvalidValueException;
import io.ramet.outcome.ChunkOutcome.Cloned;
import io.ramet.plan.PlanId;
import io.ramet.reactor.journal.CloneJournal;
import io.ramet.reactor.journal.PlacedOutcome;
import io.ramet.reactor.journal.StoredPlan;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.TemporalAccessor;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Prints what the journal knows. */
@Command(
        name = "report",
        description =
                "Prints what the journal knows about a plan, chunk by chunk, or about all plans. Sends nothing, needs no key.",
        exitCodeList = {
            "0:the report was printed, whatever became of the plans",
            ExitCode.Meanings.UNEXPECTED,
            "2:usage, or there is no such plan or journal",
            "7:the journal cannot be read"
        })
final class ReportCommand implements Callable<Integer> {

    private final CliContext context;

    @Parameters(index = "0", arity = "0..1", paramLabel = "PLAN", description = "The plan's id; all plans if absent.")
    private @Nullable String planId;

    @Mixin
    private JournalOptions journals = new JournalOptions();

    @Option(
            names = "--since",
            paramLabel = "DATE|TIME",
            description =
                    "Only plans whose first request was sent since then: 2026-11-24, 2026-11-24T10:00, or 7d for the last seven days.")
    private @Nullable String since;

    @Option(names = "--ids", description = "Prints the instance ids alone, one per line.")
    private boolean ids;

    @Option(
            names = "--output",
            paramLabel = "table|ndjson|json|csv",
            description = "The form of standard output. Default: table.")
    private ReportForm output = ReportForm.table;

    ReportCommand(CliContext context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        journals.read(
                context,
                journal -> lines(journal).doOnNext(context.out()::println).then());
        return ExitCode.ALL_CLONED;
    }

    private Flux<String> lines(CloneJournal journal) {
        Flux<StoredPlan> plans = planId == null
                ? journal.plans()
                : JournalOptions.known(journal, PlanId.of(planId)).flux();
        if (since != null) {
            Instant from = since(since, context.clock());
            plans = plans.filter(
                    plan -> plan.firstSent() != null && !plan.firstSent().isBefore(from));
        }
        if (ids) {
            return plans.concatMap(plan -> journal.outcomes(plan.id(), 0))
                    .map(PlacedOutcome::outcome)
                    .ofType(Cloned.class)
                    .concatMapIterable(cloned -> cloned.deal().instanceIds());
        }
        return planId == null
                ? output.plans(
                        plans.concatMap(plan -> report(journal, plan)),
                        context.clock().getZone(),
                        context.out().columns())
                : plans.concatMap(plan -> report(journal, plan))
                        .concatMap(plan -> output.plan(
                                plan,
                                chunks(journal, plan.plan()),
                                context.clock().getZone(),
                                context.out().columns()));
    }

    private static Mono<PlanReport> report(CloneJournal journal, StoredPlan plan) {
        return journal.report(plan).map(report -> new PlanReport(plan, report));
    }

    /** Reads sent chunks before outcomes, so that a chunk that is settled in between is not lost; it has one row. */
    private static Flux<ReportForm.Row> chunks(CloneJournal journal, StoredPlan plan) {
        return journal.sending(plan.id())
                .collectMap(pending -> pending.chunk().index(), Function.identity(), TreeMap::new)
                .flatMapMany(sent -> journal.outcomes(plan.id(), 0)
                        .map(PlacedOutcome::outcome)
                        .doOnNext(outcome -> sent.remove(outcome.chunk().index()))
                        .map(ReportForm.Row::new)
                        .concatWith(Flux.defer(() -> Flux.fromIterable(sent.values()))
                                .map(pending -> plan.held() && pending.response() == null
                                        ? new ReportForm.Row(pending.chunk(), null)
                                        : new ReportForm.Row(pending.knownOutcome()))));
    }

    private static Instant since(String text, Clock clock) {
        if (text.matches(Durations.FORM.pattern())) {
            return clock.instant().minus(Durations.parse(text));
        }
        try {
            TemporalAccessor date = DateTimeFormatter.ofPattern("yyyy-MM-dd['T'HH:mm[:ss][XXX]]")
                    .parseBest(text, ZonedDateTime::from, LocalDateTime::from, LocalDate::from);
            if (date instanceof ZonedDateTime zoned) {
                return zoned.toInstant();
            }
            return (date instanceof LocalDateTime local ? local : ((LocalDate) date).atStartOfDay())
                    .atZone(clock.getZone())
                    .toInstant();
        } catch (DateTimeException e) {
            throw new InvalidValueException(
                    "--since", text, "must be a date such as 2026-11-24 or 2026-11-24T10:00, or a duration such as 7d");
        }
    }
}
