package io.ramet.json;

import static tools.jackson.databind.cfg.CoercionAction.Fail;

import com.fasterxml.jackson.annotation.JsonInclude.Include;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import io.ramet.error.ApiRefusal;
import io.ramet.error.ErrorCodes;
import io.ramet.error.InvalidValueException;
import io.ramet.error.LostResponse;
import io.ramet.error.LostResponse.Phase;
import io.ramet.model.BillingMode;
import io.ramet.model.CloneRequest;
import io.ramet.model.Deal;
import io.ramet.model.Secret;
import io.ramet.plan.ClonePlan;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.node.IntNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.type.LogicalType;

/** Requests to JSON and answers from it, by the API's exact names. Absent means absent: no nulls. Thread-safe. */
public final class CloneJson {

    private static final String GOODS_NUM = "GoodsNum";
    private static final String INSTANCE_NAME = "InstanceName";
    private static final String PASSWORD = "Password";
    private static final List<String> REQUIRED =
            List.of("InstanceId", "BackupId", GOODS_NUM, "ZoneId", "BillingMode", "Period", "SecurityGroupIdList");
    private static final JsonNode MONTHLY = IntNode.valueOf(BillingMode.MONTHLY.wireValue());
    private static final Pattern REQUEST_ID = Pattern.compile("\"RequestId\"\\s*:\\s*\"([A-Za-z0-9-]{1,64})\"");

    private final JsonMapper requests = mapper(true, Nulls.FAIL)
            .withCoercionConfig(LogicalType.Textual, text -> text.setCoercion(CoercionInputShape.Integer, Fail))
            .build();
    // Prepared here, on the caller's thread: what Jackson looks up on first use, it looks up under a lock.
    private final ObjectWriter objects = requests.writerFor(ObjectNode.class);
    private final CloneResponse.Reader deals;
    private final ObjectReader listings;
    private final ObjectReader dealDetails;

    private CloneJson(boolean strict) {
        JsonMapper answers = mapper(strict, Nulls.SKIP)
                .addModule(new SimpleModule().addDeserializer(String.class, new ServerText()))
                .build();
        this.deals = new CloneResponse.Reader(strict);
        this.listings = answers.readerFor(ListingEnvelope.class);
        this.dealDetails = answers.readerFor(DealDetailEnvelope.class);
    }

    /** {@return the one that ignores what it does not know in answers, as a client must; made once, for it is not quick} */
    public static CloneJson lenient() {
        return Lenient.SHARED;
    }

    private static final class Lenient {
        static final CloneJson SHARED = new CloneJson(false);
    }

    /**
     * As a test must have it.
     *
     * @return one that takes an answer with an unknown field for no answer; of an instance in a listing, whose many
     *     fields are of no use here, it too reads only the id and the name
     */
    public static CloneJson strict() {
        return new CloneJson(true);
    }

