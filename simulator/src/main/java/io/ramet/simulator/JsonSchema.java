package io.ramet.simulator;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;

/** The types and members that a JSON value must have. */
@FunctionalInterface
interface JsonSchema {

    JsonSchema STRING = leaf(JsonNode::isString);
    JsonSchema BOOLEAN = leaf(JsonNode::isBoolean);
    JsonSchema INTEGER = leaf(value -> value.isIntegralNumber() && value.canConvertToLong());
    JsonSchema UNSIGNED = leaf(value -> value.isIntegralNumber() && value.canConvertToLong() && value.longValue() >= 0);

    /** Rejects a value that does not conform; the path is the value's place among the parameters. */
    void check(String path, JsonNode value);

    private static JsonSchema leaf(Predicate<JsonNode> fits) {
        return (path, value) -> {
            if (!fits.test(value)) {
                throw wrongType(path);
            }
        };
    }

    static JsonSchema arrayOf(JsonSchema element) {
        return (path, value) -> {
            if (!value.isArray()) {
                throw wrongType(path);
            }
            int index = 0;
            for (JsonNode item : value) {
                element.check(path + "." + index++, item);
            }
        };
    }

    static ObjectSchema object() {
        return new ObjectSchema();
    }

    private static ApiError wrongType(String path) {
        return new ApiError("InvalidParameter", "The type of parameter `" + path + "` is not valid.");
    }

    /** An object without unknown members; {@link #required} and {@link #optional} add known ones. */
    final class ObjectSchema implements JsonSchema {

        private final Map<String, JsonSchema> members = new LinkedHashMap<>();
        private final Set<String> required = new LinkedHashSet<>();

        private ObjectSchema() {}

        ObjectSchema required(JsonSchema schema, String... names) {
            required.addAll(Arrays.asList(names));
            return optional(schema, names);
        }

        ObjectSchema optional(JsonSchema schema, String... names) {
            Arrays.stream(names).forEach(name -> members.put(name, schema));
            return this;
        }

        @Override
        public void check(String path, JsonNode value) {
            if (!value.isObject()) {
                throw wrongType(path);
            }
            String prefix = path.isEmpty() ? "" : path + ".";
            for (String name : value.propertyNames()) {
                if (!members.containsKey(name)) {
                    throw new ApiError("UnknownParameter", "The parameter `" + prefix + name + "` is not recognized.");
                }
            }
            for (String name : required) {
                if (!value.has(name)) {
                    throw new ApiError(
                            "MissingParameter", "The request is missing the parameter `" + prefix + name + "`.");
                }
            }
            members.forEach((name, schema) -> {
                if (value.has(name)) {
                    schema.check(prefix + name, value.get(name));
                }
            });
        }
    }
}
