package io.ramet.benchmarks.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Lines over two axes, with levels to compare them with.
 *
 * @param title what is shown
 * @param across the axis from left to right
 * @param up the axis from bottom to top
 * @param series the lines, at most six
 * @param levels horizontal marks, such as a limit
 */
public record LineChart(String title, Axis across, Axis up, List<Series> series, List<Level> levels) {

    private static final double WIDTH = 760;
    private static final double HEIGHT = 400;
    private static final double LEFT = 84;
    private static final double RIGHT = 736;
    private static final double TOP = 64;
    private static final double BOTTOM = 340;
    private static final int COLOURS = 6;

    /** Copies the lists. */
    public LineChart {
        series = List.copyOf(series);
        levels = List.copyOf(levels);
        if (series.size() > COLOURS) {
            throw new IllegalArgumentException(series.size() + " lines: more than there are colours");
        }
    }

    /** The form of a line between its points. */
    public enum Form {
        /** Straight, with a dot at each point. */
        DOTTED,
        /** Straight. */
        STRAIGHT,
        /** At the height of a point until the next. */
        STEPS
    }

    /**
     * One line.
     *
     * @param name what it shows
     * @param form its form
     * @param points its points, from left to right
     */
    public record Series(String name, Form form, List<Point> points) {

        /** Copies the points. */
        public Series {
            points = List.copyOf(points);
        }
    }

    /**
     * A point of a line.
     *
     * @param x along the axis across
     * @param y along the axis up
     */
    public record Point(double x, double y) {}

    /**
     * A horizontal mark.
     *
     * @param name what it means
     * @param y its height
     */
    public record Level(String name, double y) {}

    /** {@return the picture} */
    public String svg() {
        List<Double> xs = new ArrayList<>();
        List<Double> ys = new ArrayList<>();
        for (Series line : series) {
            line.points().forEach(point -> xs.add(point.x()));
            line.points().forEach(point -> ys.add(point.y()));
        }
        levels.forEach(level -> ys.add(level.y()));
        Axis.Scale x = across.over(xs);
        Axis.Scale y = up.over(ys);
        Svg svg = new Svg().text(16, 26, "start", "title", title);
        grid(svg, x, y);
        for (int i = 0; i < series.size(); i++) {
            draw(svg, x, y, series.get(i), i);
        }
        for (Level level : levels) {
            svg.line(LEFT, y(y, level.y()), RIGHT, y(y, level.y()), "mark");
        }
        legend(svg);
        return svg.of(WIDTH, HEIGHT, title);
    }

    private void grid(Svg svg, Axis.Scale x, Axis.Scale y) {
        for (double tick : x.ticks()) {
            svg.line(x(x, tick), TOP, x(x, tick), BOTTOM, "grid");
            svg.text(x(x, tick), BOTTOM + 16, "middle", "quiet", across.text().apply(tick));
        }
        for (double tick : y.ticks()) {
            svg.line(LEFT, y(y, tick), RIGHT, y(y, tick), "grid");
            svg.text(LEFT - 6, y(y, tick) + 4, "end", "quiet", up.text().apply(tick));
        }
        svg.text((LEFT + RIGHT) / 2, BOTTOM + 40, "middle", "quiet", across.title());
        svg.turned(18, (TOP + BOTTOM) / 2, up.title());
    }

    private static void draw(Svg svg, Axis.Scale x, Axis.Scale y, Series line, int colour) {
        StringBuilder path = new StringBuilder();
        for (Point point : line.points()) {
            double at = x(x, point.x());
            if (path.isEmpty()) {
                path.append(String.format(Locale.ROOT, "M%.1f %.1f", at, y(y, point.y())));
            } else if (line.form() == Form.STEPS) {
                path.append(String.format(Locale.ROOT, "H%.1fV%.1f", at, y(y, point.y())));
            } else {
                path.append(String.format(Locale.ROOT, "L%.1f %.1f", at, y(y, point.y())));
            }
            if (line.form() == Form.DOTTED) {
                svg.dot(at, y(y, point.y()), "fill" + colour);
            }
        }
        svg.path(path.toString(), "line stroke" + colour);
    }

    private void legend(Svg svg) {
        double at = 18;
        for (int i = 0; i < series.size(); i++) {
            svg.box(at, 41, 14, 6, "fill" + i);
            at = named(svg, at, series.get(i).name());
        }
        for (Level level : levels) {
            svg.line(at, 44, at + 16, 44, "mark");
            at = named(svg, at, level.name());
        }
    }

    private static double named(Svg svg, double at, String name) {
        svg.text(at + 20, 48, "start", "", name);
        return at + 32 + 6.6 * name.length();
    }

    private static double x(Axis.Scale scale, double value) {
        return LEFT + (RIGHT - LEFT) * scale.of(value);
    }

    private static double y(Axis.Scale scale, double value) {
        return BOTTOM - (BOTTOM - TOP) * scale.of(value);
    }
}
