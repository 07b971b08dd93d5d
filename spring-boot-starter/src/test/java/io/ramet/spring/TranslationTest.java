package io.ramet.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A translated page has the commands, the code, the figures and the links of the English one. */
class TranslationTest {

    private static final Path ROOT = Path.of("..");
    private static final Pattern BLOCK = Pattern.compile("(?sm)^```.*?^```$");
    private static final Pattern ROW = Pattern.compile("(?m)^\\|.*\\|$");
    private static final Pattern FIGURE = Pattern.compile("\\d[\\d,.]*\\d|\\d");
    private static final Pattern BOLD = Pattern.compile("(?:\\*\\*)([^*\\n]+\\*\\*.?)");
    private static final Pattern LINK = Pattern.compile("]\\(([^)]+)\\)");

    @ParameterizedTest
    @CsvSource({"README.md, README.zh-CN.md", "src/site/markdown/index.md, src/site/markdown/getting-started-zh-CN.md"})
    void aTranslationHasTheCodeTheFiguresAndTheLinksOfItsOriginal(String english, String chinese) throws IOException {
        String original = read(english);
        String translation = read(chinese);

        assertThat(found(BLOCK, translation)).isNotEmpty().isEqualTo(found(BLOCK, original));
        assertThat(found(FIGURE, translation)).hasSameElementsAs(found(FIGURE, original));
        assertThat(rows(translation)).isEqualTo(rows(original));
        assertThat(found(LINK, translation))
                .containsAll(found(LINK, original).stream()
                        .filter(link -> !link.contains(fileOf(chinese)))
                        .toList());
        assertThat(found(LINK, original)).contains(fileOf(chinese));
        assertThat(found(LINK, translation)).contains(fileOf(english));
    }

    @ParameterizedTest
    @ValueSource(strings = {"README.zh-CN.md", "src/site/markdown/getting-started-zh-CN.md"})
    void noBoldTextEndsInASignBeforeALetterWhichMarkdownShowsAsAsterisks(String chinese) throws IOException {
        assertThat(found(BOLD, read(chinese)))
                .isNotEmpty()
                .allSatisfy(bold -> assertThat(bold).doesNotContainPattern("[^\\p{L}\\p{N}]\\*\\*[\\p{L}\\p{N}]$"));
    }

    /** {@return the figures of each row of a table that has any} */
    private static List<List<String>> rows(String text) {
        return found(ROW, text).stream()
                .map(row -> found(FIGURE, row))
                .filter(figures -> !figures.isEmpty())
                .toList();
    }

    private static List<String> found(Pattern pattern, String text) {
        return pattern.matcher(text)
                .results()
                .map(match -> match.group(match.groupCount()))
                .toList();
    }

    private static String fileOf(String path) {
        return Path.of(path).getFileName().toString();
    }

    private static String read(String file) throws IOException {
        return Files.readString(ROOT.resolve(file));
    }
}
