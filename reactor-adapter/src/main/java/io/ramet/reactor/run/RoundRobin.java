package io.ramet.reactor.run;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/** Whose turn it is: the highest priority first, and those of one priority round robin. Not thread-safe. */
final class RoundRobin<T> {

    private final Deque<T> waiting = new ArrayDeque<>();
    private final ToIntFunction<T> priority;

    RoundRobin(ToIntFunction<T> priority) {
        this.priority = priority;
    }

    /** Goes to the end, unless it is there already. */
    public void add(T one) {
        if (!waiting.contains(one)) {
            waiting.addLast(one);
        }
    }

    public void remove(T one) {
        waiting.remove(one);
    }

    /** {@return the next, which is no longer there; null if there is none} */
    @Nullable
    public T poll() {
        T next = null;
        int highest = Integer.MIN_VALUE;
        for (T one : waiting) {
            int its = priority.applyAsInt(one);
            if (next == null || its > highest) {
                next = one;
                highest = its;
            }
        }
        if (next != null) {
            waiting.remove(next);
        }
        return next;
    }
}
