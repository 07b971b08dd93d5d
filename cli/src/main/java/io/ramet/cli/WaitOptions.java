package io.ramet.cli;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options to wait after a purchase until its instances run. */
final class WaitOptions {

    @Option(
            names = "--wait",
            description = "After the purchase, waits until the instances run, and prints each with its address.")
    private boolean waits;

    @Option(
            names = "--wait-for",
            paramLabel = "TIME",
            description = "After the purchase, waits no longer than this until the instances run. Default: 60m.")
    private @Nullable Duration longest;

    /** {@return the time that was given} */
    Optional<Duration> longest() {
        return Optional.ofNullable(longest);
    }

    /** {@return the wait after the purchase, if one is wanted} */
    Optional<InstanceWait> wait(CliContext context, InstanceForm form) {
        return waits || longest != null
                ? Optional.of(new InstanceWait(context, longest == null ? Duration.ofMinutes(60) : longest, form))
                : Optional.empty();
    }
}
