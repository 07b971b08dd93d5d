package io.ramet.simulator;

import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Decides the fault of each request that arrives.
 *
 * <p>The server calls {@link #on} once for each request of any action, in the order of arrival and never concurrently,
 * on a thread that must not block.
 */
@FunctionalInterface
public interface Misbehaviour {

    /**
     * {@return the fault of this request; {@link Fault#none()} if it has none}
     *
     * @param arrival the request
     */
    Fault on(Arrival arrival);

    /** {@return a misbehaviour without any fault} */
    static Misbehaviour none() {
        return arrival -> Fault.none();
    }

    /**
     * {@return a misbehaviour with the same fault for every CloneInstances request}
     *
     * @param fault the fault
     */
    static Misbehaviour always(Fault fault) {
        return ofAction(Action.CLONE_INSTANCES.wireName, arrival -> fault);
    }

    /**
     * {@return a misbehaviour with one fault for each of the next CloneInstances requests, and none after them}
     *
     * @param firstRequests the faults, in the order of arrival
     */
    static Misbehaviour scripted(Fault... firstRequests) {
        return scripted(Action.CLONE_INSTANCES.wireName, firstRequests);
    }

    /**
     * {@return a misbehaviour with one fault for each of the next requests of an action, and none after them}
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
     * {@return a misbehaviour with random faults for CloneInstances requests only; the same seed gives the n-th of
     * these requests the same fault}
     *
     * @param seed the seed of the random choice
     * @param probability the probability that a request has a fault, 0 to 1
     * @param among the faults from which one is chosen, all equally likely
     */
    static Misbehaviour seeded(long seed, double probability, Fault... among) {
        return seeded(Action.CLONE_INSTANCES.wireName, seed, probability, among);
    }

    /**
     * {@return a misbehaviour with random faults for requests of one action only; the same seed gives the n-th of
     * these requests the same fault}
     *
     * @param action the action, such as {@code DescribeInstances}
     * @param seed the seed of the random choice
     * @param probability the probability that a request has a fault, 0 to 1
     * @param among the faults from which one is chosen, all equally likely
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
     * {@return a misbehaviour for one action only; other actions have no faults}
     *
     * @param action the action, such as {@code DescribeInstances}
     * @param misbehaviour decides the faults of its requests
     */
    static Misbehaviour ofAction(String action, Misbehaviour misbehaviour) {
        return arrival -> arrival.action().equals(action) ? misbehaviour.on(arrival) : Fault.none();
    }

    /**
     * {@return both misbehaviours in one: the two faults of a request are {@linkplain Fault#and combined}}
     *
     * @param other the other misbehaviour
     */
    default Misbehaviour and(Misbehaviour other) {
        return arrival -> on(arrival).and(other.on(arrival));
    }
}
