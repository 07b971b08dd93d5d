package io.ramet.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is meant to be copied must work as it stands. */
class PagesTest {

    private static final Path ROOT = Path.of("..");
    private static final Pattern VERSION = Pattern.compile("<version>([^<]+)</version>");
    private static final Pattern OURS =
            Pattern.compile("<artifactId>ramet-[^<]+</artifactId>\\s*" + VERSION + "|<ramet.version>([^<]+)<");
    private static final Pattern JAVA = Pattern.compile("(?s)```java\\n(.*?)```");

    @Test
    void theExamplesOfThePageOnTestingAreTestsThatRun() throws IOException {
        List<String> source = stripped(read("spring-boot-starter/src/test/java/shop/OrdersTest.java"));

        assertThat(JAVA.matcher(read("src/site/markdown/testing.md")).results())
                .hasSize(4)
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

    private static List<String> stripped(String text) {
        return text.strip().lines().map(String::strip).toList();
    }

    private static String read(String file) throws IOException {
        return Files.readString(ROOT.resolve(file));
    }
}
