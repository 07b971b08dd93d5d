package io.ramet.cli;

import static io.ramet.cli.VerifyReport.milliseconds;

import io.ramet.cli.VerifyReport.Result;
import io.ramet.error.ApiRefusal;
import io.ramet.error.RametException;
import io.ramet.model.InstanceState;
import io.ramet.model.InstanceState.Status;
import io.ramet.model.PreflightReport;
import io.ramet.model.PreflightReport.Check;
import io.ramet.model.PreflightReport.Finding;
import io.ramet.model.PreflightReport.Level;
import io.ramet.model.Price;
import io.ramet.model.UndoOutcome;
import io.ramet.outcome.CloneReport;
import io.ramet.plan.ClonePlan;
import io.ramet.reactor.CloneClient;
import io.ramet.reactor.journal.UnknownPlanException;
import io.ramet.reactor.lookup.AwaitOptions;
import io.ramet.reactor.lookup.LookupClient;
import io.ramet.reactor.lookup.UndoConfirmation;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.stream.Collectors;
import reactor.core.Exceptions;
import reactor.core.publisher.Mono;

/**
 * Checks the project's assumptions about the API against a server: first with look-ups, then with a purchase that it
 * returns.
 */
final class Verification {

    /** The lag that the client assumes before absence proves anything. */
    private static final Duration ASSUMED_LAG = Duration.ofMinutes(2);

