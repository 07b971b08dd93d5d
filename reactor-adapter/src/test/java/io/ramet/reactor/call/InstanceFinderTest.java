package io.ramet.reactor.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ramet.error.LostResponse;
import io.ramet.error.NotSent;
import io.ramet.json.Listing.Instance;
import io.ramet.json.ResponseJson;
import io.ramet.model.CloneRequest;
import io.ramet.model.Deal;
import io.ramet.plan.CloneChunk;
import io.ramet.plan.ClonePlan;
import io.ramet.plan.PlanId;
import io.ramet.reactor.call.InstanceFinder.Sighting;
import io.ramet.reactor.shape.RequestShaper;
import io.ramet.reactor.transport.ApiRequest;
import io.ramet.reactor.transport.ApiResponse;
import io.ramet.reactor.transport.ApiTransport;
import io.ramet.sign.Credentials;
import io.ramet.sign.CredentialsProvider;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class InstanceFinderTest {

    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final Instant LISTED = Instant.parse("2026-11-24T10:00:00Z");

    private final ClonePlan plan = ClonePlan.of(
            PlanId.of("order-1"),
            CloneRequest.builder()
                    .instanceId("crs-1")
                    .backupId("b")
                    .goodsNum(600)
                    .payAsYouGo()
                    .zoneId(1)
                    .securityGroups("sg-1")
                    .noAuth()
                    .build());
    private final CloneChunk chunk = plan.chunk(1);
    private final List<Instance> inventory = new ArrayList<>();
    private final List<JsonNode> requests = new ArrayList<>();
    private Integer counted;
    private Runnable meanwhile = () -> {};
    private final InstanceFinder finder = finder(new Inventory());

    @Test
    void onlyTheExactNameCountsAmongFuzzyResults() {
        add("crs-a", chunk.instanceName());
        add("crs-b", chunk.instanceName() + "0");
        add("crs-c", "x" + chunk.instanceName());
        add("crs-d", chunk.instanceName());
        assertThat(finder.find(chunk).block(PATIENCE)).isEqualTo(new Sighting(List.of("crs-a", "crs-d"), LISTED));
        assertThat(requests.get(0).get("SearchKey").asString()).isEqualTo(chunk.instanceName());
    }

    @Test
    void everyPageIsRead() {
        IntStream.range(0, 2_500).forEach(i -> add("crs-" + i, i % 100 == 99 ? chunk.instanceName() : "other-" + i));
        assertThat(finder.find(chunk).block(PATIENCE).instanceIds()).hasSize(25).contains("crs-99", "crs-2499");
        assertThat(requests).extracting(body -> body.get("Offset").asInt()).containsExactly(0, 1_000, 2_000);
    }

    @Test
    void anEmptyListingIsNotAFailure() {
        assertThat(finder.find(chunk).block(PATIENCE)).isEqualTo(new Sighting(List.of(), LISTED));
    }

    @Test
    void aDealAddsItsInstances() {
        add("crs-a", chunk.instanceName());
        Sighting both =
                finder.find(chunk, new Deal("7", "2026", List.of(), null)).block(PATIENCE);
        assertThat(both.instanceIds()).containsExactly("crs-a", "crs-of-deal");
    }

    @Test
    void aLookUpThatFailsFails() {
        InstanceFinder blind = finder(new Inventory() {
            @Override
            public Mono<ApiResponse> exchange(Mono<ApiRequest> request) {
                return Mono.error(new IllegalStateException("blind"));
            }
        });
        assertThatThrownBy(() -> blind.find(chunk).block(PATIENCE)).hasMessage("blind");
    }

    @Test
    void allInstancesOfAPlanAreListedByChunk() {
        add("crs-a", chunk.instanceName());
        add("crs-b", "x" + plan.markRoot() + "-1");
        add("crs-c", "shop-" + plan.markRoot() + "-900");
        add("crs-d", chunk.instanceName());
        add("crs-e", chunk.instanceName() + "-old");
        add("crs-f", plan.markRoot());
        IntStream.range(0, 2_500).forEach(i -> add("crs-" + i, "other-" + i));
        add("crs-g", plan.chunk(0).instanceName());
        PlanListing listing = finder.find(plan).block(PATIENCE);
        assertThat(listing)
                .isEqualTo(new PlanListing(
                        Map.of(0, List.of("crs-g"), 1, List.of("crs-a", "crs-d"), 900, List.of("crs-c")),
                        List.of("crs-b", "crs-e")));
        assertThat(listing.isEmpty()).isFalse();
        assertThat(listing.instanceIds())
                .containsExactlyInAnyOrder("crs-a", "crs-b", "crs-c", "crs-d", "crs-e", "crs-g");
        assertThat(requests).extracting(body -> body.get("Offset").asInt()).containsExactly(0, 1_000, 2_000);
        assertThat(requests)
                .extracting(body -> body.get("SearchKey").asString())
                .containsOnly(plan.markRoot());
    }

    @Test
    void aPlanWithoutInstancesIsListedAsEmpty() {
        add("crs-a", "other");
        assertThat(finder.find(plan).block(PATIENCE).isEmpty()).isTrue();
        assertThat(finder.find(plan).block(PATIENCE).instanceIds()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "30,0",
        "30,29",
        "1,0",
        "1001,1000",
        "2500,999",
        "2500,1001",
        "2500,2499",
        "2147483647,0",
        "2147483647,5000"
    })
    void aListingThatHoldsFewerInstancesThanItsTotalCountIsAFailedLookUp(int total, int held) {
        counted = total;
        IntStream.range(0, held).forEach(i -> add("crs-" + i, "other-" + i));
        assertIncomplete(finder.find(chunk));
        assertIncomplete(finder.find(plan));
        assertIncomplete(finder.find(chunk, new Deal("7", "2026", List.of(), null)));
        assertIncomplete(finder.sees("crs-source"));
        assertThat(requests).as("a listing without an end is not read to it").hasSizeLessThan(20);
    }

    @Test
    void anInstanceThatIsListedTwiceDoesNotMakeUpForAnother() {
        IntStream.range(0, 1_001).forEach(i -> add("crs-" + (i % 1_000), "other"));
        assertIncomplete(finder.find(chunk));
        assertIncomplete(finder.find(plan));
    }

    @Test
    void aPurchaseWhileAListingIsReadDoesNotMakeItFail() {
        IntStream.range(0, 1_500).forEach(i -> add("crs-" + i, "other-" + i));
        meanwhile = () -> add("crs-new", "new-" + inventory.size());
        assertThat(finder.find(plan).block(PATIENCE).isEmpty()).isTrue();
        assertThat(requests).hasSize(2);
    }

    @Test
    void anInstanceIsSeenIfItIsListedAndNotIfTheListingIsEmpty() {
        assertThat(finder.sees("crs-a").block(PATIENCE)).isFalse();
        add("crs-a", "shop");
        assertThat(finder.sees("crs-a").block(PATIENCE)).isTrue();
        assertThat(finder.sees("crs-b").block(PATIENCE)).isFalse();
    }

    @Test
    void twentyPlansAreCheckedAtATime() {
        AtomicInteger begun = new AtomicInteger();
        Sinks.Empty<Void> first = Sinks.empty();
        for (int i = 0; i < 50; i++) {
            Mono<Void> end = i == 0 ? first.asMono() : Mono.never();
            finder.check(end.doOnSubscribe(subscribed -> begun.incrementAndGet()))
                    .subscribe();
        }
        assertThat(begun).hasValue(20);
        first.tryEmitEmpty();
        assertThat(begun).hasValue(21);
    }

    @Test
    void anExchangeWithoutAResponseIsAFailedLookUp() {
        InstanceFinder silent = finder(new Inventory() {
            @Override
            public Mono<ApiResponse> exchange(Mono<ApiRequest> request) {
                return Mono.empty();
            }
        });
        assertThatThrownBy(() -> silent.find(plan).block(PATIENCE)).hasMessage("an exchange without a response");
    }

    @Test
    void aLookUpWhosePermitHasExpiredTakesAnotherOneThreeTimes() {
        AtomicInteger late = new AtomicInteger();
        InstanceFinder slow = finder(new Inventory() {
            @Override
            public Mono<ApiResponse> exchange(Mono<ApiRequest> request) {
                return late.getAndDecrement() > 0
                        ? Mono.error(new NotSent(NotSent.Reason.TOO_LATE, "the permit has expired", null))
                        : super.exchange(request);
            }
        });
        late.set(3);
        assertThat(slow.find(chunk).block(PATIENCE).instanceIds()).isEmpty();
        late.set(4);
        assertThatThrownBy(() -> slow.find(chunk).block(PATIENCE)).isInstanceOf(NotSent.class);
    }

    private static void assertIncomplete(Mono<?> looking) {
        assertThatThrownBy(() -> looking.block(PATIENCE)).isInstanceOf(LostResponse.class);
    }

    private void add(String id, String name) {
        inventory.add(new Instance(id, name));
    }

    private static InstanceFinder finder(ApiTransport transport) {
        RequestSigner signer = new RequestSigner(
                "example",
                "ap-guangzhou",
                Clock.systemUTC(),
                CredentialsProvider.fixed(Credentials.of("id", "key")),
                Schedulers.immediate(),
                Schedulers.parallel());
        RequestShaper unlimited = RequestShaper.window(10_000);
        Map<String, RequestShaper> limits =
                Map.of("DescribeInstances", unlimited, "DescribeInstanceDealDetail", unlimited);
        Lookups lookups = new Lookups(signer, transport, new LookupQueue(40), true, limits);
        return new InstanceFinder(lookups, ResponseJson.strict());
    }

    /** Lists the instances there are, and knows one deal. */
    private class Inventory implements ApiTransport {

        @Override
        public Mono<ApiResponse> exchange(Mono<ApiRequest> request) {
            return request.map(ready -> {
                if (ready.headers().action().equals("DescribeInstanceDealDetail")) {
                    return respond("\"DealDetails\":[{\"DealId\":\"7\",\"DealName\":\"2026\","
                            + "\"InstanceIds\":[\"crs-a\",\"crs-of-deal\"]}]");
                }
                JsonNode body = JsonMapper.shared().readTree(new String(ready.body(), StandardCharsets.UTF_8));
                requests.add(body);
                int from = Math.min(inventory.size(), body.path("Offset").asInt(0));
                int to = Math.min(inventory.size(), from + body.path("Limit").asInt(20));
                int total = counted == null ? inventory.size() : counted;
                String instances = inventory.subList(from, to).stream()
                        .map(one -> "{\"InstanceId\":\"" + one.instanceId() + "\",\"InstanceName\":\""
                                + one.instanceName() + "\"}")
                        .collect(Collectors.joining(","));
                meanwhile.run();
                return respond("\"TotalCount\":" + total + ",\"InstanceSet\":[" + instances + "]");
            });
        }

        private ApiResponse respond(String fields) {
            String date = DateTimeFormatter.RFC_1123_DATE_TIME.format(LISTED.atOffset(ZoneOffset.UTC));
            String body = "{\"Response\":{" + fields + ",\"RequestId\":\"r\"}}";
            return new ApiResponse(200, date, body.getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public Mono<Void> disposeLater() {
            return Mono.empty();
        }
    }
}
