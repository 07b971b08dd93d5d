package io.ramet.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import com.sun.management.ThreadMXBean;
import io.ramet.error.ApiRefusal;
import io.ramet.error.InvalidValueException;
import io.ramet.error.LostResponse;
import io.ramet.model.CloneRequest;
import io.ramet.model.Deal;
import io.ramet.model.Fixtures;
import io.ramet.model.Secret;
import io.ramet.outcome.ChunkOutcome;
import io.ramet.plan.CloneChunk;
import io.ramet.plan.ClonePlan;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.BooleanNode;
import tools.jackson.databind.node.IntNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Damaged responses, requests and stored outcomes. A reader yields what the bytes say, by a second, plainer reader, or
 * a typed refusal: no other exception, no hang, no memory out of proportion. {@code -Dramet.fuzz=N} reads more inputs,
 * {@code -Dramet.seed=N} one.
 */
@Tag("slow")
class FuzzTest {

    private static final int INPUTS = Integer.getInteger("ramet.fuzz", 2_000);
    private static final Integer ONLY = Integer.getInteger("ramet.seed");
    private static final Duration LONGEST = Duration.ofMinutes(20);

    /** The bytes that a reader may allocate for each byte of an input, beside a fixed amount. */
    private static final long PER_BYTE = 2_000;

    private static final long FIXED = 2_000_000;

    private static final List<String> RESPONSES = List.of("""
            {"Response":{"DealId":"d-1","DealName":"n-1","InstanceIds":["crs-1","crs-2",null],"RequestId":"r-1"}}""", """
            {"Response":{"Error":{"Code":"ResourceUnavailable.SaleOut","Message":"none \\u2028 left"},"RequestId":"r-1"}}""", """
            {"Response":{"Error":null,"DealId":7,"InstanceIds":[],"New":{"a":[1,{"b":null}]},"RequestId":"r-1"}}""");

    private static final List<String> LISTINGS = List.of("""
            {"Response":{"TotalCount":2,"InstanceSet":[{"InstanceId":"crs-1","InstanceName":"a","Status":2},
            {"InstanceId":"crs-2","InstanceName":"","Tags":[{"k":1}]}],"RequestId":"r-1"}}""", """
            {"Response":{"TotalCount":0,"InstanceSet":[],"RequestId":"r-1"}}""", """
            {"Response":{"Error":{"Code":"UnauthorizedOperation","Message":"no"},"RequestId":"r-1"}}""");

    private static final List<String> DEALS = List.of("""
            {"Response":{"DealDetails":[{"DealId":"d-1","DealName":"n-1","InstanceIds":["crs-1","crs-1"]},
            {"DealId":"d-2","DealName":"n-2","InstanceIds":["crs-9"]}],"RequestId":"r-1"}}""", """
            {"Response":{"Error":{"Code":"InternalError","Message":"?"},"RequestId":"r-1"}}""");

    private static final List<String> REQUESTS = List.of("""
            {"InstanceId":"crs-xjhsdj12","BackupId":"154572601-1165734322-153705740","GoodsNum":250,"ZoneId":100003,
            "BillingMode":0,"SecurityGroupIdList":["sg-bmadczm1"],"Password":"Never-Print-Me-7"}""", """
            {"InstanceId":"crs-xjhsdj12","BackupId":"1-2-3","GoodsNum":3,"ZoneId":100003,"BillingMode":1,"Period":12,
            "AutoRenew":1,"SecurityGroupIdList":["sg-1","sg-2"],"NoAuth":true,"VpcId":"vpc-1","SubnetId":"subnet-1",
            "InstanceName":"shop","VPort":6380,"NodeSet":[{"NodeType":0,"ZoneId":1},{"NodeType":1,"ZoneId":2}],
            "ProjectId":7,"ResourceTags":[{"TagKey":"k","TagValue":"v"}],"TemplateId":"t-1","AlarmPolicyList":["p"],
            "CloneTime":"2026-03-04 05:06:07","EnableSSL":true,"ProductVersion":"local"}""", """
            {"InstanceId":"crs-xjhsdj12","BackupId":"1-2-3","GoodsNum":1,"ZoneId":100003,"BillingMode":0,"Period":1,
            "SecurityGroupIdList":["sg-1"],"Password":"Never-Print-Me-7","PasswordPolicy":{"Enabled":true}}""");

    private static final List<String> OUTCOMES = List.of("""
            {"outcome":"CLONED","dealId":"d-1","dealName":"n-1","instanceIds":["crs-1"],"requestId":"r-1"}""", """
            {"outcome":"NOT_CLONED","code":"ResourceUnavailable.SaleOut","requestId":"r-1","text":"none left"}""", """
            {"outcome":"IN_DOUBT","reached":"ANSWERED","text":"both","dealId":"d-1","instanceIds":["crs-1"]}""", """
            {"outcome":"IN_DOUBT","code":"InternalError","text":"?"}""");

