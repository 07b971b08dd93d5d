package io.ramet.json;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.core.json.JsonFactory;

/**
 * Reads a response token by token: every purchase has one, binding it to objects takes twice as long, and loading the
 * classes for that delays the first purchase. A null field counts as absent; a field with two values is an error.
 */
final class ResponseTokens {

    private static final JsonFactory FACTORY = new JsonFactory();

    private final JsonParser json;
    private final boolean failOnUnknown;
    private final boolean plain;

    private ResponseTokens(JsonParser json, boolean failOnUnknown, boolean plain) {
        this.json = json;
        this.failOnUnknown = failOnUnknown;
        this.plain = plain;
    }

    /** {@return the result of {@code reading} for the object in Response, or null if there is none} */
    static <T> @Nullable T read(byte[] body, boolean failOnUnknown, Function<ResponseTokens, T> reading) {
        try (JsonParser json = FACTORY.createParser(ObjectReadContext.empty(), body)) {
            ResponseTokens tokens = new ResponseTokens(json, failOnUnknown, ServerText.isPlain(body));
            json.nextToken();
            T response = null;
            for (String name = tokens.firstName(); name != null; name = tokens.nextName()) {
                if (!name.equals("Response")) {
                    tokens.unknown();
                } else if (tokens.hasValue(response)) {
                    response = reading.apply(tokens);
                }
            }
            tokens.check(json.nextToken() == null);
            return response;
        }
    }

    /** {@return the name of the first field of the object that begins here, or null if it has none} */
    @Nullable
    String firstName() {
        check(json.hasToken(JsonToken.START_OBJECT));
        return json.nextName();
    }

    /** {@return the name of the next field, or null at the end of the object} */
    @Nullable
    String nextName() {
        return json.nextName();
    }

    /** {@return whether the field has a value, which must be read next; fails if it had one {@code before}} */
    boolean hasValue(@Nullable Object before) {
        check(json.nextToken() == JsonToken.VALUE_NULL || before == null);
        return !json.hasToken(JsonToken.VALUE_NULL);
    }

    /** A whole number is accepted in place of a text. */
    String text() {
        check(json.hasToken(JsonToken.VALUE_STRING) || json.hasToken(JsonToken.VALUE_NUMBER_INT));
        return plain ? json.getString() : ServerText.clean(json.getString());
    }

    Integer number() {
        check(json.hasToken(JsonToken.VALUE_NUMBER_INT));
        return json.getIntValue();
    }

    /** {@return the texts of an array that are neither null nor blank} */
    List<String> texts() {
        List<String> texts = list(() -> json.hasToken(JsonToken.VALUE_NULL) ? "" : text());
        texts.removeIf(String::isBlank);
        return texts;
    }

    /** {@return the results of {@code element}, which is called once for each element of an array} */
    <T> List<T> list(Supplier<T> element) {
        check(json.hasToken(JsonToken.START_ARRAY));
        List<T> list = new ArrayList<>();
        while (json.nextToken() != JsonToken.END_ARRAY) {
            list.add(element.get());
        }
        return list;
    }

    ResponseJson.ApiError error() {
        String code = null;
        String message = null;
        for (String name = firstName(); name != null; name = nextName()) {
            switch (name) {
                case "Code" -> code = hasValue(code) ? text() : code;
                case "Message" -> message = hasValue(message) ? text() : message;
                default -> unknown();
            }
        }
        return new ResponseJson.ApiError(code, message);
    }

    /** Skips a field that is not known; fails if that is not allowed. */
    void unknown() {
        check(!failOnUnknown);
        skip();
    }

    /** Skips a field that is known and not needed. */
    void skip() {
        json.nextToken();
        json.skipChildren();
    }

    <T> T required(@Nullable T value) {
        if (value == null) {
            throw unreadable();
        }
        return value;
    }

    private void check(boolean holds) {
        if (!holds) {
            throw unreadable();
        }
    }

    private StreamReadException unreadable() {
        return new StreamReadException(json, "no response of the API has this form");
    }
}
