package io.ramet.cli;

import io.ramet.reactor.CloneClientBuilder;
import io.ramet.reactor.DoubtPolicy;
import io.ramet.reactor.UnverifiedPlans;
import java.time.Duration;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The limits of the money at risk, and the treatment of chunks in doubt. */
final class SafetyOptions {

    @Option(
            names = "--max-instances",
            paramLabel = "N",
            description = "Spending cap: a plan for more instances is refused. Default: 1000.")
    private int maxInstances = 1000;

    @Option(
            names = "--max-in-doubt",
            paramLabel = "N",
            description = "Stops sending after this many chunks in doubt. Default: 3.")
    private int maxInDoubt = 3;

    @Option(
            names = "--reconcile-for",
            paramLabel = "TIME",
            description =
                    "How long a chunk in doubt is looked up; with 0s, only reconcile looks it up, once. Default: 30s.")
    private Duration reconcileFor = Duration.ofSeconds(30);

    @Option(
            names = "--on-doubt",
            paramLabel = "hold|resend-when-proven",
            description = "What happens to a chunk in doubt that is not found. Default: hold.",
            converter = Policy.class)
    private DoubtPolicy onDoubt = DoubtPolicy.HOLD;

    @Option(
            names = "--visibility-lag",
            paramLabel = "TIME",
            description =
                    "How soon a purchase is assumed to show in listings: resend-when-proven, and chunks that were refused for "
                            + "stock, quota or balance, wait for it. Default: 2m.")
    private Duration visibilityLag = Duration.ofMinutes(2);

    @Option(
            names = "--unverified-plans",
            paramLabel = "refuse|send",
            description =
                    "What happens to a plan that cannot be looked up on the server before its first request: send buys it all the "
                            + "same, for keys that may buy but not list. Default: refuse.")
    private UnverifiedPlans unverifiedPlans = UnverifiedPlans.REFUSE;

    @Option(
            names = "--audit-for",
            paramLabel = "TIME",
            description =
                    "How long the audit at the end may take: all instances of the plan are listed and compared with what was "
                            + "reported; 0s does not audit. Default: 5s.")
    private Duration auditFor = Duration.ofSeconds(5);

    int maxInstances() {
        return maxInstances;
    }

    CloneClientBuilder apply(CloneClientBuilder builder) {
        return builder.maxInstances(maxInstances)
                .maxInDoubt(maxInDoubt)
                .reconcileFor(reconcileFor)
                .onDoubt(onDoubt)
                .visibilityLag(visibilityLag)
                .unverifiedPlans(unverifiedPlans)
                .auditFor(auditFor);
    }

    /** Reads a policy as it is typed, with hyphens. */
    static final class Policy implements ITypeConverter<DoubtPolicy> {
        @Override
        public DoubtPolicy convert(String text) {
            return switch (text.toLowerCase(Locale.ROOT)) {
                case "hold" -> DoubtPolicy.HOLD;
                case "resend-when-proven" -> DoubtPolicy.RESEND_WHEN_PROVEN;
                default -> throw new TypeConversionException("'" + text + "' is neither hold nor resend-when-proven");
            };
        }
    }
}
