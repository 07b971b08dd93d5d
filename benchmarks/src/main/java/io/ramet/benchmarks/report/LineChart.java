package io.ramet.benchmarks.report;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Lines over two axes, with levels to compare them with.
 *
 * @param title the title
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

    /** Rejects more lines than there are colours. */
    public LineChart {
        if (series.size() > COLOURS) {
            throw new IllegalArgumentException("number of lines > " + COLOURS + ": " + series.size());
        }
    }

    /** A line through its points, from left to right, with a dot at each of them if it is dotted. */
    public record Series(String name, boolean dotted, List<Point> points) {}

    /** A point of a line, by its values on the two axes. */
    public record Point(double x, double y) {}

    /** A horizontal mark at a value of the axis up. */
    public record Level(String name, double y) {}

    /** {@return the picture} */
    public String svg() {
        List<Point> points =
                series.stream().flatMap(line -> line.points().stream()).toList();
        Axis.Scale x = across.scale(points.stream().map(Point::x).toList(), LEFT, RIGHT);
        Axis.Scale y = up.scale(
                Stream.concat(points.stream().map(Point::y), levels.stream().map(Level::y))
                        .toList(),
                BOTTOM,
                TOP);
        Svg svg = new Svg().text(16, 26, "start", "title", title);
        grid(svg, x, y);
        for (int i = 0; i < series.size(); i++) {
            draw(svg, x, y, series.get(i), i);
        }
        levels.forEach(level -> svg.line(LEFT, y.at(level.y()), RIGHT, y.at(level.y()), "mark"));
        legend(svg);
        return svg.of(WIDTH, HEIGHT, title);
    }

    private void grid(Svg svg, Axis.Scale x, Axis.Scale y) {
        for (double tick : x.ticks()) {
            svg.line(x.at(tick), TOP, x.at(tick), BOTTOM, "grid");
            svg.text(x.at(tick), BOTTOM + 16, "middle", "quiet", across.text().apply(tick));
        }
        for (double tick : y.ticks()) {
            svg.line(LEFT, y.at(tick), RIGHT, y.at(tick), "grid");
            svg.text(LEFT - 6, y.at(tick) + 4, "end", "quiet", up.text().apply(tick));
        }
        svg.text((LEFT + RIGHT) / 2, BOTTOM + 40, "middle", "quiet", across.title());
        svg.turned(18, (TOP + BOTTOM) / 2, up.title());
    }

    private static void draw(Svg svg, Axis.Scale x, Axis.Scale y, Series line, int colour) {
        if (line.dotted()) {
            line.points().forEach(point -> svg.dot(x.at(point.x()), y.at(point.y()), "fill" + colour));
        }
        String path = line.points().stream()
                .map(point -> Text.format("%.1f %.1f", x.at(point.x()), y.at(point.y())))
                .collect(Collectors.joining("L", "M", ""));
        svg.path(path, "line stroke" + colour);
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
}