    private static final Map<String, Integer> POLICY =
            Map.of("MinLetterCount", 1, "MinDigitCount", 1, "MinSpecialCount", 1, "MinLength", 8);

    private static final Deal REQUESTED = new Deal("d-1", "n-1", List.of(), null);

    private final RequestJson requests = RequestJson.shared();
    private final ResponseJson responses = ResponseJson.lenient();
    private final OutcomeJson outcomes = new OutcomeJson();
    private final JsonMapper plain = JsonMapper.builder().build();
    private final CloneChunk chunk =
            ClonePlan.of(Fixtures.minimal().goodsNum(3).payAsYouGo().build()).chunk(0);

    @Test
    void aResponseNamesTheDealThatItsBytesNameOrIsRefused() {
        fuzz(RESPONSES, bytes -> {
            try {
                Deal deal = responses.readDeal(200, bytes);
                Said said = Said.in(bytes);
                assertThat(said.of("Response.Error")).isEmpty();
                assertThat(deal.instanceIds())
                        .isEqualTo(said.of("Response.InstanceIds.").stream()
                                .filter(id -> !id.isBlank())
                                .distinct()
                                .toList());
                assertThat(deal.dealId()).isEqualTo(said.only("Response.DealId"));
                assertThat(deal.dealName()).isEqualTo(said.only("Response.DealName"));
                assertThat(deal.name().isPresent() || !deal.instanceIds().isEmpty())
                        .isTrue();
            } catch (ApiRefusal refusal) {
                assertIsSaid(refusal, bytes);
            } catch (LostResponse typed) {
                assertThat(typed.what()).isNotBlank();
                if (typed.dealId().isPresent() || typed.dealName().isPresent()) {
                    assertThat(Said.in(bytes).of("Response.InstanceIds.")).containsAll(typed.instanceIds());
                }
            }
        });
    }

    @Test
    void aListingHoldsWhatItsBytesHoldOrIsRefused() {
        fuzz(LISTINGS, bytes -> {
            try {
                Listing listing = responses.readListing(200, bytes);
                Said said = Said.in(bytes);
                assertThat(String.valueOf(listing.total())).isEqualTo(said.only("Response.TotalCount"));
                assertThat(listing.instances().stream()
                                .map(Listing.Instance::instanceId)
                                .toList())
                        .isEqualTo(said.of("Response.InstanceSet..InstanceId"));
                assertThat(listing.instances().stream()
                                .map(Listing.Instance::instanceName)
                                .toList())
                        .isEqualTo(said.of("Response.InstanceSet..InstanceName"));
            } catch (ApiRefusal refusal) {
                assertIsSaid(refusal, bytes);
            } catch (LostResponse typed) {
                assertThat(typed.what()).isNotBlank();
            }
        });
    }

    @Test
    void aDealsInstancesAreAmongThoseOfItsBytesOrTheyAreRefused() {
        fuzz(DEALS, bytes -> {
            try {
                List<String> ids = responses.readDealInstances(REQUESTED, 200, bytes);
                assertThat(Said.in(bytes).of("Response.DealDetails..InstanceIds."))
                        .containsAll(ids);
            } catch (ApiRefusal refusal) {
                assertIsSaid(refusal, bytes);
            } catch (LostResponse typed) {
                assertThat(typed.what()).isNotBlank();
            }
        });
    }

    @Test
    void aRequestSaysWhatItsBytesSayOrIsRefused() {
        fuzz(REQUESTS, bytes -> {
            String text = new String(bytes, StandardCharsets.UTF_8);
            try {
                CloneRequest request = requests.read(text);
                assertThat(plain.readTree(requests.writeWithoutPassword(request)))
                        .isEqualTo(expected(text));
            } catch (InvalidValueException typed) {
                assertThat(typed).hasMessageNotContaining("Never-Print-Me");
            }
        });
    }

    @Test
    void aStoredRequestSaysWhatItsBytesSayOrIsRefused() {
        fuzz(REQUESTS, bytes -> {
            String text = new String(bytes, StandardCharsets.UTF_8);
            try {
                CloneRequest request = requests.read(text, Secret.of("Never-Print-Me-7"));
                assertThat(plain.readTree(requests.writeWithoutPassword(request)))
                        .isEqualTo(expected(text));
            } catch (InvalidValueException typed) {
                assertThat(typed).hasMessageNotContaining("Never-Print-Me");
            }
        });
    }

