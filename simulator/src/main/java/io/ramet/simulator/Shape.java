package io.ramet.simulator;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** What a JSON value has to look like. */
@FunctionalInterface
interface Shape {

    Shape STRING = leaf(JsonNode::isString);
    Shape BOOLEAN = leaf(JsonNode::isBoolean);
    Shape INTEGER = leaf(value -> value.isIntegralNumber() && value.canConvertToLong());
    Shape UNSIGNED = leaf(value -> value.isIntegralNumber() && value.canConvertToLong() && value.longValue() >= 0);

    /** Refuses a value of another shape; the path says where it stands. */
    void check(String path, JsonNode value);

    private static Shape leaf(java.util.function.Predicate<JsonNode> fits) {
        return (path, value) -> {
            if (!fits.test(value)) {
                throw wrongType(path);
            }
        };
    }

    static Shape arrayOf(Shape element) {
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

    static ObjectShape object() {
        return new ObjectShape();
    }

    private static Refusal wrongType(String path) {
        return new Refusal("InvalidParameter", "The type of parameter `" + path + "` is not valid.");
    }

    /** An object whose members are all known; being built by {@link #required} and {@link #optional}. */
    final class ObjectShape implements Shape {

        private final Map<String, Shape> members = new LinkedHashMap<>();
        private final Set<String> required = new java.util.LinkedHashSet<>();

        private ObjectShape() {}

        ObjectShape required(Shape shape, String... names) {
            required.addAll(Arrays.asList(names));
            return optional(shape, names);
        }

        ObjectShape optional(Shape shape, String... names) {
            Arrays.stream(names).forEach(name -> members.put(name, shape));
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
                    throw new Refusal("UnknownParameter", "The parameter `" + prefix + name + "` is not recognized.");
                }
            }
            for (String name : required) {
                if (!value.has(name)) {
                    throw new Refusal(
                            "MissingParameter", "The request is missing the parameter `" + prefix + name + "`.");
                }
            }
            members.forEach((name, shape) -> {
                if (value.has(name)) {
                    shape.check(prefix + name, value.get(name));
                }
            });
        }
    }
}
