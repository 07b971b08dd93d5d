package io.ramet.json;

import com.fasterxml.jackson.annotation.JsonInclude.Include;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import io.ramet.error.ApiRefusal;
import io.ramet.error.ErrorCodes;
import io.ramet.error.InvalidRequestException;
import io.ramet.error.LostAnswer;
import io.ramet.error.LostAnswer.Reached;
import io.ramet.model.CloneRequest;
import io.ramet.model.Deal;
import io.ramet.plan.ClonePlan;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Requests to JSON and answers from it, by the API's exact names. Absent means absent: no nulls. Thread-safe. */
public final class CloneJson {

    private static final String GOODS_NUM = "GoodsNum";
    private static final String INSTANCE_NAME = "InstanceName";
    private static final String PASSWORD = "Password";
    private static final List<String> REQUIRED =
            List.of("InstanceId", "BackupId", GOODS_NUM, "ZoneId", "BillingMode", "SecurityGroupIdList");
    private static final Pattern REQUEST_ID = Pattern.compile("\"RequestId\"\\s*:\\s*\"([A-Za-z0-9-]{1,64})\"");

    private final JsonMapper requests = mapper(true);
    // Prepared here, on the caller's thread: what Jackson looks up on first use, it looks up under a lock.
    private final ObjectWriter objects = requests.writerFor(ObjectNode.class);
    private final ObjectReader deals;
    private final ObjectReader listings;

    private CloneJson(boolean strict) {
        JsonMapper answers = mapper(strict);
        this.deals = answers.readerFor(CloneEnvelope.class);
        this.listings = answers.readerFor(ListingEnvelope.class);
    }

    /** {@return one that ignores what it does not know in answers, as a client must} */
    public static CloneJson lenient() {
        return new CloneJson(false);
    }

    /** {@return one that takes an answer with an unknown field for none, as tests must} */
    public static CloneJson strict() {
        return new CloneJson(true);
    }

    private static JsonMapper mapper(boolean failOnUnknown) {
        return WireNames.applyTo(JsonMapper.builder())
                .propertyNamingStrategy(PropertyNamingStrategies.UPPER_CAMEL_CASE)
                .changeDefaultPropertyInclusion(value -> value.withValueInclusion(Include.NON_EMPTY))
                .withConfigOverride(
                        List.class,
                        lists -> lists.setNullHandling(JsonSetter.Value.construct(Nulls.AS_EMPTY, Nulls.SKIP)))
                .disable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                .configure(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, failOnUnknown)
                .build();
    }

    /**
     * Prepares the bodies of a plan's calls.
     *
     * @param plan the plan
     * @return the bodies
     */
    public CloneBodies bodies(ClonePlan plan) {
        byte[] object = objects.writeValueAsBytes(tree(plan.request()).without(List.of(GOODS_NUM, INSTANCE_NAME)));
        return new CloneBodies(Arrays.copyOf(object, object.length - 1));
    }

    /**
     * A hash by which a journal tells whether a plan id comes back with another request. The password is left out: a hash
     * of it could be guessed at.
     *
     * @param plan the plan
     * @return SHA-256 in lower-case hex
     */
    public String fingerprint(ClonePlan plan) {
        byte[] object = objects.writeValueAsBytes(tree(plan.request()).without(PASSWORD));
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(object));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /**
     * Reads a request written with the API's own field names, GoodsNum of any size.
     *
     * @param json a JSON object
     * @return the request
     * @throws InvalidRequestException if it is not JSON, lacks a required field, has an unknown one, or breaks a rule
     */
    public CloneRequest readRequest(String json) {
        try {
            JsonNode root = requests.readTree(json);
            if (!(root instanceof ObjectNode object)) {
                throw new InvalidRequestException("request", "(JSON)", "must be a JSON object");
            }
            for (String field : REQUIRED) {
                InvalidRequestException.unless(object.hasNonNull(field), field, "(none)", "is required");
            }
            if (!object.has("Period")) {
                object.put("Period", 1);
            }
            return requests.treeToValue(object, CloneRequest.class);
        } catch (JacksonException e) {
            if (e.getCause() instanceof InvalidRequestException broken) {
                throw broken;
            }
            // Of Jackson's message only the place: the text could quote a password.
            throw new InvalidRequestException("request", at(e), "must be JSON with the API's own fields and types");
        }
    }

    private static String at(JacksonException e) {
        String path = e.getPathReference();
        return path == null || path.isEmpty() ? "(JSON)" : path.replaceAll("[A-Za-z.]+\\[", "[");
    }

