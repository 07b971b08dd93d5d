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
    // Created once, because Jackson holds a lock during its look-ups on first use.
    private static final ObjectReader READER = MAPPER.readerFor(JsonNode.class);
    private static final ObjectWriter WRITER = MAPPER.writerFor(ObjectNode.class);

    /** The API's documentation names no time zone. This is the zone of the service's home, UTC+8. */
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

    /** A time in the API's form; {@link Instant#MAX} becomes the API's form of no time. */
    static String time(Instant instant) {
        return instant.equals(Instant.MAX) ? NO_TIME : TIME.format(instant);
    }

    /** The time in a text of the API's form; empty if the text has another form. */
    static Optional<Instant> instant(String text) {
        try {
            return Optional.of(TIME.parse(text, Instant::from));
        } catch (DateTimeParseException notATime) {
            return Optional.empty();
        }
    }
}
