package io.ramet.benchmarks.report;

import java.util.Collections;
import java.util.List;
import java.util.function.DoubleFunction;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.LongStream;

/**
 * An axis of a chart, fitted to its values: a linear one begins at 0, a logarithmic one ends at powers of ten.
 *
 * @param title the quantity, with its unit
 * @param logarithmic whether each step is ten times the last; then all values must be above 0
 * @param text writes a value at the axis
 */
public record Axis(String title, boolean logarithmic, DoubleFunction<String> text) {

    /** {@return an axis in equal steps, from 0} */
    public static Axis linear(String title) {
        return new Axis(title, false, Axis::plain);
    }

    /** {@return an axis in powers of ten} */
    public static Axis logarithmic(String title) {
        return new Axis(title, true, Axis::plain);
    }

    /** The scale for these values, with its beginning and its end at these places in the picture. */
    Scale scale(List<Double> values, double begin, double end) {
        double least = Collections.min(values);
        double most = Collections.max(values);
        Scale unit = logarithmic ? decades(least, most) : steps(Math.min(0, least), most);
        return new Scale(unit.ticks, value -> begin + (end - begin) * unit.at(value));
    }

    private Scale decades(double least, double most) {
        if (least <= 0) {
            throw new IllegalArgumentException(title + " is not above 0 on a logarithmic axis: " + least);
        }
        long first = (long) Math.floor(Math.log10(least));
        long last = Math.max(first + 1, (long) Math.ceil(Math.log10(most)));
        return new Scale(
                ticks(first, last, power -> Math.pow(10, power)),
                value -> (Math.log10(value) - first) / (last - first));
    }

    private static Scale steps(double least, double most) {
        double span = most > least ? most - least : 1;
        double decade = Math.pow(10, Math.floor(Math.log10(span)));
        double step = span / decade < 2 ? decade / 5 : span / decade < 5 ? decade / 2 : decade;
        long first = (long) Math.floor(least / step);
        long last = (long) Math.ceil((least + span) / step);
        return new Scale(ticks(first, last, i -> i * step), value -> (value - first * step) / ((last - first) * step));
    }

    private static List<Double> ticks(long first, long last, DoubleUnaryOperator value) {
        return LongStream.rangeClosed(first, last)
                .mapToObj(i -> value.applyAsDouble((double) i))
                .toList();
    }

    private static String plain(double value) {
        return Math.abs(value) >= 1 || value == 0 ? Text.number(value) : Text.significant(value, 2);
    }

    /** The values that are written at an axis, and the place of any value in the picture. */
    record Scale(List<Double> ticks, DoubleUnaryOperator place) {
        double at(double value) {
            return place.applyAsDouble(value);
        }
    }
}
