package io.ramet.reactor.run;

import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Decides which waiting element is next: the highest priority goes first, and elements of the same priority take turns
 * (round robin). The priority of an element is read when it is added, so it must be added again when its priority has
 * changed. No operation takes longer because many elements wait. Not thread-safe.
 */
final class TurnOrder<T> {

    private final TreeMap<Integer, Set<T>> turns = new TreeMap<>(Collections.reverseOrder());
    private final Map<T, Integer> waiting = new HashMap<>();
    private final ToIntFunction<T> priority;

    TurnOrder(ToIntFunction<T> priority) {
        this.priority = priority;
    }

    /** Adds an element behind all others of its priority, unless it is waiting there already. */
    void add(T element) {
        Integer now = priority.applyAsInt(element);
        if (!now.equals(waiting.get(element))) {
            remove(element);
            waiting.put(element, now);
            turns.computeIfAbsent(now, level -> new LinkedHashSet<>()).add(element);
        }
    }

    void remove(T element) {
        Integer level = waiting.remove(element);
        if (level != null) {
            turns.computeIfPresent(
                    level, (same, elements) -> elements.remove(element) && elements.isEmpty() ? null : elements);
        }
    }

    /** {@return the next element, which is removed; null if none is waiting} */
    @Nullable
    T poll() {
        Map.Entry<Integer, Set<T>> first = turns.firstEntry();
        if (first == null) {
            return null;
        }
        T next = first.getValue().iterator().next();
        remove(next);
        return next;
    }
}