    @Test
    void aStoredOutcomeIsReadAsItIsWrittenOrIsRefused() {
        fuzz(OUTCOMES, bytes -> {
            String text = new String(bytes, StandardCharsets.UTF_8);
            try {
                ChunkOutcome outcome = outcomes.read(chunk, text);
                JsonNode said = plain.readTree(text);
                JsonNode written = plain.readTree(outcomes.write(outcome));
                for (String field : List.of("outcome", "dealId", "dealName", "requestId", "code")) {
                    assertThat(written.path(field).asString(""))
                            .as(field)
                            .isEqualTo(said.path(field).asString(""));
                }
            } catch (JacksonException | InvalidValueException typed) {
                assertThat(typed).isNotNull();
            }
        });
    }

    private static void assertIsSaid(ApiRefusal refusal, byte[] bytes) {
        assertThat(refusal.code().name()).isEqualTo(Said.in(bytes).only("Response.Error.Code"));
    }

    /**
     * The written form of a request with these bytes: without its password and empty fields, with the API's defaults.
     */
    private JsonNode expected(String text) {
        ObjectNode said = (ObjectNode) plain.readTree(text);
        said.remove("Password");
        said.removeIf(
                value -> value.isNull() || value.equals(BooleanNode.FALSE) || (value.isArray() && value.isEmpty()));
        if (!said.path("BillingMode").equals(IntNode.valueOf(1))) {
            said.putIfAbsent("Period", IntNode.valueOf(1));
        }
        if (said.get("PasswordPolicy") instanceof ObjectNode policy) {
            policy.removeIf(JsonNode::isNull);
            POLICY.forEach((field, value) -> policy.putIfAbsent(field, IntNode.valueOf(value)));
        }
        said.path("NodeSet").forEach(node -> ((ObjectNode) node).removeIf(JsonNode::isNull));
        return said;
    }

    private static void fuzz(List<String> whole, Consumer<byte[]> property) {
        // Classes that are loaded on first use are not the input's.
        whole.forEach(text -> property.accept(text.getBytes(StandardCharsets.UTF_8)));
        Mutations mutations = new Mutations(whole);
        AtomicLong seed = new AtomicLong();
        ThreadMXBean memory = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        assertTimeoutPreemptively(
                LONGEST,
                () -> {
                    for (long each = ONLY == null ? 0 : ONLY; each < (ONLY == null ? INPUTS : ONLY + 1); each++) {
                        seed.set(each);
                        byte[] input = mutations.of(each);
                        long before = memory.getCurrentThreadAllocatedBytes();
                        try {
                            property.accept(input);
                        } catch (RuntimeException | AssertionError | StackOverflowError failure) {
                            throw new AssertionError(
                                    "seed " + each + ": " + new String(input, StandardCharsets.UTF_8), failure);
                        }
                        assertThat(memory.getCurrentThreadAllocatedBytes() - before)
                                .as("bytes allocated, seed %d", each)
                                .isLessThan(FIXED + PER_BYTE * input.length);
                    }
                },
                () -> "hangs at seed " + seed);
    }

    /** The scalars of a document by their paths, a point after each name and each array, nulls left out. */
    private record Said(Map<String, List<String>> values) {

        private static final JsonFactory FACTORY = new JsonFactory();

        static Said in(byte[] bytes) {
            Map<String, List<String>> values = new HashMap<>();
            Deque<String> path = new ArrayDeque<>();
            String at = "";
            try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), bytes)) {
                for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                    switch (token) {
                        case START_OBJECT, START_ARRAY -> {
                            add(values, at, "");
                            path.push(at);
                            at = at + (token == JsonToken.START_ARRAY ? "." : "");
                        }
                        case END_OBJECT, END_ARRAY -> at = path.pop();
                        case PROPERTY_NAME ->
                            at = path.peek() + (path.peek().isEmpty() ? "" : ".") + parser.currentName();
                        case VALUE_NULL -> {}
                        default -> add(values, at, ServerText.clean(parser.getString()));
                    }
                }
            }
            return new Said(values);
        }

        private static void add(Map<String, List<String>> values, String path, String value) {
            values.computeIfAbsent(path, first -> new ArrayList<>()).add(value);
        }

        List<String> of(String path) {
            return values.getOrDefault(path, List.of());
        }

        /** Null if it is said nowhere, or is blank. */
        String only(String path) {
            List<String> said = of(path);
            assertThat(said).hasSizeLessThanOrEqualTo(1);
            return said.isEmpty() || said.get(0).isBlank() ? null : said.get(0);
        }
    }
}
