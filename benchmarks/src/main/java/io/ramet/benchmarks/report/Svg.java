package io.ramet.benchmarks.report;

/** A picture under construction. Its colours are in a style sheet, so that it is legible on white and on black. */
final class Svg {

    /** Colours that colour-blind people can distinguish. */
    private static final String STYLE = """
            <style>
            text { font: 12px system-ui, sans-serif; fill: #1f2328 }
            .title { font-size: 15px; font-weight: 600 }
            .quiet { fill: #59636e }
            .grid { stroke: #d1d9e0; stroke-width: 1 }
            .mark { stroke: #59636e; stroke-width: 1.5; stroke-dasharray: 5 4 }
            .line { fill: none; stroke-width: 2; stroke-linejoin: round }
            .fill0 { fill: #0072b2 } .stroke0 { stroke: #0072b2 }
            .fill1 { fill: #d55e00 } .stroke1 { stroke: #d55e00 }
            .fill2 { fill: #8c959f } .stroke2 { stroke: #8c959f }
            .fill3 { fill: #009e73 } .stroke3 { stroke: #009e73 }
            .fill4 { fill: #aa4499 } .stroke4 { stroke: #aa4499 }
            .fill5 { fill: #997700 } .stroke5 { stroke: #997700 }
            @media (prefers-color-scheme: dark) {
            text { fill: #e6edf3 }
            .quiet { fill: #9198a1 }
            .grid { stroke: #3d444d }
            .mark { stroke: #9198a1 }
            .fill0 { fill: #56b4e9 } .stroke0 { stroke: #56b4e9 }
            .fill1 { fill: #f0883e } .stroke1 { stroke: #f0883e }
            .fill2 { fill: #6e7681 } .stroke2 { stroke: #6e7681 }
            .fill3 { fill: #2dc79b } .stroke3 { stroke: #2dc79b }
            .fill4 { fill: #dd8fcb } .stroke4 { stroke: #dd8fcb }
            .fill5 { fill: #e0c14c } .stroke5 { stroke: #e0c14c }
            }
            </style>
            """;

    private final StringBuilder body = new StringBuilder();

    Svg text(double x, double y, String anchor, String classes, String text) {
        return add(
                "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" class=\"%s\">%s</text>",
                x, y, anchor, classes, escaped(text));
    }

    Svg turned(double x, double y, String text) {
        return add(
                "<text transform=\"translate(%.1f %.1f) rotate(-90)\" text-anchor=\"middle\" class=\"quiet\">%s</text>",
                x, y, escaped(text));
    }

    Svg line(double x1, double y1, double x2, double y2, String classes) {
        return add("<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" class=\"%s\"/>", x1, y1, x2, y2, classes);
    }

    Svg box(double x, double y, double width, double height, String classes) {
        return add(
                "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" rx=\"2\" class=\"%s\"/>",
                x, y, width, height, classes);
    }

    Svg dot(double x, double y, String classes) {
        return add("<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\" class=\"%s\"/>", x, y, classes);
    }

    Svg path(String path, String classes) {
        return add("<path d=\"%s\" class=\"%s\"/>", path, classes);
    }

    String of(double width, double height, String title) {
        String head = """
                <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %1$.0f %2$.0f" width="%1$.0f" height="%2$.0f" role="img">
                <title>%3$s</title>
                """;
        return Text.format(head, width, height, escaped(title)) + STYLE + body + "</svg>\n";
    }

    private Svg add(String form, Object... values) {
        body.append(Text.format(form, values)).append('\n');
        return this;
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
