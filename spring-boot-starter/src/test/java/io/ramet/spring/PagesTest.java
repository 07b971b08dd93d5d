package io.ramet.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Text that is meant to be copied must work as it stands. */
class PagesTest {

    private static final Path ROOT = Path.of("..");
    private static final Pattern VERSION = Pattern.compile("<version>([^<]+)</version>");
    private static final Pattern OURS =
            Pattern.compile("<artifactId>ramet-[^<]+</artifactId>\\s*" + VERSION + "|<ramet.version>([^<]+)<");
    private static final Pattern NAMED = Pattern.compile(
            "<(?:reactor|reactor-netty|jackson|jackson-2|bucket4j|lettuce"
                    + "|micrometer|spring-boot|spring-boot-3|sqlite|postgresql|mariadb|mysql|tencentcloud-sdk).version>([^<$]+)<");
    private static final int NAMES = 14;
    /** Versions of the build that the page on compatibility names more than once. */
    private static final Pattern REPEATED = Pattern.compile(
            "(?:Spring Boot \\||sqlite-jdbc|postgresql|mariadb-java-client|mysql-connector-j) (\\d[\\d.]*\\d)");

    private static final Pattern JSON = Pattern.compile("(?s)```json\\n(.*?)```");
    private static final Pattern ACTION = Pattern.compile("\"(\\w+:(?:[A-Z]\\w+|\\*))\"");
    private static final Pattern SENT =
            Pattern.compile("\"((?:Clone|Describe|InquiryPrice|Destroy|Startup)[A-Z]\\w+)\"");
    private static final Pattern ROW = Pattern.compile("(?m)^\\| ((?:`\\w+Exception` \\| )?`[^|]*`) \\|");
    private static final Pattern QUOTED = Pattern.compile("`([^`]+)`");
    private static final Pattern JAVA = Pattern.compile("(?s)```java\\n(.*?)```");

    @ParameterizedTest
    @CsvSource({
        "testing.md, OrdersTest.java, 4",
        "recipes.md, RecipesTest.java, 11",
        "spring.md, ClonesController.java, 1"
    })
    void theExamplesOfAPageAreTestsThatRun(String page, String tests, int examples) throws IOException {
        List<String> source = stripped(read("spring-boot-starter/src/test/java/shop/" + tests));

        assertThat(JAVA.matcher(read("src/site/markdown/" + page)).results())
                .hasSize(examples)
                .allSatisfy(example -> assertThat(Collections.indexOfSubList(source, stripped(example.group(1))))
                        .as(example.group(1))
                        .isNotNegative());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"src/it/webflux-service/pom.xml", "src/site/markdown/spring.md", "src/site/markdown/testing.md"})
    void theVersionToDependOnIsTheOneThatIsBuilt(String file) throws IOException {
        MatchResult built =
                VERSION.matcher(read("pom.xml")).results().findFirst().orElseThrow();

        assertThat(OURS.matcher(read(file))
                        .results()
                        .map(version -> version.group(1) == null ? version.group(2) : version.group(1)))
                .isNotEmpty()
                .allSatisfy(version -> assertThat(version).isIn(built.group(1), "${ramet.version}"));
    }

    @Test
    void thePoliciesToPasteNameExactlyTheActionsThatTheCodeSends() throws IOException {
        String page = read("src/site/markdown/permissions.md");
        List<List<String>> policies = JSON.matcher(page)
                .results()
                .map(policy -> actions(policy.group(1)))
                .toList();
        List<String> lookups = policies.get(0);
        List<String> undo = policies.get(3);

        assertThat(page).contains("**These policies are inferred.**");
        assertThat(policies).hasSize(4);
        assertThat(policies.get(2)).as("to pay").containsExactly("finance:*");
        assertThat(Stream.of(lookups, policies.get(1), undo).flatMap(List::stream))
                .map(action -> action.replaceFirst(".*:", ""))
                .containsAll(sentActions())
                .isSubsetOf(sentActions());
        assertThat(lookups).as("to look up").allMatch(action -> action.matches("\\w+:(Describe|InquiryPrice)\\w+"));
        assertThat(undo).as("to return").allMatch(action -> action.matches("redis:(Describe|Destroy|Startup)\\w+"));
        assertThat(policies.get(1)).as("to buy").noneMatch(action -> action.contains("Destroy"));
    }

    @Test
    void thePageOnCompatibilityNamesTheVersionsOfTheBuild() throws IOException {
        String page = read("src/site/markdown/compatibility.md");
        List<String> versions = Stream.of(
                        "pom.xml", "src/pom.xml", "reactor-adapter/pom.xml", "spring-boot-starter/pom.xml")
                .flatMap(pom -> NAMED.matcher(unchecked(pom)).results())
                .map(version -> version.group(1))
                .toList();

        assertThat(versions)
                .hasSizeGreaterThanOrEqualTo(NAMES)
                .allSatisfy(version -> assertThat(page).contains(version));
        assertThat(REPEATED.matcher(page).results().map(version -> version.group(1)))
                .isNotEmpty()
                .isSubsetOf(versions);
    }

    /** A message is a code in the first column, or in the second after an exception; an ellipsis is any text. */
    @Test
    void everyMessageOfThePageOnTroubleshootingIsInTheCode() throws IOException {
        String code = code();
        List<String> messages = ROW.matcher(read("src/site/markdown/troubleshooting.md"))
                .results()
                .flatMap(row -> QUOTED.matcher(row.group(1)).results())
                .flatMap(message -> Stream.of(message.group(1).split("…")))
                .flatMap(part -> Stream.of(part.split("(?<=: )|\\(none\\): ")))
                .map(String::strip)
                .filter(part -> part.length() > 2)
                .toList();

        assertThat(messages)
                .hasSizeGreaterThan(120)
                .allSatisfy(part -> assertThat(code.contains(part)).as(part).isTrue());
    }

    /** {@return the sources of all modules that can show a message, with concatenated texts in one piece} */
    private static String code() throws IOException {
        StringBuilder code = new StringBuilder();
        for (String module : List.of("core", "reactor-adapter", "spring-boot-starter", "cli")) {
            try (Stream<Path> files = Files.walk(ROOT.resolve(module + "/src/main/java"))) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    code.append(Files.readString(file));
                }
            }
        }
        return code.toString().replaceAll("\"\\s*\\+\\s*\"", "");
    }

    private static List<String> actions(String policy) {
        return ACTION.matcher(policy).results().map(action -> action.group(1)).toList();
    }

    /** {@return the literals of the sources that are names of actions, without those that need no permission} */
    private static Set<String> sentActions() throws IOException {
        Path sources = ROOT.resolve("reactor-adapter/src/main/java/io/ramet/reactor");
        Set<String> actions = new TreeSet<>();
        for (String folder : List.of("call", "lookup")) {
            try (Stream<Path> files = Files.list(sources.resolve(folder))) {
                for (Path file : files.toList()) {
                    SENT.matcher(Files.readString(file)).results().forEach(found -> actions.add(found.group(1)));
                }
            }
        }
        assertThat(actions).contains("CloneInstances", "DescribeSubnets");
        return actions;
    }

    private static List<String> stripped(String text) {
        return text.strip().lines().map(String::strip).toList();
    }

    private static String unchecked(String file) {
        try {
            return read(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String read(String file) throws IOException {
        return Files.readString(ROOT.resolve(file));
    }
}