    /**
     * Asks DescribeInstances for a name. The API's search is fuzzy: compare the names it finds.
     *
     * @param name the name
     * @param offset instances to skip, a multiple of {@code limit}
     * @param limit instances at most, 1 to 1000
     * @return the body of the call
     */
    public byte[] describeByName(String name, int offset, int limit) {
        return objects.writeValueAsBytes(requests.createObjectNode()
                .put("SearchKey", name)
                .put("Offset", offset)
                .put("Limit", limit));
    }

    /**
     * Reads the answer of CloneInstances.
     *
     * @param status the HTTP status
     * @param body the whole body
     * @return the deal
     * @throws ApiRefusal if the API answered with an error
     * @throws LostAnswer if this is not an answer of the API's; keeps the RequestId if one can be read
     */
    public Deal readDeal(int status, byte[] body) {
        CloneAnswer answer = read(status, body, deals, CloneEnvelope.class).response();
        boolean bought = answer.dealId() != null
                || answer.dealName() != null
                || !answer.instanceIds().isEmpty();
        if (answer.error() != null && bought) {
            throw new LostAnswer(Reached.ANSWERED, "both an error and a deal", answer.requestId(), null);
        }
        refuse(answer.error(), answer.requestId());
        if (!bought) {
            throw new LostAnswer(Reached.ANSWERED, "neither an error nor a deal", answer.requestId(), null);
        }
        List<String> ids = answer.instanceIds().stream().distinct().toList();
        return new Deal(answer.dealId(), answer.dealName(), ids, answer.requestId());
    }

    /**
     * Reads the answer of DescribeInstances.
     *
     * @param status the HTTP status
     * @param body the whole body
     * @return the page
     * @throws ApiRefusal if the API answered with an error
     * @throws LostAnswer if this is not an answer of the API's
     */
    public Listing readListing(int status, byte[] body) {
        ListingAnswer answer =
                read(status, body, listings, ListingEnvelope.class).response();
        refuse(answer.error(), answer.requestId());
        if (answer.totalCount() == null) {
            throw new LostAnswer(Reached.ANSWERED, "a listing without TotalCount", answer.requestId(), null);
        }
        return new Listing(answer.totalCount(), answer.instanceSet());
    }

    /**
     * Finds the RequestId in an answer of which not even the form is known.
     *
     * @param body what came of the answer
     * @return the RequestId, or null
     */
    public static @Nullable String requestIdIn(byte[] body) {
        Matcher found = REQUEST_ID.matcher(new String(body, StandardCharsets.ISO_8859_1));
        return found.find() ? found.group(1) : null;
    }

    private ObjectNode tree(CloneRequest request) {
        return requests.valueToTree(request);
    }

    /** The API answers 200 to all it has processed; any other status is a front end's, which knows nothing. */
    private static <T extends Envelope> T read(int status, byte[] body, ObjectReader reader, Class<T> type) {
        if (status != 200) {
            throw new LostAnswer(Reached.ANSWERED, "HTTP status " + status, requestIdIn(body), null);
        }
        try {
            T envelope = type.cast(reader.<Object>readValue(body));
            if (envelope != null && envelope.response() != null) {
                return envelope;
            }
            throw new LostAnswer(Reached.ANSWERED, "JSON without Response", requestIdIn(body), null);
        } catch (JacksonException e) {
            throw new LostAnswer(Reached.ANSWERED, "not the API's JSON", requestIdIn(body), e);
        }
    }

    private static void refuse(@Nullable ApiError error, @Nullable String requestId) {
        if (error == null) {
            return;
        }
        if (error.code() == null || error.code().isBlank()) {
            throw new LostAnswer(Reached.ANSWERED, "an error without a code", requestId, null);
        }
        throw new ApiRefusal(ErrorCodes.of(error.code()), error.message() == null ? "" : error.message(), requestId);
    }

    private interface Envelope {
        @Nullable
        Object response();
    }

    private record CloneEnvelope(CloneAnswer response) implements Envelope {}

    private record ListingEnvelope(ListingAnswer response) implements Envelope {}

    private record ApiError(@Nullable String code, @Nullable String message) {}

    private record CloneAnswer(
            @Nullable ApiError error,
            @Nullable String dealId,
            @Nullable String dealName,
            List<String> instanceIds,
            @Nullable String requestId) {}

    private record ListingAnswer(
            @Nullable ApiError error,
            @Nullable Integer totalCount,
            List<Listing.Instance> instanceSet,
            @Nullable String requestId) {}
}
