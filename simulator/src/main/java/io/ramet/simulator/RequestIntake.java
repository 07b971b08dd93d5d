package io.ramet.simulator;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.function.LongPredicate;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Admits requests one at a time: each gets its number, its time, its place in the limit and its fault. Nothing slow
 * happens under the lock.
 */
final class RequestIntake {

    private static final Logger LOG = LoggerFactory.getLogger(RequestIntake.class);

    private final LongSupplier ticker;
    private final Map<String, RateLimit> limits;
    private final Duration leastLatency;
    private final Duration greatestLatency;
    private final Books books;
    private final SplittableRandom random;
    private final Map<String, LongPredicate> counters = new HashMap<>();
    private final Map<String, Long> ordinals = new HashMap<>();
    private long sequence;
    private Misbehaviour misbehaviour;

    RequestIntake(
            LongSupplier ticker,
            Map<String, RateLimit> limits,
            Duration leastLatency,
            Duration greatestLatency,
            Misbehaviour misbehaviour,
            Books books,
            long seed) {
        this.ticker = ticker;
        this.limits = Map.copyOf(limits);
        this.leastLatency = leastLatency;
        this.greatestLatency = greatestLatency;
        this.misbehaviour = misbehaviour;
        this.books = books;
        this.random = new SplittableRandom(seed);
    }

    /** Admits a request. A request without the common headers does not count against the limit. */
    synchronized Admission admit(String action, boolean complete) {
        long now = ticker.getAsLong();
        long ordinal = ordinals.merge(action, 1L, Long::sum);
        String requestId = new UUID(random.nextLong(), random.nextLong()).toString();
        Arrival arrival = new Arrival(++sequence, action, ordinal, now, requestId);
        books.arrived(arrival);
        boolean overLimit =
                complete && !counters.computeIfAbsent(action, this::newCounter).test(now);
        return new Admission(arrival, overLimit, fault(arrival), latency());
    }

    synchronized void misbehave(Misbehaviour next) {
        misbehaviour = next;
    }

    RateLimit limitOf(String action) {
        RateLimit limit = limits.get(action);
        return limit == null ? Action.publishedLimit(action) : limit;
    }

    private LongPredicate newCounter(String action) {
        return limitOf(action).counter();
    }

    private Fault fault(Arrival arrival) {
        try {
            return Objects.requireNonNull(misbehaviour.on(arrival), "misbehaviour returned null");
        } catch (RuntimeException bug) {
            LOG.error("{} {} misbehaviour failed, the response is a 500", arrival.action(), arrival.requestId(), bug);
            return Fault.status(500, Map.of(), false);
        }
    }

    private Duration latency() {
        long spread = greatestLatency.minus(leastLatency).toNanos();
        return spread == 0 ? leastLatency : leastLatency.plusNanos(random.nextLong(spread + 1));
    }
}
