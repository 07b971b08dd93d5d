package io.ramet.benchmarks.report;

import java.util.List;

/**
 * Groups of horizontal bars over one axis. The value of a group's {@link Tone#FLOOR} is drawn through the whole group.
 *
 * @param title the title
 * @param axis the axis of the bars
 * @param groups the groups, from top to bottom
 */
record BarChart(String title, Axis axis, List<Group> groups) {

    private static final double WIDTH = 760;
    private static final double LEFT = 190;
    private static final double RIGHT = 640;
    private static final double TOP = 40;
    private static final double BAR = 22;
    private static final double HEADING = 30;

    /** The meaning of a bar, and its class in the style sheet. */
    enum Tone {
        OURS("fill0"),
        PEER("fill2"),
        FLOOR("fill3");

        private final String fill;

        Tone(String fill) {
            this.fill = fill;
        }
    }

    /** Bars that belong together, from top to bottom. */
    record Group(String name, List<Bar> bars) {}

    /** One bar, with a name before it and a label at its end. */
    record Bar(String name, double value, String label, Tone tone) {}

    /** {@return the picture} */
    String svg() {
        Svg svg = new Svg().text(16, 26, "start", "title", title);
        List<Bar> bars = groups.stream().flatMap(group -> group.bars().stream()).toList();
        Axis.Scale scale = axis.scale(bars.stream().map(Bar::value).toList(), LEFT, RIGHT);
        double bottom = TOP + HEADING * groups.size() + BAR * bars.size() + 8;
        for (double tick : scale.ticks()) {
            svg.line(scale.at(tick), TOP, scale.at(tick), bottom, "grid");
            svg.text(scale.at(tick), bottom + 16, "middle", "quiet", axis.text().apply(tick));
        }
        svg.text((LEFT + RIGHT) / 2, bottom + 36, "middle", "quiet", axis.title());
        double y = TOP;
        for (Group group : groups) {
            y = draw(svg, scale, group, y + HEADING);
        }
        return svg.of(WIDTH, bottom + 48, title);
    }

    /** {@return the bottom of the group} */
    private static double draw(Svg svg, Axis.Scale scale, Group group, double top) {
        double y = top;
        svg.text(16, y - 6, "start", "title", group.name());
        for (Bar bar : group.bars()) {
            double end = scale.at(bar.value());
            svg.text(LEFT - 8, y + 15, "end", "", bar.name());
            svg.box(LEFT, y + 3, Math.max(1, end - LEFT), BAR - 6, bar.tone().fill);
            svg.text(end + 6, y + 15, "start", "", bar.label());
            y += BAR;
        }
        for (Bar bar : group.bars()) {
            if (bar.tone() == Tone.FLOOR) {
                svg.line(scale.at(bar.value()), top, scale.at(bar.value()), y, "mark");
            }
        }
        return y;
    }
}
