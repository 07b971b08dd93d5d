package io.ramet.json;

import io.ramet.model.Deal;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.core.json.JsonFactory;

/**
 * The response of CloneInstances, read token by token: every purchase has one, and binding it to objects takes twice as
 * long.
 *
 * @param error the error, or null
 * @param dealId DealId, or null
 * @param dealName DealName, or null
 * @param instanceIds the ids that are neither null nor blank
 * @param requestId RequestId, or null
 */
record CloneResponse(
        ResponseJson.@Nullable ApiError error,
        @Nullable String dealId,
        @Nullable String dealName,
        List<String> instanceIds,
        @Nullable String requestId) {

    /** A blank field counts as absent. */
    Deal deal() {
        return new Deal(blankToNull(dealId), blankToNull(dealName), instanceIds, requestId);
    }

    private CloneResponse cleaned() {
        return new CloneResponse(
                error == null ? null : new ResponseJson.ApiError(cleaned(error.code()), cleaned(error.message())),
                cleaned(dealId),
                cleaned(dealName),
                instanceIds.stream().map(ServerText::clean).toList(),
                cleaned(requestId));
    }

    private static @Nullable String cleaned(@Nullable String text) {
        return text == null ? null : ServerText.clean(text);
    }

    private static @Nullable String blankToNull(@Nullable String text) {
        return text == null || text.isBlank() ? null : text;
    }

    /** Reads responses. A null field counts as absent; a field with two values is an error. Thread-safe. */
    static final class Reader {

        private final JsonFactory factory = new JsonFactory();
        private final boolean failOnUnknown;

        Reader(boolean failOnUnknown) {
            this.failOnUnknown = failOnUnknown;
        }

        /** {@return the object under Response, or null if there is none} */
        @Nullable
        CloneResponse read(byte[] body) {
            try (JsonParser json = factory.createParser(ObjectReadContext.empty(), body)) {
                json.nextToken();
                check(json.hasToken(JsonToken.START_OBJECT), json);
                CloneResponse response = null;
                for (String name = json.nextName(); name != null; name = json.nextName()) {
                    if (!name.equals("Response")) {
                        skip(json);
                    } else if (hasValue(json, response)) {
                        response = response(json);
                    }
                }
                check(json.nextToken() == null, json);
                return response == null || ServerText.isPlain(body) ? response : response.cleaned();
            }
        }

        private CloneResponse response(JsonParser json) {
            check(json.hasToken(JsonToken.START_OBJECT), json);
            ResponseJson.ApiError error = null;
            String dealId = null;
            String dealName = null;
            List<String> instanceIds = null;
            String requestId = null;
            for (String name = json.nextName(); name != null; name = json.nextName()) {
                switch (name) {
                    case "Error" -> error = hasValue(json, error) ? error(json) : error;
                    case "DealId" -> dealId = hasValue(json, dealId) ? text(json) : dealId;
                    case "DealName" -> dealName = hasValue(json, dealName) ? text(json) : dealName;
                    case "InstanceIds" -> instanceIds = hasValue(json, instanceIds) ? texts(json) : instanceIds;
                    case "RequestId" -> requestId = hasValue(json, requestId) ? text(json) : requestId;
                    default -> skip(json);
                }
            }
            return new CloneResponse(error, dealId, dealName, instanceIds == null ? List.of() : instanceIds, requestId);
        }

        private ResponseJson.ApiError error(JsonParser json) {
            check(json.hasToken(JsonToken.START_OBJECT), json);
            String code = null;
            String message = null;
            for (String name = json.nextName(); name != null; name = json.nextName()) {
                switch (name) {
                    case "Code" -> code = hasValue(json, code) ? text(json) : code;
                    case "Message" -> message = hasValue(json, message) ? text(json) : message;
                    default -> skip(json);
                }
            }
            return new ResponseJson.ApiError(code, message);
        }

        private static List<String> texts(JsonParser json) {
            check(json.hasToken(JsonToken.START_ARRAY), json);
            List<String> texts = new ArrayList<>();
            while (json.nextToken() != JsonToken.END_ARRAY) {
                String text = json.hasToken(JsonToken.VALUE_NULL) ? "" : text(json);
                // A control character counts, because cleaning replaces it.
                if (!text.isBlank() || !ServerText.clean(text).isBlank()) {
                    texts.add(text);
                }
            }
            return texts;
        }

        /** A whole number is accepted in place of a text. */
        private static String text(JsonParser json) {
            check(json.hasToken(JsonToken.VALUE_STRING) || json.hasToken(JsonToken.VALUE_NUMBER_INT), json);
            return json.getString();
        }

        private static boolean hasValue(JsonParser json, @Nullable Object before) {
            check(json.nextToken() == JsonToken.VALUE_NULL || before == null, json);
            return !json.hasToken(JsonToken.VALUE_NULL);
        }

        private void skip(JsonParser json) {
            check(!failOnUnknown, json);
            json.nextToken();
            json.skipChildren();
        }

        private static void check(boolean holds, JsonParser json) {
            if (!holds) {
                throw new StreamReadException(json, "no response of the API has this form");
            }
        }
    }
}
