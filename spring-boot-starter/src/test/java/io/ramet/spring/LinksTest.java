package io.ramet.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Links and pictures resolve in the repository and, for the pages of the guide, on the site as well. There, a page is
 * an HTML file, and what the repository has in {@code src/site/resources} lies beside it: the build takes {@code
 * ../resources/} out of the links. A heading has another anchor there, so that a link to it needs {@code <a id>}.
 */
class LinksTest {

    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Path GUIDE = ROOT.resolve("src/site/markdown");
    private static final Path RESOURCES = ROOT.resolve("src/site/resources");

    private static final Pattern CODE = Pattern.compile("(?sm)^ *```.*?^ *```$|`[^`]*`");
    private static final Pattern LINK = Pattern.compile("]\\(\\s*([^)\\s]+)\\s*\\)|(?:href|src)=\"([^\"]+)\"");
    private static final Pattern ELSEWHERE = Pattern.compile("(?i)[a-z]+:.*");
    private static final Pattern HEADING = Pattern.compile("(?m)^#{1,6} +(.*)$");
    private static final Pattern ID = Pattern.compile("<a id=\"([^\"]+)\"></a>");
    private static final Pattern ITEM = Pattern.compile("<item [^>]*href=\"([^\"/]+)\"");

    static List<Path> pages() throws IOException {
        return Stream.concat(markdown(ROOT), markdown(GUIDE)).toList();
    }

    @ParameterizedTest
    @MethodSource("pages")
    void everyLinkResolves(Path page) throws IOException {
        assertThat(links(page)).allSatisfy(link -> {
            String[] parts = link.split("#", 2);
            Path file =
                    parts[0].isEmpty() ? page : page.resolveSibling(parts[0]).normalize();

            assertThat(file).as(link).startsWith(ROOT).exists();
            if (parts.length == 2) {
                assertThat(anchors(file)).as(link).contains(parts[1]);
            }
            if (page.startsWith(GUIDE)) {
                assertThat(file).as(link).isRegularFile();
                assertThat(file.startsWith(RESOURCES) || isPage(file))
                        .as(link + " is a page or a resource of the site")
                        .isTrue();
            }
        });
    }

    @Test
    void theMenuOfTheSiteLeadsToPagesAndTogetherWithThemToEveryPage() throws IOException {
        Set<Path> menu = ITEM.matcher(Files.readString(ROOT.resolve("src/site/site.xml")))
                .results()
                .map(item -> GUIDE.resolve(item.group(1).replaceFirst("\\.html$", ".md")))
                .collect(Collectors.toSet());
        List<Path> guide = markdown(GUIDE).toList();

        assertThat(guide).containsAll(menu);
        assertThat(guide)
                .allSatisfy(page -> assertThat(menu.contains(page) || isLinked(page, guide))
                        .as(page.toString())
                        .isTrue());
    }

    private static boolean isLinked(Path page, List<Path> from) throws IOException {
        for (Path other : from) {
            if (links(other).contains(page.getFileName().toString())) {
                return true;
            }
        }
        return false;
    }

    private static List<String> links(Path page) throws IOException {
        return LINK.matcher(CODE.matcher(Files.readString(page)).replaceAll("code"))
                .results()
                .map(link -> link.group(1) == null ? link.group(2) : link.group(1))
                .filter(link -> !ELSEWHERE.matcher(link).matches())
                .toList();
    }

    /** {@return the anchors that a page has wherever it is shown; a heading is one in the repository only} */
    private static Set<String> anchors(Path page) throws IOException {
        String text = Files.readString(page);
        Stream<String> ids = ID.matcher(text).results().map(id -> id.group(1));
        Stream<String> headings = page.startsWith(GUIDE)
                ? Stream.empty()
                : HEADING.matcher(CODE.matcher(text).replaceAll("code"))
                        .results()
                        .map(found -> slug(found.group(1)));
        return Stream.concat(ids, headings).collect(Collectors.toSet());
    }

    private static String slug(String heading) {
        return heading.toLowerCase(Locale.ROOT).replaceAll("[^\\w\\- ]", "").replace(' ', '-');
    }

    private static Stream<Path> markdown(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(LinksTest::isMarkdown).sorted().toList().stream();
        }
    }

    /** A link to a page with another dot in its name would stay a link to Markdown. */
    private static boolean isPage(Path file) {
        return file.startsWith(GUIDE) && file.getFileName().toString().matches("[^.]+\\.md");
    }

    private static boolean isMarkdown(Path file) {
        return file.toString().endsWith(".md");
    }
}
