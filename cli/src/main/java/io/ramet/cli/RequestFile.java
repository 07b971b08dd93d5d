package io.ramet.cli;

import io.ramet.error.InvalidValueException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads the file of {@code --request}, and reports all its mistakes at once, with line and column. Never quotes values:
 * one may be a password.
 */
final class RequestFile {

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    /** The type of a field, in the words of a message. */
    private enum Kind {
        TEXT("text in quotes"),
        NUMBER("a whole number"),
        TRUTH("true or false"),
        LIST("a list in [ ]"),
        OBJECT("an object in { }");

        private final String words;

        Kind(String words) {
            this.words = words;
        }

        private boolean fits(JsonToken token) {
            return switch (token) {
                case VALUE_NULL -> true;
                case VALUE_STRING -> this == TEXT;
                case VALUE_NUMBER_INT -> this == NUMBER;
                case VALUE_TRUE, VALUE_FALSE -> this == TRUTH;
                case START_ARRAY -> this == LIST;
                case START_OBJECT -> this == OBJECT;
                default -> false;
            };
        }
    }

    /** The fields of the API's action. */
    static final Map<String, Kind> FIELDS = fields();

    private RequestFile() {}

    private static Map<String, Kind> fields() {
        Map<String, Kind> fields = new TreeMap<>();
        put(fields, Kind.TEXT, "InstanceId", "BackupId", "Password", "VpcId", "SubnetId", "InstanceName");
        put(fields, Kind.TEXT, "TemplateId", "CloneTime", "ProductVersion");
        put(fields, Kind.NUMBER, "GoodsNum", "ZoneId", "BillingMode", "Period", "VPort", "AutoRenew", "ProjectId");
        put(fields, Kind.TRUTH, "NoAuth", "EncryptPassword", "EnableSSL", "SSLBindPrivateIPv4");
        put(fields, Kind.LIST, "SecurityGroupIdList", "NodeSet", "ResourceTags", "AlarmPolicyList");
        put(fields, Kind.OBJECT, "PasswordPolicy");
        return fields;
    }

    private static void put(Map<String, Kind> fields, Kind kind, String... names) {
        for (String name : names) {
            fields.put(name, kind);
        }
    }

    /**
     * Reads a request.
     *
     * @param name the name of the file in messages
     * @param text its content
     * @return its fields
     * @throws InvalidValueException if it is not a JSON object, or a field of it is unknown or of the wrong kind
     */
    static ObjectNode read(String name, String text) {
        String json = text.startsWith("\ufeff") ? text.substring(1) : text;
        try {
            List<String> mistakes = mistakes(json);
            InvalidValueException.unless(
                    mistakes.isEmpty(), "--request", name, String.join(System.lineSeparator(), mistakes));
            return (ObjectNode) JSON.readTree(json);
        } catch (JacksonException e) {
            // Only the place of Jackson's message: its text could quote a password.
            String place = e.getLocation() == null ? "" : "; the mistake is at " + at(e.getLocation());
            throw new InvalidValueException("--request", name, "must be JSON, with no field twice" + place);
        }
    }

    private static List<String> mistakes(String json) {
        List<String> mistakes = new ArrayList<>();
        try (JsonParser parser = JSON.createParser(json)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return List.of("must hold a JSON object");
            }
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                String field = parser.currentName();
                String place = at(parser.currentTokenLocation()) + ": ";
                JsonToken value = parser.nextToken();
                Kind kind = FIELDS.get(field);
                if (kind == null) {
                    mistakes.add(place
                            + nearest(field)
                                    .map(right -> "there is no field " + field + "; did you mean " + right + "?")
                                    .orElse("there is no field " + field));
                } else if (!kind.fits(value)) {
                    mistakes.add(place + field + " must be " + kind.words);
                }
                parser.skipChildren();
            }
        }
        return mistakes;
    }

    private static String at(TokenStreamLocation place) {
        return "line " + place.getLineNr() + ", column " + place.getColumnNr();
    }

    /** {@return the field that was probably meant: one that differs in at most a third of its letters} */
    private static Optional<String> nearest(String field) {
        String typed = field.toLowerCase(Locale.ROOT).replaceAll("[_-]", "");
        return FIELDS.keySet().stream()
                .min(Comparator.comparingInt(known -> distance(typed, known.toLowerCase(Locale.ROOT))))
                .filter(known -> distance(typed, known.toLowerCase(Locale.ROOT)) <= known.length() / 3);
    }

    /** The Levenshtein distance: the number of letters to change, remove or add. */
    private static int distance(String one, String other) {
        int[] row = new int[other.length() + 1];
        for (int column = 0; column < row.length; column++) {
            row[column] = column;
        }
        for (int line = 1; line <= one.length(); line++) {
            int diagonal = row[0];
            row[0] = line;
            for (int column = 1; column < row.length; column++) {
                int changed = diagonal + (one.charAt(line - 1) == other.charAt(column - 1) ? 0 : 1);
                diagonal = row[column];
                row[column] = Math.min(changed, Math.min(row[column], row[column - 1]) + 1);
            }
        }
        return row[other.length()];
    }
}
