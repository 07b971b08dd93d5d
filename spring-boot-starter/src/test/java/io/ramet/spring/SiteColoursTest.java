package io.ramet.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The guide is legible in a light and in a dark scheme: each colour of text has the contrast of WCAG AA. */
class SiteColoursTest {

    private static final Path STYLE = Path.of("../src/site/resources/css/site.css");
    private static final Pattern SCHEME = Pattern.compile("(?s):root \\{(.*?)}");
    private static final Pattern COLOUR = Pattern.compile("--([a-z]+): #([0-9a-f]{6});");
    private static final double AA = 4.5;

    @ParameterizedTest
    @CsvSource({"light, 0", "dark, 1"})
    void everyColourOfTextHasTheContrastOfWcagAa(String scheme, int place) throws IOException {
        Map<String, String> colours = colours(place);
        List<String> texts =
                List.of("text", "quiet", "link", "code", "string", "keyword", "comment", "type", "literal", "mark");

        assertThat(colours.keySet()).as(scheme).containsAll(texts);
        assertThat(texts).allSatisfy(text -> {
            assertThat(contrast(colours.get(text), colours.get("page")))
                    .as(text)
                    .isGreaterThanOrEqualTo(AA);
            assertThat(contrast(colours.get(text), colours.get("panel")))
                    .as(text)
                    .isGreaterThanOrEqualTo(AA);
        });
        assertThat(contrast("ffffff", colours.get("here"))).isGreaterThanOrEqualTo(AA);
    }

    private static Map<String, String> colours(int place) throws IOException {
        List<String> schemes = SCHEME.matcher(Files.readString(STYLE))
                .results()
                .map(found -> found.group(1))
                .toList();
        return COLOUR.matcher(schemes.get(place))
                .results()
                .collect(Collectors.toMap(found -> found.group(1), found -> found.group(2)));
    }

    private static double contrast(String one, String other) {
        double a = luminance(one);
        double b = luminance(other);
        return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    }

    private static double luminance(String colour) {
        int rgb = Integer.parseInt(colour, 16);
        return 0.2126 * linear(rgb >> 16) + 0.7152 * linear((rgb >> 8) & 0xff) + 0.0722 * linear(rgb & 0xff);
    }

    private static double linear(int channel) {
        double share = channel / 255.0;
        return share <= 0.04045 ? share / 12.92 : Math.pow((share + 0.055) / 1.055, 2.4);
    }
}
