package io.ramet.cli;

import io.ramet.json.LookupJson;
import io.ramet.model.UndoOutcome;
import io.ramet.model.UndoOutcome.Result;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import reactor.core.publisher.Flux;

/**
 * Prints the result for each instance of a plan that is undone or restored.
 *
 * @param context the environment
 * @param form the form of standard output
 */
record UndoLines(CliContext context, OutcomeLines.Form form) {

    /**
     * Prints the outcomes, and their sum.
     *
     * @param outcomes the outcomes
     * @param wanted the results that are a success
     * @param word the word for a success, such as {@code Returned}
     * @return 0 if all are a success, 4 if any is in doubt, otherwise 3
     */
    int print(Flux<UndoOutcome> outcomes, Set<Result> wanted, String word) {
        Map<Result, Integer> counts = new EnumMap<>(Result.class);
        outcomes.retryWhen(BusyPlanRetry.WHILE_A_KILLED_PROCESS_HOLDS_IT.untilFree(context.err()::say))
                .doOnNext(outcome -> {
                    counts.merge(outcome.result(), 1, Integer::sum);
                    context.out().println(line(outcome));
                })
                .blockLast();
        int all = counts.values().stream().mapToInt(Integer::intValue).sum();
        int done = wanted.stream()
                .mapToInt(result -> counts.getOrDefault(result, 0))
                .sum();
        StringBuilder sum = new StringBuilder(word + ": " + done + " of " + all);
        counts.forEach((result, count) -> {
            if (!wanted.contains(result)) {
                sum.append(", ").append(count).append(' ').append(Words.of(result));
            }
        });
        context.err().say(sum.toString());
        if (done == all) {
            return ExitCode.ALL_CLONED;
        }
        return counts.containsKey(Result.IN_DOUBT) ? ExitCode.SOME_IN_DOUBT : ExitCode.SOME_NOT_CLONED;
    }

    private String line(UndoOutcome outcome) {
        if (form == OutcomeLines.Form.ndjson) {
            return LookupJson.undo(outcome).toString();
        }
        int columns = context.out().columns();
        String row = Paragraph.hanging(
                columns,
                String.format(
                        Locale.ROOT,
                        "%-16s  %-12s  %s",
                        Words.of(outcome.result()),
                        outcome.instanceId(),
                        outcome.instanceName()));
        return outcome.detail().isEmpty() || outcome.result() == Result.ISOLATED || outcome.result() == Result.RESTORED
                ? row
                : row + System.lineSeparator() + Paragraph.of(columns, "  ", outcome.detail());
    }
}