    private static final Duration LONGEST_LAG = Duration.ofMinutes(10);
    static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);
    private static final String DEAL_STATES = "states of the deal";

    private final CliContext context;
    private final CloneClient client;
    private final LookupClient lookups;
    private final ClonePlan plan;
    private final VerifyReport report;

    Verification(CliContext context, CloneClient client, ClonePlan plan, VerifyReport report) {
        this.context = context;
        this.client = client;
        this.lookups = client.lookups();
        this.plan = plan;
        this.report = report;
    }

    /** Looks up only. {@return whether the purchase was checked, and no check speaks against it} */
    boolean read() {
        String source = plan.request().instanceId();
        look(
                "DescribeInstanceBackups",
                lookups.backups(source).collectList(),
                backups -> Words.count(backups.size(), "backup") + ", the newest "
                        + backups.stream()
                                .findFirst()
                                .map(backup -> String.valueOf(backup.startedAt()))
                                .orElse("none"));
        look(
                "InquiryPriceCreateInstance",
                lookups.price(plan),
                price -> price.fold(known -> Result.HOLDS, unknown -> Result.UNKNOWN),
                Price::summary);
        look(
                "DescribeSecondLevelBackupInfo",
                lookups.pointInTime(source, context.clock().instant().minus(Duration.ofHours(1))),
                point -> "a point in time was found");
        Optional<PreflightReport> preflight = look(
                "preflight",
                lookups.preflight(plan),
                found -> Words.count(found.findings().size(), "check"));
        preflight.ifPresent(found -> found.findings().forEach(this::add));
        return preflight.filter(found -> !found.hasBlocker()).isPresent();
    }

    private void add(Finding finding) {
        Result result = finding.level() == Level.UNKNOWN ? Result.UNKNOWN : Result.HOLDS;
        // Blockers and warnings are facts about the account. Verified is only that they can be looked up.
        String found = Words.of(finding.level()) + ": "
                + (finding.check() == Check.ACCOUNT && result == Result.HOLDS ? "known" : finding.text())
                + (finding.permission().isEmpty() ? "" : " (permission " + finding.permission() + ")");
        report.add(result, "preflight " + Words.of(finding.check()), found);
    }

    /**
     * Buys the plan, waits for its instances and returns them.
     *
     * @param observer the observer of the client, which knows the audit
     * @param longest how long to wait for the instances
     * @return whether all that was bought is returned
     */
    boolean spend(InFlightChunks observer, Duration longest) {
        long start = context.nanoTime().getAsLong();
        Optional<CloneReport> bought =
                look("CloneInstances", client.cloneReport(plan), summary -> words(observer.audited(summary)));
        CloneReport known = bought.map(observer::audited).orElse(null);
        if (known == null) {
            boolean begun = hasBegun();
            report.add(
                    Result.DIFFERS,
                    "the purchase",
                    begun ? "it broke off; the journal has what is known" : "nothing was sent");
            return !begun;
        }
        judge(known);
        if (known.cloned() > 0) {
            listed(start);
            running(start, longest);
        }
        return known.cloned() == 0 ? known.inDoubt() + known.missing() == 0 : undone(known);
    }

    /** {@return whether anything may have been sent; true if the journal cannot be read} */
    private boolean hasBegun() {
        return client.report(plan.id())
                .map(known -> known.pending() + known.notCloned() < known.requested())
                .onErrorReturn(UnknownPlanException.class, false)
                .onErrorReturn(true)
                .defaultIfEmpty(false)
                .blockOptional()
                .orElse(true);
    }

    private static String words(CloneReport report) {
        return report.cloned() + " of " + report.requested() + " cloned in " + Words.count(report.deals(), "deal")
                + ", "
                + report.audit().summary()
                + report.firstReason().map(reason -> "; " + reason.getMessage()).orElse("");
    }

    private void judge(CloneReport bought) {
        report.add(
                bought.complete() ? Result.HOLDS : Result.DIFFERS,
                "a response names every id",
                Words.count(bought.cloned(), "id") + ", " + bought.missing() + " missing, " + bought.inDoubt()
                        + " in doubt, " + bought.notCloned() + " not cloned");
        boolean exact =
                bought.audit().listed() == bought.cloned() && bought.audit().surplus() == 0;
        report.add(
                !bought.audit().done() ? Result.UNKNOWN : exact ? Result.HOLDS : Result.DIFFERS,
                "a listing by mark is exact",
                bought.audit().done()
                        ? bought.audit().listed() + " listed, " + bought.audit().surplus() + " surplus"
                        : bought.audit().summary());
    }

    private void listed(long start) {
        Mono<List<InstanceState>> all = lookups.instances(plan.id())
                .collectList()
                .filter(states -> states.stream().noneMatch(state -> state.status() == Status.ABSENT))
                .repeatWhenEmpty(Integer.MAX_VALUE, looks -> looks.delayElements(BETWEEN_LOOKS))
                .timeout(LONGEST_LAG);
        Optional<List<InstanceState>> states = look("DescribeInstances", all, found -> found.size() + " listed");
        Duration lag = since(start);
        report.add(
                states.isPresent() && lag.compareTo(ASSUMED_LAG) <= 0 ? Result.HOLDS : Result.DIFFERS,
                "listed within 2 minutes",
                (states.isPresent() ? "all " : "not all ") + milliseconds(lag) + " after the request");
        states.ifPresent(found -> {
            String name = plan.chunk(0).instanceName();
            boolean same = found.stream().allMatch(state -> state.instanceName().equals(name));
            boolean begins =
                    found.stream().allMatch(state -> state.instanceName().startsWith(name));
            report.add(
                    begins ? Result.HOLDS : Result.DIFFERS,
                    "GoodsNum " + found.size() + " keeps the name",
                    same ? "every instance has the name as it was sent" : "the names are " + endings(found, name));
        });
    }

    private static String endings(List<InstanceState> states, String name) {
        return states.stream()
                .map(state -> state.instanceName().replace(name, "NAME"))
                .collect(Collectors.joining(", "));
    }

    private void running(long start, Duration longest) {
        AtomicBoolean isOver = new AtomicBoolean();
        CompletableFuture<DealPath> path = DealPath.of(lookups.deals(plan.id()), () -> since(start), isOver::get)
                .toFuture();
        List<InstanceState> states = look(
                        "awaitRunning",
                        lookups.awaitRunning(plan.id(), AwaitOptions.within(longest))
                                .collectList(),
                        found -> "waited for " + Words.count(found.size(), "instance"))
                .orElse(List.of());
        isOver.set(true);
        states.forEach(state -> report.add(
                state.status() == Status.RUNNING ? Result.HOLDS : Result.DIFFERS,
                "the instance runs",
                Words.of(state.status())
                        + (state.detail().isEmpty() ? "" : ", " + state.detail())
                        + (state.age() == null ? "" : ", " + state.age().toSeconds() + " s after the request")));
        look(
                        "DescribeInstanceDealDetail",
                        Mono.fromFuture(path),
                        seen -> Words.count(seen.steps().size(), "state"))
                .ifPresentOrElse(
                        seen -> report.add(seen.judged(states), DEAL_STATES, seen.words()),
                        () -> report.add(Result.UNKNOWN, DEAL_STATES, "they could not be looked up"));
    }

    private boolean undone(CloneReport bought) {
        Optional<List<UndoOutcome>> outcomes = look(
                "DestroyPostpaidInstance",
                client.undo(plan.id(), UndoConfirmation.of(plan.id(), bought.cloned()))
                        .collectList(),
                undone -> undone.stream()
                        .map(outcome -> Words.of(outcome.result())
                                + (outcome.detail().isEmpty() ? "" : " (" + outcome.detail() + ")"))
                        .collect(Collectors.joining(", ")));
        long isolated = outcomes.stream()
                .flatMap(List::stream)
                .filter(UndoOutcome::isIsolated)
                .count();
        boolean all = isolated == bought.cloned() && bought.inDoubt() + bought.missing() == 0;
        report.add(
                all ? Result.HOLDS : Result.DIFFERS,
                "what was bought is returned",
                isolated + " of " + bought.cloned() + " isolated");
        return all;
    }

    /** {@return the result of a look-up, which gets a line in the report; empty if it failed} */
    private <T> Optional<T> look(String what, Mono<T> question, Function<T, String> words) {
        return look(what, question, found -> Result.HOLDS, words);
    }

    private <T> Optional<T> look(String what, Mono<T> question, Function<T, Result> judge, Function<T, String> words) {
        long start = context.nanoTime().getAsLong();
        try {
            Optional<T> found = question.blockOptional();
            report.add(
                    found.map(judge).orElse(Result.HOLDS),
                    what,
                    found.map(words).orElse("nothing was found") + ", " + milliseconds(since(start)));
            return found;
        } catch (RuntimeException e) {
            Throwable failure = Exceptions.unwrap(e);
            // A refusal is a response that could be read, and says that a permission or a feature is missing.
            boolean refused = failure instanceof ApiRefusal;
            report.add(
                    refused ? Result.UNKNOWN : Result.DIFFERS,
                    what,
                    (failure instanceof RametException
                                    ? String.valueOf(failure.getMessage())
                                    : failure.getClass().getSimpleName())
                            + ", " + milliseconds(since(start)));
            return Optional.empty();
        }
    }

    private Duration since(long start) {
        return Duration.ofNanos(context.nanoTime().getAsLong() - start);
    }
}
