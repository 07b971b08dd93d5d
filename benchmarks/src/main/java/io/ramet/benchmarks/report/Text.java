package io.ramet.benchmarks.report;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Numbers and tables for people. */
public final class Text {

    private Text() {}

    /** {@return {@link String#format} of these values, the same on every machine} */
    public static String format(String form, Object... values) {
        return String.format(Locale.ROOT, form, values);
    }

    /** {@return a number with its digits grouped, such as {@code 12,500} or {@code 2.5}} */
    public static String number(double value) {
        return value == Math.rint(value) ? format("%,d", (long) value) : format("%,.1f", value);
    }

    /** {@return a number rounded to its first digits, such as {@code 0.061}, without zeros at the end} */
    public static String significant(double value, int digits) {
        return new BigDecimal(value)
                .round(new MathContext(digits))
                .stripTrailingZeros()
                .toPlainString();
    }

    /** {@return nanoseconds in the unit that suits them, such as {@code 61 ns}, {@code 1.04 µs} or {@code 12.3 ms}} */
    public static String time(double nanos) {
        return nanos < 1e3
                ? Math.round(nanos) < 10 ? significant(nanos, 2) + " ns" : Math.round(nanos) + " ns"
                : nanos < 1e6
                        ? significant(nanos / 1e3, 3) + " µs"
                        : nanos < 1e9 ? significant(nanos / 1e6, 3) + " ms" : significant(nanos / 1e9, 3) + " s";
    }

    /** {@return one row of a Markdown table} */
    public static String row(Object... cells) {
        return Arrays.stream(cells).map(String::valueOf).collect(Collectors.joining(" | ", "| ", " |\n"));
    }

    /** {@return the rows of a Markdown table, one for each item} */
    public static <T> String rows(List<T> items, Function<T, String> row) {
        return items.stream().map(row).collect(Collectors.joining());
    }
}
