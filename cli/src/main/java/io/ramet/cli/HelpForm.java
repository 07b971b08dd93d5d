package io.ramet.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.IHelpSectionRenderer;

/** The help of a command for a terminal that is too narrow for its two columns. */
final class HelpForm {

    private static final int TWO_COLUMNS = 80;
    /** So wide that each option and its description share a line. */
    private static final int WIDE = 2_000;

    private static final Pattern NAME_AND_DESCRIPTION = Pattern.compile(" *(\\S+(?: \\S+)*) {2,}(\\S.*)");
    /** The longest name that is followed by its description: that of an exit code. */
    private static final int SHORT = 3;

    private static final String INDENT = "      ";

    private HelpForm() {}

    /** Makes each name a line of its own, with its description below, if the terminal is narrow. */
    static void fit(CommandLine ramet, int columns) {
        if (columns >= TWO_COLUMNS) {
            return;
        }
        ramet.setUsageHelpWidth(WIDE).setUsageHelpLongOptionsMaxWidth(WIDE / 2);
        Map<String, IHelpSectionRenderer> sections = new LinkedHashMap<>(ramet.getHelpSectionMap());
        sections.replaceAll((name, section) -> help -> narrow(section.render(help), columns));
        ramet.setHelpSectionMap(sections);
    }

    private static String narrow(String section, int columns) {
        return section.lines()
                .map(line -> narrowLine(line, columns) + System.lineSeparator())
                .collect(Collectors.joining());
    }

    private static String narrowLine(String line, int columns) {
        Matcher row = NAME_AND_DESCRIPTION.matcher(line);
        if (!row.matches()) {
            return Paragraph.of(columns, line.startsWith(INDENT) ? INDENT : "", line.strip());
        }
        String name = "  " + row.group(1);
        return row.group(1).length() <= SHORT
                ? Paragraph.of(columns, (name + INDENT).substring(0, INDENT.length()), row.group(2))
                : name + System.lineSeparator() + Paragraph.of(columns, INDENT, row.group(2));
    }
}
