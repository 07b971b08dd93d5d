package io.ramet.cli;

import java.time.Duration;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The report of a verification, to be sent to the project: without keys, accounts, ids and addresses. Not thread-safe.
 */
final class VerifyReport {

    /** The result of a check. */
    enum Result {
        HOLDS('✓'),
        DIFFERS('✗'),
        UNKNOWN('?');

        private final char sign;

        Result(char sign) {
            this.sign = sign;
        }
    }

    private static final Pattern ID = Pattern.compile("\\b(crs-|ins-|vpc-|subnet-|sg-|AKID)[\\w-]{6,}");
    private static final Pattern UUID = Pattern.compile("\\b\\p{XDigit}{8}(-\\p{XDigit}{4}){3}-\\p{XDigit}{12}\\b");
    /** Not the fraction of a price. */
    private static final Pattern NUMBER = Pattern.compile("(?<!\\d\\.)\\b\\d{6,}\\b");

    private static final Pattern ADDRESS = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");

    /** A host name, such as that of a proxy; neither the API's own nor a class. */
    private static final Pattern HOST =
            Pattern.compile("\\b(?!([a-z0-9-]+\\.)*tencentcloudapi\\.com\\b)([a-z0-9-]+\\.)+[a-z]{2,}\\b(?!\\.[A-Z])");

    private final CliContext context;
    private final boolean text;
    private boolean differs;

    VerifyReport(CliContext context, boolean text) {
        this.context = context;
        this.text = text;
    }

    /** Prints a line at once. */
    void add(Result result, String check, String found) {
        differs |= result == Result.DIFFERS;
        String masked = masked(found);
        context.out()
                .println(
                        text
                                ? Paragraph.of(
                                        context.out().columns(),
                                        result.sign + " " + String.format(Locale.ROOT, "%-30s  ", check),
                                        masked)
                                : JsonLines.object("check")
                                        .put("check", check)
                                        .put("result", Words.of(result))
                                        .put("found", masked)
                                        .toString());
        context.out().flush();
    }

    /** {@return whether anything was not as the project assumes} */
    boolean differs() {
        return differs;
    }

    static String milliseconds(Duration time) {
        return time.toMillis() + " ms";
    }

    /** {@return the text without anything that identifies an account or a machine} */
    static String masked(String text) {
        String ids = UUID.matcher(ID.matcher(text).replaceAll("$1…")).replaceAll("…");
        String machines = HOST.matcher(ADDRESS.matcher(ids).replaceAll("…")).replaceAll("…");
        return NUMBER.matcher(machines).replaceAll("…");
    }
}
