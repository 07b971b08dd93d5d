package io.ramet.cli;

import io.ramet.cli.ExitCode.Meanings;
import io.ramet.json.LookupJson;
import io.ramet.model.Price;
import io.ramet.plan.ClonePlan;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Looks up what the clones cost. */
@Command(
        name = "price",
        description = "Looks up what clone would cost with the same options. Buys nothing, asks for no password.",
        exitCodeList = {
            "0:the price was printed",
            "1:unexpected, or standard output could not be written",
            "2:usage, or an invalid request",
            "3:the price is not known, or the look-up failed",
            Meanings.NO_ACCESS
        })
final class PriceCommand implements Callable<Integer> {

    private final CliContext context;

    @Mixin
    private CloneOptions options = new CloneOptions();

    PriceCommand(CliContext context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        ClonePlan plan = options.plan(context, false);
        Price price;
        try {
            price = options.lookUp(context, lookups -> lookups.price(plan)).orElseThrow();
        } finally {
            options.client().close();
        }
        if (options.client().isText()) {
            context.out().println(text(price, context.out().columns()));
        } else {
            context.out().println(LookupJson.price(price));
        }
        return price.fold(known -> ExitCode.ALL_CLONED, unknown -> ExitCode.SOME_NOT_CLONED);
    }

    private static String text(Price price, int columns) {
        StringBuilder lines = new StringBuilder(Paragraph.of(columns, "", price.summary()));
        price.fold(known -> known.notes(), unknown -> List.<String>of())
                .forEach(note -> lines.append(System.lineSeparator()).append(Paragraph.of(columns, "  ", note)));
        return lines.toString();
    }
}