    /** Numbers stay numbers and words words: a GoodsNum of 2.5 or "3" is a slip, and a slip costs money. */
    private static JsonMapper.Builder mapper(boolean failOnUnknown, Nulls elements) {
        return WireNames.applyTo(JsonMapper.builder())
                .propertyNamingStrategy(PropertyNamingStrategies.UPPER_CAMEL_CASE)
                .changeDefaultPropertyInclusion(value -> value.withValueInclusion(Include.NON_EMPTY))
                .withConfigOverride(
                        List.class,
                        lists -> lists.setNullHandling(JsonSetter.Value.construct(Nulls.AS_EMPTY, elements)))
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
                .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT, DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                .withCoercionConfig(
                        LogicalType.Textual,
                        text -> text.setCoercion(CoercionInputShape.Boolean, Fail)
                                .setCoercion(CoercionInputShape.Float, Fail))
                .configure(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, failOnUnknown);
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
     * Writes a request for keeping: by the API's names, GoodsNum of any size, without its password.
     *
     * @param request the request
     * @return a JSON object
     */
    public String writeWithoutPassword(CloneRequest request) {
        return objects.writeValueAsString(tree(request).without(PASSWORD));
    }

    /**
     * Reads a request that was kept without its password.
     *
     * @param json what {@link #writeWithoutPassword} wrote
     * @param password the password, or null for a request without one
     * @return the request
     * @throws InvalidValueException if it breaks a rule, such as a password that is missing
     */
    public CloneRequest readRequest(String json, @Nullable Secret password) {
        if (password == null) {
            return readRequest(json);
        }
        try {
            ObjectNode object = (ObjectNode) requests.readTree(json);
            return readRequest(objects.writeValueAsString(object.put(PASSWORD, password.reveal())));
        } catch (JacksonException | ClassCastException e) {
            throw new InvalidValueException("request", "(JSON)", "must be a JSON object");
        }
    }

    /**
     * Reads a request written with the API's own field names, GoodsNum of any size. A field that is null counts as absent;
     * Period may be absent with pay-as-you-go, and what is absent in a PasswordPolicy has the API's defaults.
     *
     * @param json a JSON object
     * @return the request
     * @throws InvalidValueException if it is not JSON, lacks a required field, has an unknown one, or breaks a rule
     */
    public CloneRequest readRequest(String json) {
        try {
            JsonNode root = requests.readTree(json);
            if (!(root instanceof ObjectNode object)) {
                throw new InvalidValueException("request", "(JSON)", "must be a JSON object");
            }
            dropNulls(object);
            if (!MONTHLY.equals(object.get("BillingMode"))) {
                object.putIfAbsent("Period", IntNode.valueOf(1));
            }
            if (object.get("PasswordPolicy") instanceof ObjectNode policy) {
                policy.putIfAbsent("MinLetterCount", IntNode.valueOf(1));
                policy.putIfAbsent("MinDigitCount", IntNode.valueOf(1));
                policy.putIfAbsent("MinSpecialCount", IntNode.valueOf(1));
                policy.putIfAbsent("MinLength", IntNode.valueOf(8));
            }
            for (String field : REQUIRED) {
                InvalidValueException.unless(object.has(field), field, "(none)", "is required");
            }
            return requests.treeToValue(object, CloneRequest.class);
        } catch (JacksonException e) {
            if (e.getCause() instanceof InvalidValueException broken) {
                throw broken;
            }
            // Of Jackson's message only the place: the text could quote a password.
            throw new InvalidValueException(
                    "request", at(e), "must be JSON with the API's own fields and types, no field twice");
        }
    }

    private static void dropNulls(JsonNode node) {
        if (node instanceof ObjectNode object) {
            object.removeIf(JsonNode::isNull);
        }
        node.forEach(CloneJson::dropNulls);
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
     * Asks DescribeInstances for one instance.
     *
     * @param instanceId its id, such as {@code crs-xjhsdj12}
     * @return the body of the call
     */
    public byte[] describeById(String instanceId) {
        return objects.writeValueAsBytes(requests.createObjectNode().put("InstanceId", instanceId));
    }

    /**
     * Asks DescribeInstanceDealDetail for a deal.
     *
     * @param deal a deal with a DealName or a DealId
     * @return the body of the call
     */
    public byte[] describeDeal(Deal deal) {
        ObjectNode body = requests.createObjectNode();
        if (deal.dealName() != null) {
            body.put("DealName", deal.dealName());
        } else if (deal.dealId() != null) {
            body.putArray("DealIds").add(deal.dealId());
        }
        return objects.writeValueAsBytes(body);
    }

    /**
     * Reads the response of DescribeInstanceDealDetail. Other deals in it are ignored.
     *
     * @param deal the deal that was asked for
     * @param status the HTTP status
     * @param body the whole body
     * @return the ids of the deal's instances, each once
     * @throws ApiRefusal if the API answered with an error
     * @throws LostResponse if this is not an answer of the API's
     */
    public List<String> readDealInstances(Deal deal, int status, byte[] body) {
        DealDetailAnswer answer = read(status, body, json -> response(dealDetails, json, DealDetailEnvelope.class));
        refuse(answer.error(), answer.requestId());
        return answer.dealDetails().stream()
                .filter(detail -> detail.isOf(deal))
                .flatMap(detail -> detail.instanceIds().stream())
                .distinct()
                .toList();
    }

    /**
     * Reads the answer of CloneInstances.
     *
     * @param status the HTTP status
     * @param body the whole body
     * @return the deal
     * @throws ApiRefusal if the API answered with an error
     * @throws LostResponse if this is not an answer of the API's; keeps the RequestId if one can be read
     */
    public Deal readDeal(int status, byte[] body) {
        CloneResponse answer = read(status, body, deals::read);
        Deal deal = answer.deal();
        boolean bought = deal.name().isPresent() || !deal.instanceIds().isEmpty();
        if (answer.error() != null && bought) {
            String what = "both the error " + answer.error().code() + " and a deal, "
                    + deal.name().orElse("without a name") + " " + deal.instanceIds();
            throw new LostResponse(what, deal.dealId(), deal.dealName(), deal.instanceIds(), deal.requestId());
        }
        refuse(answer.error(), answer.requestId());
        if (!bought) {
            throw new LostResponse(Phase.ANSWERED, "neither an error nor a deal", answer.requestId(), null);
        }
        return deal;
    }

    /**
     * Reads the answer of DescribeInstances.
     *
     * @param status the HTTP status
     * @param body the whole body
     * @return the page
     * @throws ApiRefusal if the API answered with an error
     * @throws LostResponse if this is not an answer of the API's
     */
    public Listing readListing(int status, byte[] body) {
        ListingAnswer answer = read(status, body, json -> response(listings, json, ListingEnvelope.class));
        refuse(answer.error(), answer.requestId());
        if (answer.totalCount() == null || answer.totalCount() < 0) {
            throw new LostResponse(Phase.ANSWERED, "a listing without TotalCount", answer.requestId(), null);
        }
        if (answer.instanceSet() == null) {
            throw new LostResponse(Phase.ANSWERED, "a listing without InstanceSet", answer.requestId(), null);
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
    private static <T> T read(int status, byte[] body, Function<byte[], @Nullable T> reading) {
        if (status != 200) {
            throw new LostResponse(Phase.ANSWERED, "HTTP status " + status, requestIdIn(body), null);
        }
        try {
            T answer = reading.apply(body);
            if (answer != null) {
                return answer;
            }
            throw new LostResponse(Phase.ANSWERED, "JSON without Response", requestIdIn(body), null);
        } catch (JacksonException e) {
            // Without Jackson's own exception: its message quotes the answer, and the answer may quote the request.
            String what = "not the API's JSON (" + e.getClass().getSimpleName() + ")";
            throw new LostResponse(Phase.ANSWERED, what, requestIdIn(body), null);
        }
    }

    private static <T> @Nullable T response(ObjectReader reader, byte[] json, Class<? extends Envelope<T>> type) {
        Envelope<T> envelope = type.cast(reader.<Object>readValue(json));
        return envelope == null ? null : envelope.response();
    }

    private static void refuse(@Nullable ApiError error, @Nullable String requestId) {
        if (error == null) {
            return;
        }
        if (error.code() == null || error.code().isBlank()) {
            throw new LostResponse(Phase.ANSWERED, "an error without a code", requestId, null);
        }
        throw new ApiRefusal(ErrorCodes.of(error.code()), error.message() == null ? "" : error.message(), requestId);
    }

    private interface Envelope<T> {
        @Nullable
        T response();
    }

    private record ListingEnvelope(ListingAnswer response) implements Envelope<ListingAnswer> {}

    private record DealDetailEnvelope(DealDetailAnswer response) implements Envelope<DealDetailAnswer> {}

    private record DealDetailAnswer(
            @Nullable ApiError error,
            List<DealDetail> dealDetails,
            @Nullable String requestId) {}

    record DealDetail(@Nullable String dealId, @Nullable String dealName, List<String> instanceIds) {

        /** By either name: what one action calls DealId may be what the other calls DealName. */
        boolean isOf(Deal deal) {
            return Stream.of(dealId, dealName)
                    .anyMatch(name -> name != null && (name.equals(deal.dealName()) || name.equals(deal.dealId())));
        }
    }

    record ApiError(@Nullable String code, @Nullable String message) {}

    private record ListingAnswer(
            @Nullable ApiError error,
            @Nullable Integer totalCount,

            @JsonSetter(nulls = Nulls.SET, contentNulls = Nulls.FAIL) @Nullable
            List<Listing.Instance> instanceSet,

            @Nullable String requestId) {}
}
