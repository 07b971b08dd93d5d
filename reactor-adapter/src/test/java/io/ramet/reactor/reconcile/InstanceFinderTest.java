package io.ramet.reactor.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ramet.json.CloneJson;
import io.ramet.json.Listing;
import io.ramet.json.Listing.Instance;
import io.ramet.model.CloneRequest;
import io.ramet.model.Deal;
import io.ramet.plan.CloneChunk;
import io.ramet.plan.ClonePlan;
import io.ramet.plan.PlanId;
import io.ramet.reactor.reconcile.InstanceFinder.Lookup;
import io.ramet.reactor.reconcile.InstanceFinder.Page;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class InstanceFinderTest {

    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final Instant LISTED = Instant.parse("2026-11-24T10:00:00Z");

    private final CloneChunk chunk = ClonePlan.of(
                    PlanId.of("order-1"),
                    CloneRequest.builder()
                            .instanceId("crs-1")
                            .backupId("b")
                            .goodsNum(600)
                            .payAsYouGo()
                            .zoneId(1)
                            .securityGroups("sg-1")
                            .noAuth()
                            .build())
            .chunk(1);
    private final List<Instance> estate = new ArrayList<>();
    private final List<JsonNode> asked = new ArrayList<>();
    private final InstanceFinder finder = new InstanceFinder(CloneJson.strict(), new Estate());

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
        InstanceFinder blind = new InstanceFinder(CloneJson.strict(), new Estate() {
            @Override
            public Mono<Page> instances(byte[] body) {
                return Mono.error(new IllegalStateException("blind"));
            }
        });
        assertThatThrownBy(() -> blind.find(chunk).block(PATIENCE)).hasMessage("blind");
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
                int from = Math.min(estate.size(), call.get("Offset").asInt());
                int to = Math.min(estate.size(), from + call.get("Limit").asInt());
                return new Page(new Listing(estate.size(), estate.subList(from, to)), LISTED);
            });
        }

        @Override
        public Mono<List<String>> deal(byte[] body) {
            return Mono.just(List.of("crs-a", "crs-of-deal"));
        }
    }
}
