package io.ramet.simulator;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The JSON around parameters and responses, and the form of times in it. */
final class Envelope {

    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();
    // Prepared here, because what Jackson looks up on first use, it looks up under a lock.
    private static final ObjectReader READER = MAPPER.readerFor(JsonNode.class);
    private static final ObjectWriter WRITER = MAPPER.writerFor(ObjectNode.class);

    /** The zone of the API's times is not documented. Here it is that of the service's home, UTC+8. */
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT).withZone(ZoneOffset.ofHours(8));

    private static final String NO_TIME = "0000-00-00 00:00:00";

    private Envelope() {}

    /** The parameters of a request. The parser's own message is dropped, because it may quote the body. */
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

    private static ApiError notAnObject() {
        return new ApiError("InvalidParameter", "The request body is not a JSON object.");
    }

    static String response(ObjectNode fields, String requestId) {
        fields.put("RequestId", requestId);
        ObjectNode envelope = JsonNodeFactory.instance.objectNode();
        envelope.set("Response", fields);
        return WRITER.writeValueAsString(envelope);
    }

    static String error(String code, String message, String requestId) {
        ObjectNode fields = JsonNodeFactory.instance.objectNode();
        fields.putObject("Error").put("Code", code).put("Message", message);
        return response(fields, requestId);
    }

    /** The API's form of a time; its form of no time for {@link Instant#MAX}. */
    static String time(Instant instant) {
        return instant.equals(Instant.MAX) ? NO_TIME : TIME.format(instant);
    }

    /** The time that a text in the API's form means; empty if it has another form. */
    static Optional<Instant> instant(String text) {
        try {
            return Optional.of(TIME.parse(text, Instant::from));
        } catch (DateTimeParseException notATime) {
            return Optional.empty();
        }
    }
}
