package io.ramet.benchmarks.report;

import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleFunction;

/**
 * An axis of a chart, fitted to its values: a linear one begins at 0, a logarithmic one ends at powers of ten.
 *
 * @param title the quantity, with its unit
 * @param logarithmic whether each step is ten times the last; then all values must be above 0
 * @param text writes a value at the axis
 */
public record Axis(String title, boolean logarithmic, DoubleFunction<String> text) {

    /**
     * An axis in equal steps, from 0.
     *
     * @param title the quantity, with its unit
     * @return the axis
     */
    public static Axis linear(String title) {
        return new Axis(title, false, Axis::plain);
    }

    /**
     * An axis in powers of ten.
     *
     * @param title the quantity, with its unit
     * @return the axis
     */
    public static Axis logarithmic(String title) {
        return new Axis(title, true, Axis::plain);
    }

    /**
     * The same axis with another form of its values.
     *
     * @param form writes a value
     * @return the axis
     */
    public Axis written(DoubleFunction<String> form) {
        return new Axis(title, logarithmic, form);
    }

    Scale over(List<Double> values) {
        double least = values.stream().mapToDouble(Double::doubleValue).min().orElse(0);
        double most = values.stream().mapToDouble(Double::doubleValue).max().orElse(1);
        return logarithmic ? decades(least, most) : steps(Math.min(0, least), most);
    }

    private Scale decades(double least, double most) {
        if (least <= 0) {
            throw new IllegalArgumentException(title + ": " + least + " has no place on a logarithmic axis");
        }
        int first = (int) Math.floor(Math.log10(least));
        int last = Math.max(first + 1, (int) Math.ceil(Math.log10(most)));
        List<Double> ticks = new ArrayList<>();
        for (int power = first; power <= last; power++) {
            ticks.add(Math.pow(10, power));
        }
        return new Scale(ticks, value -> (Math.log10(value) - first) / (last - first));
    }

    private static Scale steps(double least, double most) {
        double span = most > least ? most - least : 1;
        double step = Math.pow(10, Math.floor(Math.log10(span)));
        step = span / step < 2 ? step / 5 : span / step < 5 ? step / 2 : step;
        long first = (long) Math.floor(least / step);
        long last = (long) Math.ceil((least + span) / step);
        List<Double> ticks = new ArrayList<>();
        for (long i = first; i <= last; i++) {
            ticks.add(i * step);
        }
        double from = first * step;
        double length = (last - first) * step;
        return new Scale(ticks, value -> (value - from) / length);
    }

    private static String plain(double value) {
        return Math.abs(value) >= 1 || value == 0 ? Text.number(value) : Text.significant(value, 2);
    }

    /** The places of values on an axis: from 0 at its beginning to 1 at its end. */
    record Scale(List<Double> ticks, Place place) {
        double of(double value) {
            return place.of(value);
        }
    }

    /** A value's place. */
    @FunctionalInterface
    interface Place {
        double of(double value);
    }
}
