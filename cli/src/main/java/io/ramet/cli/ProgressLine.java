package io.ramet.cli;

import java.time.Duration;
import java.util.Locale;
import java.util.function.Supplier;

/**
 * A line of progress on standard error. It is overwritten where that is possible; elsewhere there is a line for each
 * quarter of the work, and at least one every ten seconds. Not thread-safe.
 */
final class ProgressLine {

    private static final int BAR = 16;
    private static final int WIDE_ENOUGH_FOR_A_BAR = 60;
    /** In 80 columns, all words beside the bar would leave no room for the remaining time. */
    private static final int WIDE_ENOUGH_FOR_ALL_WORDS = 100;

    private static final int QUARTERS = 4;
    private static final Duration BETWEEN_DRAWINGS = Duration.ofMillis(80);
    private static final Duration BETWEEN_LINES = Duration.ofSeconds(10);

    private static final String ERASE = "\r\u001b[K";

    /** Between these, a terminal cuts off a line that is too long for its present width. */
    private static final String NO_WRAP = "\u001b[?7l";

    private static final String WRAP = "\u001b[?7h";

    private final CliContext context;
    private final long started;
    private long shown;
    private int quarter;
    private boolean drawn;

    ProgressLine(CliContext context, long started) {
        this.context = context;
        this.started = started;
        this.shown = started;
    }

    /**
     * Shows the progress, if it is time to.
     *
     * @param done how much is done
     * @param total how much there is to do
     * @param words what follows the bar; computed only if it is shown
     */
    void show(int done, int total, Supplier<String> words) {
        long now = context.nanoTime().getAsLong();
        if (context.redraws()) {
            if (!drawn || now - shown >= BETWEEN_DRAWINGS.toNanos()) {
                context.err().control(ERASE + NO_WRAP);
                context.err().print(fitted(bar(done, total) + words.get()));
                context.err().control(WRAP);
                context.err().flush();
                drawn = true;
                shown = now;
            }
        } else if (reachedAnotherQuarter(done, total) || now - shown >= BETWEEN_LINES.toNanos()) {
            context.err().say(bar(done, total) + words.get());
            shown = now;
        }
    }

    /** Makes room for another line. */
    void clear() {
        if (drawn) {
            context.err().control(ERASE);
            context.err().flush();
            drawn = false;
        }
    }

    /** {@return the time since the start} */
    Duration elapsed() {
        return Duration.ofNanos(context.nanoTime().getAsLong() - started);
    }

    /** {@return a time as people read it} */
    static String seconds(Duration time) {
        return String.format(Locale.ROOT, "%.1f s", time.toNanos() / 1e9);
    }

    private boolean reachedAnotherQuarter(int done, int total) {
        int reached = share(done, total, QUARTERS);
        boolean another = reached > quarter;
        quarter = reached;
        return another;
    }

    /** {@return whether the terminal has room for all words beside the bar} */
    boolean isWide() {
        return context.err().columns() >= WIDE_ENOUGH_FOR_ALL_WORDS;
    }

    /** The window may have been made smaller since it was measured: then the terminal cuts the line. */
    private String fitted(String line) {
        int columns = context.err().columns();
        return line.length() <= columns ? line : line.substring(0, columns - 1) + "…";
    }

    private String bar(int done, int total) {
        if (context.err().columns() < WIDE_ENOUGH_FOR_A_BAR) {
            return "";
        }
        int full = share(done, total, BAR);
        return "[" + "#".repeat(full) + ".".repeat(BAR - full) + "] ";
    }

    private static int share(int done, int total, int of) {
        return total == 0 ? of : (int) ((long) done * of / total);
    }
}
