package io.ramet.benchmarks.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/** The results that a caller receives. Thread-safe. */
final class CallerView {

    private final boolean keeps;
    private final List<String> ids = new ArrayList<>();
    private final List<Long> dealTimes = new ArrayList<>();
    private final LongAdder deals = new LongAdder();
    private final LongAdder instancesInDoubt = new LongAdder();

    /** A view that counts; it keeps ids, and the time of each deal, only if {@code keeps} is true. */
    CallerView(boolean keeps) {
        this.keeps = keeps;
    }

    /** A response has brought a deal with these instances. */
    void deal(List<String> instanceIds) {
        deals.increment();
        if (keeps) {
            synchronized (this) {
                ids.addAll(instanceIds);
                dealTimes.add(System.nanoTime());
            }
        }
    }

    /** This number of instances is in doubt: the caller knows that they may have been bought. */
    void inDoubt(int instances) {
        instancesInDoubt.add(instances);
    }

    long deals() {
        return deals.sum();
    }

    long instancesInDoubt() {
        return instancesInDoubt.sum();
    }

    synchronized List<String> ids() {
        return List.copyOf(ids);
    }

    /** {@return the {@link System#nanoTime()} of each deal, in order} */
    synchronized List<Long> dealTimes() {
        return List.copyOf(dealTimes);
    }
}
