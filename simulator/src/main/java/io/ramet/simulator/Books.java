package io.ramet.simulator;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * A record of everything that really happened at the server: all arrivals, purchases, destructions and refusals. Each
 * method returns a snapshot. Headers, bodies and passwords are not kept. Thread-safe.
 */
public final class Books {

    private final List<Arrival> arrivals = new ArrayList<>();
    private final List<Execution> executions = new ArrayList<>();
    private final List<InstanceChange> changes = new ArrayList<>();
    private final Map<String, Integer> refusals = new TreeMap<>();

    Books() {}

    synchronized void arrived(Arrival arrival) {
        arrivals.add(arrival);
    }

    synchronized void executed(Execution execution) {
        executions.add(execution);
    }

    synchronized void changed(InstanceChange change) {
        changes.add(change);
    }

    synchronized void refused(String code) {
        refusals.merge(code, 1, Integer::sum);
    }

    /** {@return all arrivals, in their order} */
    public synchronized List<Arrival> arrivals() {
        return List.copyOf(arrivals);
    }

    /**
     * {@return the arrivals of one action, in their order}
     *
     * @param action the action, such as {@code CloneInstances}
     */
    public List<Arrival> arrivals(String action) {
        return arrivals().stream()
                .filter(arrival -> arrival.action().equals(action))
                .toList();
    }

    /** {@return every CloneInstances request that was executed, in the order of execution} */
    public synchronized List<Execution> executions() {
        return List.copyOf(executions);
    }

    /** {@return how many instances were bought} */
    public int bought() {
        return instanceIds().size();
    }

    /** {@return the ids of all instances that were bought} */
    public List<String> instanceIds() {
        return instanceIds(purchase -> true);
    }

    /**
     * {@return the ids of the instances that were bought under one name}
     *
     * @param instanceName the whole name
     */
    public List<String> instanceIds(String instanceName) {
        return instanceIds(purchase -> purchase.instanceName().equals(instanceName));
    }

    private List<String> instanceIds(Predicate<Execution> purchases) {
        return executions().stream()
                .filter(purchases)
                .flatMap(execution -> execution.instanceIds().stream())
                .toList();
    }

    /** {@return how many requests with a name were executed under each name, in the order of first execution} */
    public Map<String, Integer> executionsByName() {
        Map<String, Integer> byName = new LinkedHashMap<>();
        executions().stream()
                .map(Execution::instanceName)
                .filter(name -> !name.isEmpty())
                .forEach(name -> byName.merge(name, 1, Integer::sum));
        return byName;
    }

    /** {@return the names under which more than one request was executed} */
    public List<String> boughtTwice() {
        return executionsByName().entrySet().stream()
                .filter(entry -> entry.getValue() > 1)
                .map(Map.Entry::getKey)
                .toList();
    }

    /** {@return every request that destroyed, started up or cleaned up an instance, in the order of execution} */
    public synchronized List<InstanceChange> changes() {
        return List.copyOf(changes);
    }

    /** {@return the requests that destroyed an instance, in the order of execution; a clean-up destroys as well} */
    public List<InstanceChange> destructions() {
        return changes().stream()
                .filter(change -> !change.action().equals(Action.STARTUP_INSTANCE.wireName))
                .toList();
    }

    /**
     * {@return the requests that destroyed an instance which none of the given purchases bought}
     *
     * @param purchases selects purchases, such as those of one plan by their names
     */
    public List<InstanceChange> destructionsOutside(Predicate<Execution> purchases) {
        Set<String> theirs = Set.copyOf(instanceIds(purchases));
        return destructions().stream()
                .filter(change -> !theirs.contains(change.instanceId()))
                .toList();
    }

    /** {@return the requests that nothing can reverse: every CleanUpInstance that was executed} */
    public List<InstanceChange> alarms() {
        return changes().stream()
                .filter(change -> change.action().equals(Action.CLEAN_UP_INSTANCE.wireName))
                .toList();
    }

    /**
     * {@return the most arrivals of an action, including refused ones, in any window of this length. A window
     * is half-open: arrivals exactly its length apart are never in the same window}
     *
     * @param action the action, such as {@code CloneInstances}
     * @param window the length of the window, more than zero
     */
    public int peak(String action, Duration window) {
        long[] times = arrivals(action).stream().mapToLong(Arrival::nanoTime).toArray();
        return peak(times, window);
    }

    /** The most of these times, in ascending order, in any window of this length. */
    static int peak(long[] ascending, Duration window) {
        if (window.isNegative() || window.isZero()) {
            throw new IllegalArgumentException("window is not more than zero: " + window);
        }
        long length = window.toNanos();
        int peak = 0;
        int first = 0;
        for (int last = 0; last < ascending.length; last++) {
            while (ascending[last] - ascending[first] >= length) {
                first++;
            }
            peak = Math.max(peak, last - first + 1);
        }
        return peak;
    }

    /** {@return how many requests were refused with RequestLimitExceeded or one of its sub-codes} */
    public int throttled() {
        return refusals().entrySet().stream()
                .filter(entry -> entry.getKey().startsWith("RequestLimitExceeded"))
                .mapToInt(Map.Entry::getValue)
                .sum();
    }

    /** {@return how many requests were refused with each error code, whether or not the response was sent} */
    public synchronized Map<String, Integer> refusals() {
        return Map.copyOf(refusals);
    }
}
