package io.ramet.json;

import static tools.jackson.databind.cfg.CoercionAction.Fail;

import io.ramet.error.InvalidValueException;
import io.ramet.model.BillingMode;
import io.ramet.model.CloneRequest;
import io.ramet.model.Deal;
import io.ramet.model.Secret;
import io.ramet.plan.ClonePlan;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.IntNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.type.LogicalType;

/** Requests as JSON, by the API's exact field names. An absent field is left out, never null. Thread-safe. */
public final class RequestJson {

    private static final String GOODS_NUM = "GoodsNum";
    private static final String INSTANCE_NAME = "InstanceName";
    private static final String PASSWORD = "Password";
    private static final List<String> REQUIRED =
            List.of("InstanceId", "BackupId", GOODS_NUM, "ZoneId", "BillingMode", "Period", "SecurityGroupIdList");
    private static final JsonNode MONTHLY = IntNode.valueOf(BillingMode.MONTHLY.wireValue());

    private final JsonMapper mapper = WireNames.mapper()
            .withCoercionConfig(LogicalType.Textual, text -> text.setCoercion(CoercionInputShape.Integer, Fail))
            .build();
    // Created here, on the caller's thread, because Jackson takes a lock for what it looks up on first use.
    private final ObjectWriter objects = mapper.writerFor(ObjectNode.class);

    private RequestJson() {}

    /** {@return the only instance. It is created on first use, which takes some tens of milliseconds} */
    public static RequestJson shared() {
        return Holder.SHARED;
    }

    private static final class Holder {
        static final RequestJson SHARED = new RequestJson();
    }

    /**
     * Prepares the bodies of a plan's requests.
     *
     * @param plan the plan
     * @return the bodies
     */
    public CloneBodies bodies(ClonePlan plan) {
        byte[] object = objects.writeValueAsBytes(tree(plan.request()).without(List.of(GOODS_NUM, INSTANCE_NAME)));
        return new CloneBodies(Arrays.copyOf(object, object.length - 1));
    }

    /**
     * A hash by which a journal notices that a plan id is used again with another request. It leaves the password out,
     * because the password could be guessed from the hash.
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
     * Writes a request for a journal: by the API's names, with a GoodsNum of any size, without its password.
     *
     * @param request the request
     * @return a JSON object
     */
    public String writeWithoutPassword(CloneRequest request) {
        return objects.writeValueAsString(tree(request).without(PASSWORD));
    }

    /**
     * Reads a request that was written without its password.
     *
     * @param json what {@link #writeWithoutPassword} wrote
     * @param password the password, or null for a request without one
     * @return the request
     * @throws InvalidValueException if it breaks a rule, such as a missing password
     */
    public CloneRequest read(String json, @Nullable Secret password) {
        if (password == null) {
            return read(json);
        }
        try {
            ObjectNode object = (ObjectNode) mapper.readTree(json);
            return read(objects.writeValueAsString(object.put(PASSWORD, password.reveal())));
        } catch (JacksonException | ClassCastException e) {
            throw new InvalidValueException("request", "(JSON)", "must be a JSON object");
        }
    }

    /**
     * Reads a request written with the API's own field names and a GoodsNum of any size. A null field counts as absent.
     * Period may be absent with pay-as-you-go; absent fields of a PasswordPolicy have the API's defaults.
     *
     * @param json a JSON object
     * @return the request
     * @throws InvalidValueException if it is not JSON, lacks a required field, has an unknown one, or breaks a rule
     */
    public CloneRequest read(String json) {
        try {
            JsonNode root = mapper.readTree(json);
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
            return mapper.treeToValue(object, CloneRequest.class);
        } catch (JacksonException e) {
            if (e.getCause() instanceof InvalidValueException broken) {
                throw broken;
            }
            if (e.getCause() instanceof WireNames.UnknownNumberException unknown) {
                throw new InvalidValueException("request", at(e), String.valueOf(unknown.getMessage()));
            }
            // Only the place: Jackson's message could quote a password.
            throw new InvalidValueException(
                    "request", at(e), "must be JSON with the API's own fields and types, no field twice");
        }
    }

    private static void dropNulls(JsonNode node) {
        if (node instanceof ObjectNode object) {
            object.removeIf(JsonNode::isNull);
        }
        node.forEach(RequestJson::dropNulls);
    }

    private static String at(JacksonException e) {
        String path = e.getPathReference();
        return path == null || path.isEmpty() ? "(JSON)" : path.replaceAll("[A-Za-z.]+\\[", "[");
    }

    /**
     * The body of a DescribeInstances request for a name. The API's search is fuzzy: compare the names that it finds.
     *
     * @param name the name
     * @param offset instances to skip, a multiple of {@code limit}
     * @param limit instances at most, 1 to 1000
     * @return a JSON object in UTF-8
     */
    public byte[] describeByName(String name, int offset, int limit) {
        return objects.writeValueAsBytes(mapper.createObjectNode()
                .put("SearchKey", name)
                .put("Offset", offset)
                .put("Limit", limit));
    }

    /**
     * The body of a DescribeInstances request for one instance.
     *
     * @param instanceId its id, such as {@code crs-xjhsdj12}
     * @return a JSON object in UTF-8
     */
    public byte[] describeById(String instanceId) {
        return objects.writeValueAsBytes(mapper.createObjectNode().put("InstanceId", instanceId));
    }

    /**
     * The body of a DescribeInstanceDealDetail request for a deal.
     *
     * @param deal a deal with a DealName or a DealId
     * @return a JSON object in UTF-8
     */
    public byte[] describeDeal(Deal deal) {
        ObjectNode body = mapper.createObjectNode();
        if (deal.dealName() != null) {
            body.put("DealName", deal.dealName());
        } else if (deal.dealId() != null) {
            body.putArray("DealIds").add(deal.dealId());
        }
        return objects.writeValueAsBytes(body);
    }

    private ObjectNode tree(CloneRequest request) {
        return mapper.valueToTree(request);
    }
}
