package io.ramet.benchmarks.report;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;

/** Numbers for people. */
public final class Text {

    private Text() {}

    /**
     * Groups the digits of a number, without a fraction unless it has one.
     *
     * @param value the number
     * @return such as {@code 12,500} or {@code 2.5}
     */
    public static String number(double value) {
        return value == Math.rint(value)
                ? String.format(Locale.ROOT, "%,d", (long) value)
                : String.format(Locale.ROOT, "%,.1f", value);
    }

    /**
     * Rounds a number to its first digits.
     *
     * @param value the number
     * @param digits how many digits are kept
     * @return such as {@code 0.061}, without zeros at the end
     */
    public static String significant(double value, int digits) {
        return new BigDecimal(value)
                .round(new MathContext(digits))
                .stripTrailingZeros()
                .toPlainString();
    }

    /**
     * A time in the unit that suits it.
     *
     * @param nanos nanoseconds
     * @return such as {@code 61 ns}, {@code 1.04 µs} or {@code 12.3 ms}
     */
    public static String time(double nanos) {
        return nanos < 1e3
                ? Math.round(nanos) < 10 ? significant(nanos, 2) + " ns" : Math.round(nanos) + " ns"
                : nanos < 1e6
                        ? significant(nanos / 1e3, 3) + " µs"
                        : nanos < 1e9 ? significant(nanos / 1e6, 3) + " ms" : significant(nanos / 1e9, 3) + " s";
    }
}
