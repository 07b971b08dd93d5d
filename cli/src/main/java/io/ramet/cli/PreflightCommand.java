package io.ramet.cli;

import io.ramet.cli.ExitCode.Meanings;
import io.ramet.model.PreflightReport;
import io.ramet.model.PreflightReport.Check;
import io.ramet.model.PreflightReport.Level;
import io.ramet.plan.ClonePlan;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Checks what can be known before a purchase. */
@Command(
        name = "preflight",
        description = {
            "Checks what can be known before clone is run with the same options: account, source, backup, quota, stock, price, "
                    + "balance, subnet, security groups, template, clock and journal. Buys nothing, asks for no password.",
            "✓ nothing speaks against it, ! something may go wrong, ✗ it would be refused, ? it could not be checked."
        },
        exitCodeList = {
            "0:there is no blocker",
            "1:unexpected, or standard output could not be written",
            "2:usage, or an invalid request",
            "3:a blocker, no check possible, or the look-up of --backup latest failed",
            Meanings.NO_ACCESS,
            "7:the journal cannot be used"
        })
final class PreflightCommand implements Callable<Integer> {

    /** Checks that may have a finding without a connection or credentials. */
    private static final Set<Check> OFFLINE = Set.of(Check.JOURNAL, Check.SUBNET);

    private final CliContext context;

    @Mixin
    private CloneOptions options = new CloneOptions();

    PreflightCommand(CliContext context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        ClonePlan plan = options.plan(context, false);
        PreflightReport report = options.preflight(context, plan);
        Findings.lines(report, options.client().isText(), context.out().columns())
                .forEach(context.out()::println);
        return report.hasBlocker() || !hasChecked(report) ? ExitCode.SOME_NOT_CLONED : ExitCode.ALL_CLONED;
    }

    private static boolean hasChecked(PreflightReport report) {
        return report.findings().stream()
                .anyMatch(finding -> !OFFLINE.contains(finding.check()) && finding.level() != Level.UNKNOWN);
    }
}
