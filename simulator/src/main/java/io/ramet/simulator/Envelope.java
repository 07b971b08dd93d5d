package io.ramet.simulator;

import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** JSON on its way in and out. */
final class Envelope {

    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();
    // Prepared here: what Jackson looks up on first use, it looks up under a lock.
    private static final ObjectReader READER = MAPPER.readerFor(JsonNode.class);
    private static final ObjectWriter WRITER = MAPPER.writerFor(ObjectNode.class);

    private Envelope() {}

    /** The parameters of a call. What the parser complains about may quote the body, so it is dropped. */
    static JsonNode parameters(byte[] body) {
        JsonNode parameters;
        try {
            parameters = READER.readTree(body);
        } catch (JacksonException malformed) {
            throw notAnObject();
        }
        if (!parameters.isObject()) {
            throw notAnObject();
        }
        return parameters;
    }

    private static Refusal notAnObject() {
        return new Refusal("InvalidParameter", "The request body is not a JSON object.");
    }

    static String answer(ObjectNode fields, String requestId) {
        fields.put("RequestId", requestId);
        return write(fields);
    }

    static String error(String code, String message, String requestId) {
        ObjectNode fields = JsonNodeFactory.instance.objectNode();
        fields.putObject("Error").put("Code", code).put("Message", message);
        return answer(fields, requestId);
    }

    private static String write(ObjectNode fields) {
        ObjectNode envelope = JsonNodeFactory.instance.objectNode();
        envelope.set("Response", fields);
        return WRITER.writeValueAsString(envelope);
    }
}
