package io.ramet.benchmarks.report;

import java.util.List;

/**
 * Groups of horizontal bars over one axis. The value of a group's {@link Tone#FLOOR} is drawn through the whole group.
 *
 * @param title the title
 * @param axis the axis of the bars
 * @param groups the groups, from top to bottom
 */
public record BarChart(String title, Axis axis, List<Group> groups) {

    private static final double WIDTH = 760;
    private static final double LEFT = 190;
    private static final double RIGHT = 640;
    private static final double BAR = 22;
    private static final double HEADING = 30;

    /** Copies the groups. */
    public BarChart {
        groups = List.copyOf(groups);
    }

    /** The meaning of a bar. */
    public enum Tone {
        /** Ramet. */
        OURS("fill0"),
        /** A competitor. */
        PEER("fill2"),
        /** The floor. */
        FLOOR("fill3");

        private final String fill;

        Tone(String fill) {
            this.fill = fill;
        }
    }

    /**
     * Bars that belong together.
     *
     * @param name its heading
     * @param bars the bars, from top to bottom
     */
    public record Group(String name, List<Bar> bars) {

        /** Copies the bars. */
        public Group {
            bars = List.copyOf(bars);
        }
    }

    /**
     * One bar.
     *
     * @param name what was measured
     * @param value its length
     * @param label the text at its end
     * @param tone its meaning
     */
    public record Bar(String name, double value, String label, Tone tone) {}

    /** {@return the picture} */
    public String svg() {
        Svg svg = new Svg().text(16, 26, "start", "title", title);
        Axis.Scale scale = axis.over(groups.stream()
                .flatMap(group -> group.bars().stream())
                .map(Bar::value)
                .toList());
        double top = 40;
        double bottom = top;
        for (Group group : groups) {
            bottom += HEADING + BAR * group.bars().size();
        }
        bottom += 8;
        for (double tick : scale.ticks()) {
            svg.line(x(scale, tick), top, x(scale, tick), bottom, "grid");
            svg.text(x(scale, tick), bottom + 16, "middle", "quiet", axis.text().apply(tick));
        }
        svg.text((LEFT + RIGHT) / 2, bottom + 36, "middle", "quiet", axis.title());
        double y = top;
        for (Group group : groups) {
            y = draw(svg, scale, group, y);
        }
        return svg.of(WIDTH, bottom + 48, title);
    }

    private static double draw(Svg svg, Axis.Scale scale, Group group, double top) {
        double y = top + HEADING;
        svg.text(16, y - 6, "start", "title", group.name());
        for (Bar bar : group.bars()) {
            svg.text(LEFT - 8, y + 15, "end", "", bar.name());
            svg.box(LEFT, y + 3, Math.max(1, x(scale, bar.value()) - LEFT), BAR - 6, bar.tone().fill);
            svg.text(x(scale, bar.value()) + 6, y + 15, "start", "", bar.label());
            y += BAR;
        }
        for (Bar bar : group.bars()) {
            if (bar.tone() == Tone.FLOOR) {
                svg.line(x(scale, bar.value()), top + HEADING, x(scale, bar.value()), y, "mark");
            }
        }
        return y;
    }

    private static double x(Axis.Scale scale, double value) {
        return LEFT + (RIGHT - LEFT) * scale.of(value);
    }
}
