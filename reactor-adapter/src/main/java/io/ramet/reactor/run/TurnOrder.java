package io.ramet.reactor.run;

import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Decides which waiting element is next: the highest priority goes first, and elements of the same priority take turns
 * (round robin). Not thread-safe.
 */
final class TurnOrder<T> {

    private final Set<T> waiting = new LinkedHashSet<>();
    private final ToIntFunction<T> priority;

    TurnOrder(ToIntFunction<T> priority) {
        this.priority = priority;
    }

    /** Adds an element at the end, unless it is waiting already. */
    void add(T element) {
        waiting.add(element);
    }

    void remove(T element) {
        waiting.remove(element);
    }

    /** {@return the next element, which is removed; null if none is waiting} */
    @Nullable
    T poll() {
        T next = null;
        int highest = Integer.MIN_VALUE;
        for (T element : waiting) {
            int its = priority.applyAsInt(element);
            if (next == null || its > highest) {
                next = element;
                highest = its;
            }
        }
        if (next != null) {
            waiting.remove(next);
        }
        return next;
    }
}
