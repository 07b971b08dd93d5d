package io.ramet.simulator;

import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/** A tag of an instance. */
record Tag(String key, String value) {

    static final Shape SHAPE = Shape.object().required(Shape.STRING, "TagKey", "TagValue");

    static List<Tag> listIn(JsonNode parameters, String name) {
        return parameters.path(name).valueStream().map(Tag::of).toList();
    }

    private static Tag of(JsonNode tag) {
        return new Tag(tag.get("TagKey").asString(), tag.get("TagValue").asString());
    }

    void writeTo(ArrayNode tags) {
        tags.addObject().put("TagKey", key).put("TagValue", value);
    }
}
