package io.ramet.cli;

import static io.ramet.error.InvalidValueException.unless;

import io.ramet.cli.ExitCode.Meanings;
import io.ramet.error.InvalidValueException;
import io.ramet.model.BillingMode;
import io.ramet.plan.ClonePlan;
import io.ramet.reactor.CloneClient;
import io.ramet.simulator.Simulator;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Verifies what the project assumes about the API. */
@Command(
        name = "verify",
        description = {
            "Checks against the real API what this program assumes about it, and prints a report without keys, accounts, ids and "
                    + "addresses, to be sent to the project. Reads only, unless --yes-spend is given.",
            "✓ as assumed, ✗ different, ? not known: a permission, a feature or a part of the response is missing."
        },
        exitCodeList = {
            "0:all that could be checked is as assumed, and what was bought is returned",
            Meanings.UNEXPECTED,
            "2:usage, an invalid request, or bought before: nothing was bought",
            "3:something is different, a look-up failed, or the preflight speaks against the purchase",
            "4:not all that was bought is returned: reconcile and undo the plan",
            Meanings.NO_ACCESS,
            Meanings.HELD_ELSEWHERE,
            "7:the journal cannot be used: nothing was bought"
        })
final class VerifyCommand implements Callable<Integer> {

    /** Enough to see how the instances of one request are named. */
    private static final int MOST_BOUGHT = 2;

    private static final Duration LONGEST_WAIT = Duration.ofMinutes(60);

    private final CliContext context;

    @Mixin
    private CloneOptions options = new CloneOptions();

    @Option(
            names = "--yes-spend",
            paramLabel = "N",
            description =
                    "Also buys two pay-as-you-go instances, or at most N, waits until they run and returns them. GoodsNum of the "
                            + "request is ignored. Costs as much as two instances of the source's size cost for that time.")
    private @Nullable Integer spend;

    VerifyCommand(CliContext context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        ClonePlan plan = plan();
        InFlightChunks observer = new InFlightChunks();
        try (Simulator simulator = options.startSimulator();
                CloneClient client = options.buying(context, observer, simulator)) {
            return verify(client, observer, plan);
        } finally {
            options.client().close();
        }
    }

    private ClonePlan plan() {
        if (spend == null) {
            return options.plan(context, false);
        }
        unless(spend >= 1, "--yes-spend", spend, "must be 1 or more");
        unless(
                options.simulate() || !options.client().journal().isNone(),
                "--journal",
                "none",
                "does not go with --yes-spend: a purchase that breaks off could not be found again");
        options.planId().ifPresent(id -> {
            throw new InvalidValueException(
                    "--plan-id",
                    id,
                    "does not go with --yes-spend, which returns all that its plan has bought, by an earlier command too");
        });
        unless(longestWait().toMillis() > 0, "--wait-for", "0s", "must be more than zero");
        ClonePlan given = options.plan(context, true);
        unless(
                given.request().billingMode() == BillingMode.PAY_AS_YOU_GO,
                "BillingMode",
                given.request().billingMode().wireValue(),
                "must be 0, pay as you go: refunds of prepaid instances are limited");
        int bought = Math.min(spend, MOST_BOUGHT);
        return ClonePlan.of(
                given.id(), given.request().toBuilder().goodsNum(bought).build());
    }

    private Duration longestWait() {
        return options.longestWait().orElse(LONGEST_WAIT);
    }

    private int verify(CloneClient client, InFlightChunks observer, ClonePlan plan) {
        Optional<EarlierPlan> earlier = spend == null ? Optional.empty() : options.earlier(context, plan);
        if (earlier.isPresent()) {
            context.err().say(earlier.get().words());
            context.err().say("Nothing was bought. If those instances are returned, --again buys once more.");
            return ExitCode.USAGE;
        }
        VerifyReport report = new VerifyReport(context, options.client().isText());
        Verification verification = new Verification(context, client, plan, report);
        boolean clear = verification.read();
        if (spend == null) {
            context.err().say("Nothing was bought. --yes-spend 2 also buys two instances and returns them.");
            return report.differs() ? ExitCode.SOME_NOT_CLONED : ExitCode.ALL_CLONED;
        }
        if (!clear) {
            context.err().say("Nothing was bought: see the preflight above.");
            return ExitCode.SOME_NOT_CLONED;
        }
        Optional<String> undoing = options.nextSteps(context, plan).undoing(plan.id());
        print(
                "Buying plan " + plan.id() + ".",
                "If this command is interrupted, these commands return what it has bought:",
                undoing);
        if (!verification.spend(observer, longestWait())) {
            print("Not all is returned.", "These commands return the rest:", undoing);
            return ExitCode.SOME_IN_DOUBT;
        }
        return report.differs() ? ExitCode.SOME_NOT_CLONED : ExitCode.ALL_CLONED;
    }

    private void print(String fact, String introduction, Optional<String> commands) {
        context.err().say(fact + commands.map(some -> " " + introduction).orElse(""));
        commands.ifPresent(context.err()::say);
        context.err().flush();
    }
}
