package io.ramet.json;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The metadata for GraalVM lists every type that Jackson inspects by reflection: the types of ours that this package
 * passes to Jackson as a class, mix-ins included, and the types of their parts. {@code -Dramet.update-docs=true} writes
 * the file again. That a native image then works has not been tried.
 */
class ReachabilityTest {

    private static final Path METADATA = Path.of(
            "src",
            "main",
            "resources",
            "META-INF",
            "native-image",
            "io.ramet",
            "ramet-core",
            "reachability-metadata.json");

    @Test
    void everyTypeThatJacksonReflectsOnIsListed() throws IOException {
        Set<String> reflected = new TreeSet<>();
        new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS).importPackages("io.ramet.json").stream()
                        .flatMap(type -> type.getReferencedClassObjects().stream())
                        .map(reference -> reference.getValue())
                        .filter(type -> !type.isArray() && !type.isAssignableTo(Throwable.class))
                        .map(JavaClass::reflect)
                        .forEach(type -> add(type, reflected));
        if (Boolean.getBoolean("ramet.update-docs")) {
            Files.writeString(METADATA, written(reflected));
        }

        assertThat(reflected)
                .contains("io.ramet.model.CloneRequest", "io.ramet.json.OutcomeJson$Stored")
                .contains("io.ramet.json.WireNames$Request", "io.ramet.error.LostResponse$Phase");
        assertThat(listed()).containsExactlyElementsOf(reflected);
    }

    private static void add(Class<?> type, Set<String> reflected) {
        if (!type.getName().startsWith("io.ramet.") || !reflected.add(type.getName())) {
            return;
        }
        if (type.isRecord()) {
            Stream.of(type.getRecordComponents())
                    .map(RecordComponent::getGenericType)
                    .flatMap(ReachabilityTest::classes)
                    .forEach(component -> add(component, reflected));
        }
    }

    private static Stream<Class<?>> classes(Type type) {
        return type instanceof ParameterizedType generic
                ? Stream.of(generic.getActualTypeArguments()).flatMap(ReachabilityTest::classes)
                : Stream.of((Class<?>) type);
    }

    private static Set<String> listed() throws IOException {
        JsonNode entries =
                JsonMapper.shared().readTree(Files.readString(METADATA)).path("reflection");
        assertThat(entries)
                .allSatisfy(entry -> assertThat(entry.propertyStream()
                                .filter(property -> property.getValue().isBoolean())
                                .map(Map.Entry::getKey))
                        .contains("allDeclaredConstructors", "allDeclaredMethods", "allDeclaredFields"));
        return entries.valueStream()
                .map(entry -> entry.path("type").asString())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static String written(Set<String> types) {
        return types.stream()
                .map(type -> "    {\"type\": \"" + type + "\", \"allDeclaredConstructors\": true,"
                        + " \"allDeclaredMethods\": true, \"allDeclaredFields\": true}")
                .collect(Collectors.joining(",\n", "{\n  \"reflection\": [\n", "\n  ]\n}\n"));
    }
}
