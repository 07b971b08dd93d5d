package io.ramet.json;

import io.ramet.error.InvalidValueException;
import java.math.BigDecimal;
import java.util.List;
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
    // Created here, because Jackson takes a lock for what it looks up on first use.
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
     * @param path the names of the objects that enclose the field, then that of the field
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
     * @param path the names of the objects that enclose the field, then that of the field
     * @return the number; empty if there is none
     */
    public OptionalLong number(String... path) {
        JsonNode node = at(path);
        return node.isIntegralNumber() && node.canConvertToLong()
                ? OptionalLong.of(node.longValue())
                : OptionalLong.empty();
    }

    /**
     * Reads a number that may have a fraction.
     *
     * @param path the names of the objects that enclose the field, then that of the field
     * @return the number; empty if there is none
     */
    public Optional<BigDecimal> decimal(String... path) {
        return at(path).decimalValueOpt();
    }

    /**
     * Reads an id that is a number in one place of the API's documents and text in another.
     *
     * @param path the names of the objects that enclose the field, then that of the field
     * @return the number in decimal, or the text; empty if there is neither
     */
    public Optional<String> id(String... path) {
        OptionalLong number = number(path);
        return number.isPresent() ? Optional.of(Long.toString(number.getAsLong())) : text(path);
    }

    /**
     * Reads whether a field has a value.
     *
     * @param path the names of the objects that enclose the field, then that of the field
     * @return false if it is absent or null
     */
    public boolean has(String... path) {
        return !at(path).isMissingNode() && !at(path).isNull();
    }

    /**
     * Reads a boolean.
     *
     * @param path the names of the objects that enclose the field, then that of the field
     * @return false if it is absent
     */
    public boolean isTrue(String... path) {
        return at(path).asBoolean(false);
    }

    /**
     * Reads an object.
     *
     * @param path the names of the objects that enclose the field, then that of the field
     * @return the object; empty if there is none
     */
    public Optional<JsonFields> object(String... path) {
        return at(path) instanceof ObjectNode object ? Optional.of(new JsonFields(object)) : Optional.empty();
    }

    /**
     * Reads the objects in an array.
     *
     * @param path the names of the objects that enclose the field, then that of the field
     * @return the objects in their order, without other elements; none if this is no array
     */
    public List<JsonFields> objects(String... path) {
        return at(path).isArray()
                ? at(path).valueStream()
                        .filter(ObjectNode.class::isInstance)
                        .map(JsonFields::new)
                        .toList()
                : List.of();
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
