package io.ramet.simulator;

import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Decides what goes wrong with each request that arrives.
 *
 * <p>The server calls {@link #on} once per arrival of any action, one arrival at a time and in the order of arrival, on
 * a thread that must not block.
 */
@FunctionalInterface
public interface Misbehaviour {

    /**
     * {@return what goes wrong with this request; {@link Fault#none()} if nothing does}
     *
     * @param arrival the request
     */
    Fault on(Arrival arrival);

    /** {@return a healthy server} */
    static Misbehaviour none() {
        return arrival -> Fault.none();
    }

    /**
     * {@return the same fault for every CloneInstances request}
     *
     * @param fault the fault
     */
    static Misbehaviour always(Fault fault) {
        return ofAction(Action.CLONE_INSTANCES.wireName, arrival -> fault);
    }

    /**
     * {@return one fault for each of the next CloneInstances requests, then a healthy server}
     *
     * @param firstRequests the faults, in the order of arrival
     */
    static Misbehaviour scripted(Fault... firstRequests) {
        return scripted(Action.CLONE_INSTANCES.wireName, firstRequests);
    }

    /**
     * {@return one fault for each of the next requests of an action, then a healthy server}
     *
     * @param action the action, such as {@code DescribeInstances}
     * @param firstRequests the faults, in the order of arrival
     */
    static Misbehaviour scripted(String action, Fault... firstRequests) {
        List<Fault> script = List.of(firstRequests);
        AtomicInteger next = new AtomicInteger();
        return ofAction(action, arrival -> {
            int index = next.getAndIncrement();
            return index < script.size() ? script.get(index) : Fault.none();
        });
    }

    /**
     * {@return random faults, for CloneInstances requests only; the same seed gives the same fault to the n-th such
     * request that the server sees}
     *
     * @param seed the seed of the random choice
     * @param probability how likely a request is to go wrong, 0 to 1
     * @param among the faults to choose from, all equally likely
     */
    static Misbehaviour seeded(long seed, double probability, Fault... among) {
        return seeded(Action.CLONE_INSTANCES.wireName, seed, probability, among);
    }

    /**
     * {@return random faults, for requests of one action only; the same seed gives the same fault to the n-th such
     * request that the server sees}
     *
     * @param action the action, such as {@code DescribeInstances}
     * @param seed the seed of the random choice
     * @param probability how likely a request is to go wrong, 0 to 1
     * @param among the faults to choose from, all equally likely
     */
    static Misbehaviour seeded(String action, long seed, double probability, Fault... among) {
        List<Fault> faults = List.of(among);
        if (!(probability >= 0 && probability <= 1)) {
            throw new IllegalArgumentException("probability is not within 0 to 1: " + probability);
        }
        Preconditions.atLeastOne("number of faults", faults.size());
        return ofAction(action, arrival -> {
            SplittableRandom random = new SplittableRandom(seed * 31 + arrival.ordinal());
            return random.nextDouble() < probability ? faults.get(random.nextInt(faults.size())) : Fault.none();
        });
    }

    /**
     * {@return a misbehaviour of one action only; all others are healthy}
     *
     * @param action the action, such as {@code DescribeInstances}
     * @param misbehaviour what goes wrong with its requests
     */
    static Misbehaviour ofAction(String action, Misbehaviour misbehaviour) {
        return arrival -> arrival.action().equals(action) ? misbehaviour.on(arrival) : Fault.none();
    }

    /**
     * {@return both: the faults of this one and of the other are {@linkplain Fault#and combined}}
     *
     * @param other the other one
     */
    default Misbehaviour and(Misbehaviour other) {
        return arrival -> on(arrival).and(other.on(arrival));
    }
}
