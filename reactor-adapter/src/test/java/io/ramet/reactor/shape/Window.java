package io.ramet.reactor.shape;

import java.util.List;

/** Counts requests as a server does. */
public final class Window {

    private static final long SECOND = 1_000_000_000L;

    private Window() {}

    /** The most of these instants in any half-open second. */
    public static int peak(List<Long> nanos) {
        List<Long> sorted = nanos.stream().sorted().toList();
        int most = 0;
        int from = 0;
        for (int to = 0; to < sorted.size(); to++) {
            while (sorted.get(to) - sorted.get(from) >= SECOND) {
                from++;
            }
            most = Math.max(most, to - from + 1);
        }
        return most;
    }
}
