package io.ramet.json;

import io.ramet.error.InvalidValueException;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A JSON object of which only a few fields are read, such as a response that holds credentials. Neither its errors nor
 * its {@code toString} quote it. Immutable and thread-safe.
 */
public final class JsonFields {

    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();
    // Prepared here, because what Jackson looks up on first use, it looks up under a lock.
    private static final ObjectReader READER = MAPPER.readerFor(JsonNode.class);
    private static final ObjectWriter WRITER = MAPPER.writerFor(Map.class);

    private final JsonNode root;

    private JsonFields(JsonNode root) {
        this.root = root;
    }

    /**
     * Parses an object.
     *
     * @param json UTF-8
     * @return its fields
     * @throws InvalidValueException if this is not one JSON object, or names a field twice
     */
    public static JsonFields read(byte[] json) {
        try {
            if (READER.readTree(json) instanceof ObjectNode object) {
                return new JsonFields(object);
            }
        } catch (JacksonException e) {
            // Dropped: its message quotes what it could not read.
        }
        throw new InvalidValueException("document", "(text)", "must be one JSON object");
    }

    /**
     * Writes an object.
     *
     * @param fields names and values: text, numbers, lists, maps
     * @return UTF-8
     */
    public static byte[] write(Map<String, ?> fields) {
        return WRITER.writeValueAsBytes(fields);
    }

    /**
     * Reads text. Control characters are replaced, so that the text can be printed.
     *
     * @param path the field, and before it the objects that it is in
     * @return the text without blanks around it; empty if there is none
     */
    public Optional<String> text(String... path) {
        JsonNode node = at(path);
        return node.isString()
                ? Optional.of(ServerText.clean(node.stringValue().strip())).filter(text -> !text.isEmpty())
                : Optional.empty();
    }

    /**
     * Reads a whole number.
     *
     * @param path the field, and before it the objects that it is in
     * @return the number; empty if there is none
     */
    public OptionalLong number(String... path) {
        JsonNode node = at(path);
        return node.isIntegralNumber() && node.canConvertToLong()
                ? OptionalLong.of(node.longValue())
                : OptionalLong.empty();
    }

    private JsonNode at(String... path) {
        JsonNode node = root;
        for (String name : path) {
            node = node.path(name);
        }
        return node;
    }

    /** {@return no content, because it may be secret} */
    @Override
    public String toString() {
        return "JsonFields[...]";
    }
}
