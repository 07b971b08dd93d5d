package io.ramet.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The table of properties in the documentation is generated from the metadata that Boot's processor generates from the
 * properties: {@code -Dramet.update-docs=true} writes it again.
 */
class ConfigurationReferenceTest {

    private static final Path REFERENCE = Path.of("..", "src", "site", "markdown", "configuration.md");

    private static final String BEGIN = """
            # Configuration

            This page lists the properties of `ramet-spring-boot-starter`. `ConfigurationReferenceTest` generates it from the
            metadata that editors read. Durations are written like `30s` or `2m`.

            | property | default | meaning |
            |---|---|---|
            """;
    private static final String END = """

            | bean of the application's own | replaces |
            |---|---|
            | `CloneClient` | everything here |
            | `RametConnectionDetails` | `ramet.region`, `ramet.endpoint`, `ramet.credentials.*` and a `CredentialsProvider` |
            | `CredentialsProvider` | `ramet.credentials.*` |
            | `CloneJournal` | `ramet.journal.*` |
            | `DataSource` marked with `@CloneJournalDataSource` | any other `DataSource` as the journal's database |
            | `Network` | `ramet.network.*` |
            | `RequestShaper` | `ramet.calls-per-second`, `ramet.shape`, `ramet.shared-limit`, `ramet.replicas` |
            | `CloneObserver` | nothing: each one is added |
            | `PasswordProvider` | nothing: without one, a plan whose request has a password cannot be resumed or recovered by its id |
            | `CloneClientCustomizer` | whatever it sets: it is applied last |
            | a module named `cloneJacksonModule` (Jackson 3) or `cloneJackson2Module` | the JSON of plans, outcomes, deals and reports |
            | a `@RestControllerAdvice` for `RametException` | the problem details of the library's exceptions |

            `management.health.ramet.enabled=false` switches the health indicator off; it needs Spring Boot 4. On Spring Boot 3.5
            the rest works, with JSON by Jackson 2, and the log says at start that there is no health indicator.
            `spring.lifecycle.timeout-per-shutdown-phase` should be no shorter than `ramet.call-timeout`: the application waits for
            requests in flight in any case, but Spring logs a warning after that time.

            With `bucket4j_jdk17-lettuce` and Lettuce on the class path and `spring.data.redis.host` or `spring.data.redis.url` set,
            all processes share the limit in that Redis; see [several replicas](several-replicas.md). The starter reads either
            `spring.data.redis.url`, or host, port, database, username, password, ssl.enabled and ssl.bundle; a bundle means TLS.
            The application does not start with `sentinel`, `cluster` or `masterreplica`, or with one of the other properties beside
            url, because it would ignore them: in these cases, define a `RequestShaper` bean with `RedisShaper`. It does not start
            with `ramet.replicas` without a shared limit either, because each replica would have the whole limit. The health details
            and the meters `ramet.limit.shared` and `ramet.permits` show the source of permits.
            """;

    @Test
    void theReferenceSaysWhatTheMetadataSays() throws IOException {
        String reference = BEGIN + rows() + END;
        if (Boolean.getBoolean("ramet.update-docs")) {
            Files.writeString(REFERENCE, reference);
        }
        assertThat(Files.readString(REFERENCE))
                .as("stale: run this test with -Dramet.update-docs=true")
                .isEqualTo(reference);
    }

    @Test
    void everyPropertyIsDescribedInASentence() throws IOException {
        assertThat(properties())
                .hasSizeGreaterThan(15)
                .allSatisfy(property -> assertThat(property.path("description").asString())
                        .as(property.path("name").asString())
                        .matches("[A-Z].*\\."));
    }

    @Test
    void everyHintIsForAPropertyThatExists() throws IOException {
        List<String> names = metadata()
                .path("properties")
                .valueStream()
                .map(property -> property.path("name").asString())
                .toList();

        assertThat(metadata()
                        .path("hints")
                        .valueStream()
                        .map(hint -> hint.path("name").asString()))
                .isNotEmpty()
                .isSubsetOf(names);
    }

    private static String rows() throws IOException {
        return StreamSupport.stream(properties().spliterator(), false)
                .sorted(Comparator.comparing(property -> property.path("name").asString()))
                .map(ConfigurationReferenceTest::row)
                .collect(Collectors.joining());
    }

    private static String row(JsonNode property) {
        String value = property.path("defaultValue").asString("");
        return "| `" + property.path("name").asString() + "` | "
                + (value.isEmpty() ? "" : "`" + value + "`") + " | "
                + property.path("description").asString()
                + choices(property.path("type").asString()) + " |\n";
    }

    private static String choices(String type) {
        try {
            Object[] constants = Class.forName(type.replaceFirst("<.*", "")).getEnumConstants();
            return constants == null
                    ? ""
                    : Arrays.stream(constants)
                            .map(constant ->
                                    constant.toString().toLowerCase(Locale.ROOT).replace('_', '-'))
                            .collect(Collectors.joining("`, `", " One of `", "`."));
        } catch (ClassNotFoundException e) {
            throw new AssertionError(e);
        }
    }

    private static JsonNode properties() throws IOException {
        return metadata().path("properties");
    }

    private static JsonNode metadata() throws IOException {
        try (InputStream metadata =
                RametProperties.class.getResourceAsStream("/META-INF/spring-configuration-metadata.json")) {
            return JsonMapper.shared().readTree(metadata);
        }
    }
}
