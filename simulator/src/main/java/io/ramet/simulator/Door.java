package io.ramet.simulator;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where requests arrive one at a time: each gets its number, its time, its place in the limit and its fault. That, and
 * nothing slow, happens under a lock.
 */
final class Door {

    private static final Logger LOG = LoggerFactory.getLogger(Door.class);

    private final LongSupplier ticker;
    private final Map<String, RateLimit> limits;
    private final Duration leastLatency;
    private final Duration greatestLatency;
    private final Books books;
    private final SplittableRandom chance;
    private final Map<String, Gate> gates = new HashMap<>();
    private final Map<String, Long> ordinals = new HashMap<>();
    private long sequence;
    private Misbehaviour misbehaviour;

    Door(
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
        this.chance = new SplittableRandom(seed);
    }

    /** Admits a request; one without the common headers takes nothing of the limit. */
    synchronized Admission admit(String action, boolean complete) {
        long now = ticker.getAsLong();
        long ordinal = ordinals.merge(action, 1L, Long::sum);
        String requestId = new UUID(chance.nextLong(), chance.nextLong()).toString();
        Arrival arrival = new Arrival(++sequence, action, ordinal, now, requestId);
        books.arrived(arrival);
        boolean overLimit =
                complete && !gates.computeIfAbsent(action, this::newGate).admit(now);
        return new Admission(arrival, overLimit, Course.of(fault(arrival)), latency());
    }

    synchronized void misbehave(Misbehaviour next) {
        misbehaviour = next;
    }

    RateLimit limitOf(String action) {
        return limits.getOrDefault(action, Simulator.USUAL_LIMIT);
    }

    private Gate newGate(String action) {
        return Gate.of(limitOf(action));
    }

    private Fault fault(Arrival arrival) {
        try {
            return Objects.requireNonNull(misbehaviour.on(arrival), "misbehaviour returned null");
        } catch (RuntimeException bug) {
            LOG.error("{} {} misbehaviour failed, answered with 500", arrival.action(), arrival.requestId(), bug);
            return Fault.status(500, Map.of(), false);
        }
    }

    private Duration latency() {
        long spread = greatestLatency.minus(leastLatency).toNanos();
        return spread == 0 ? leastLatency : leastLatency.plusNanos(chance.nextLong(spread + 1));
    }
}
