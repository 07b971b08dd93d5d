package io.ramet.simulator;

import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Decides, for each request that arrives, what goes wrong with it.
 *
 * <p>It is asked once per arrival of any action, one arrival at a time and in the order of arrival, on a thread that
 * must not block.
 */
@FunctionalInterface
public interface Misbehaviour {

    /**
     * {@return what goes wrong with this request; {@link Fault#none()} when nothing does}
     *
     * @param arrival the request
     */
    Fault on(Arrival arrival);

    /** {@return the healthy server} */
    static Misbehaviour none() {
        return arrival -> Fault.none();
    }

    /**
     * {@return the same fault for every CloneInstances call}
     *
     * @param fault the fault
     */
    static Misbehaviour always(Fault fault) {
        return ofAction(Simulator.CLONE_INSTANCES, arrival -> fault);
    }

    /**
     * {@return one fault for each of the next CloneInstances calls, then a healthy server}
     *
     * @param firstCloneCalls the faults, in the order of arrival
     */
    static Misbehaviour scripted(Fault... firstCloneCalls) {
        return scripted(Simulator.CLONE_INSTANCES, firstCloneCalls);
    }

    /**
     * {@return one fault for each of the next calls of an action, then a healthy server}
     *
     * @param action the action, such as {@code DescribeInstances}
     * @param firstCalls the faults, in the order of arrival
     */
    static Misbehaviour scripted(String action, Fault... firstCalls) {
        List<Fault> script = List.of(firstCalls);
        AtomicInteger next = new AtomicInteger();
        return ofAction(action, arrival -> {
            int index = next.getAndIncrement();
            return index < script.size() ? script.get(index) : Fault.none();
        });
    }

    /**
     * {@return faults by chance, for CloneInstances calls only; the same seed gives the same fault to the n-th such
     * call that the server sees}
     *
     * @param seed what chance starts from
     * @param probability how likely a call is to go wrong, 0 to 1
     * @param among the faults to choose from, each as likely as the others
     */
    static Misbehaviour seeded(long seed, double probability, Fault... among) {
        List<Fault> faults = List.of(among);
        if (!(probability >= 0 && probability <= 1)) {
            throw new IllegalArgumentException("probability is not within 0 to 1: " + probability);
        }
        Require.atLeastOne("number of faults", faults.size());
        return ofAction(Simulator.CLONE_INSTANCES, arrival -> {
            SplittableRandom chance = new SplittableRandom(seed * 31 + arrival.ordinal());
            return chance.nextDouble() < probability ? faults.get(chance.nextInt(faults.size())) : Fault.none();
        });
    }

    /**
     * {@return a misbehaviour that is asked only for one action; all others are healthy}
     *
     * @param action the action, such as {@code DescribeInstances}
     * @param misbehaviour what happens to it
     */
    static Misbehaviour ofAction(String action, Misbehaviour misbehaviour) {
        return arrival -> arrival.action().equals(action) ? misbehaviour.on(arrival) : Fault.none();
    }

    /**
     * {@return both: what goes wrong by this one and by the other is {@linkplain Fault#and combined}}
     *
     * @param other the other one
     */
    default Misbehaviour and(Misbehaviour other) {
        return arrival -> on(arrival).and(other.on(arrival));
    }
}
