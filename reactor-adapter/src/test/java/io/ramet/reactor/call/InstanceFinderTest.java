package io.ramet.reactor.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ramet.error.LostResponse;
import io.ramet.json.Listing;
import io.ramet.json.Listing.Instance;
import io.ramet.model.CloneRequest;
import io.ramet.model.Deal;
import io.ramet.plan.CloneChunk;
import io.ramet.plan.ClonePlan;
import io.ramet.plan.PlanId;
import io.ramet.reactor.call.InstanceFinder.Lookup;
import io.ramet.reactor.call.InstanceFinder.Page;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.publisher.Mono;
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
    private final List<Instance> estate = new ArrayList<>();
    private final List<JsonNode> asked = new ArrayList<>();
    private Integer counted;
    private Runnable meanwhile = () -> {};
    private final InstanceFinder finder = new InstanceFinder(new Estate());

    @Test
    void amongFuzzyResultsOnlyTheExactNameCounts() {
        add("crs-a", chunk.instanceName());
        add("crs-b", chunk.instanceName() + "0");
        add("crs-c", "x" + chunk.instanceName());
        add("crs-d", chunk.instanceName());
        assertThat(finder.find(chunk).block(PATIENCE)).isEqualTo(new Sighting(List.of("crs-a", "crs-d"), LISTED));
        assertThat(asked.get(0).get("SearchKey").asString()).isEqualTo(chunk.instanceName());
    }

    @Test
    void everyPageIsRead() {
        IntStream.range(0, 2_500).forEach(i -> add("crs-" + i, i % 100 == 99 ? chunk.instanceName() : "other-" + i));
        assertThat(finder.find(chunk).block(PATIENCE).instanceIds()).hasSize(25).contains("crs-99", "crs-2499");
        assertThat(asked).extracting(body -> body.get("Offset").asInt()).containsExactly(0, 1_000, 2_000);
    }

    @Test
    void nothingThereIsNotAFailure() {
        assertThat(finder.find(chunk).block(PATIENCE)).isEqualTo(new Sighting(List.of(), LISTED));
    }

    @Test
    void aDealAddsTheInstancesThatItKnows() {
        add("crs-a", chunk.instanceName());
        Sighting both =
                finder.find(chunk, new Deal("7", "2026", List.of(), null)).block(PATIENCE);
        assertThat(both.instanceIds()).containsExactly("crs-a", "crs-of-deal");
    }

    @Test
    void aLookThatFailsFails() {
        InstanceFinder blind = new InstanceFinder(new Estate() {
            @Override
            public Mono<Page> instances(byte[] body) {
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
                        List.of("crs-b", "crs-e"),
                        LISTED));
        assertThat(listing.isEmpty()).isFalse();
        assertThat(listing.instanceIds())
                .containsExactlyInAnyOrder("crs-a", "crs-b", "crs-c", "crs-d", "crs-e", "crs-g");
        assertThat(asked).extracting(body -> body.get("Offset").asInt()).containsExactly(0, 1_000, 2_000);
        assertThat(asked).extracting(body -> body.get("SearchKey").asString()).containsOnly(plan.markRoot());
    }

    @Test
    void aPlanOfWhichNothingExistsIsListedAsEmpty() {
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
        assertThat(asked).as("a listing without an end is not read to it").hasSizeLessThan(20);
    }

    @Test
    void anInstanceThatIsListedTwiceDoesNotMakeUpForAnother() {
        IntStream.range(0, 1_001).forEach(i -> add("crs-" + (i % 1_000), "other"));
        assertIncomplete(finder.find(chunk));
        assertIncomplete(finder.find(plan));
    }

    @Test
    void whatWasBoughtWhileAListingWasReadDoesNotMakeItFail() {
        IntStream.range(0, 1_500).forEach(i -> add("crs-" + i, "other-" + i));
        meanwhile = () -> add("crs-new", "new-" + estate.size());
        assertThat(finder.find(plan).block(PATIENCE).isEmpty()).isTrue();
        assertThat(asked).hasSize(2);
    }

    @Test
    void anInstanceIsSeenIfItIsListedAndNotIfTheListingIsEmpty() {
        assertThat(finder.sees("crs-a").block(PATIENCE)).isFalse();
        add("crs-a", "shop");
        assertThat(finder.sees("crs-a").block(PATIENCE)).isTrue();
        assertThat(finder.sees("crs-b").block(PATIENCE)).isFalse();
    }

    private static void assertIncomplete(Mono<?> looking) {
        assertThatThrownBy(() -> looking.block(PATIENCE)).isInstanceOf(LostResponse.class);
    }

    private void add(String id, String name) {
        estate.add(new Instance(id, name));
    }

    private class Estate implements Lookup {
        @Override
        public Mono<Page> instances(byte[] body) {
            return Mono.fromSupplier(() -> {
                JsonNode call = JsonMapper.shared().readTree(new String(body, StandardCharsets.UTF_8));
                asked.add(call);
                int from = Math.min(estate.size(), call.path("Offset").asInt(0));
                int to = Math.min(estate.size(), from + call.path("Limit").asInt(20));
                Page page = new Page(
                        new Listing(counted == null ? estate.size() : counted, estate.subList(from, to)), LISTED);
                meanwhile.run();
                return page;
            });
        }

        @Override
        public Mono<List<String>> deal(Deal deal) {
            return Mono.just(List.of("crs-a", "crs-of-deal"));
        }
    }
}
