package io.ramet.reactor.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TurnOrderTest {

    private final Map<String, Integer> priorities = new HashMap<>();
    private final TurnOrder<String> order = new TurnOrder<>(name -> priorities.getOrDefault(name, 0));

    @Test
    void elementsOfTheSamePriorityTakeTurns() {
        List.of("a", "b", "a").forEach(order::add);
        assertThat(order.poll()).isEqualTo("a");
        order.add("a");
        assertThat(all()).containsExactly("b", "a");
    }

    @Test
    void theHighestPriorityGoesFirst() {
        priorities.putAll(Map.of("low", -1, "high", 1));
        List.of("low", "middle", "high").forEach(order::add);
        assertThat(all()).containsExactly("high", "middle", "low");
    }

    @Test
    void anElementThatIsAddedAgainHasItsNewPriority() {
        List.of("a", "b", "c").forEach(order::add);
        priorities.putAll(Map.of("c", 1, "a", -1));
        List.of("c", "a").forEach(order::add);
        assertThat(all()).containsExactly("c", "b", "a");
    }

    @Test
    void anElementThatIsRemovedIsNotReturned() {
        List.of("a", "b").forEach(order::add);
        order.remove("a");
        order.remove("unknown");
        assertThat(all()).containsExactly("b");
    }

    private List<String> all() {
        List<String> all = new ArrayList<>();
        for (String next = order.poll(); next != null; next = order.poll()) {
            all.add(next);
        }
        return all;
    }
}
