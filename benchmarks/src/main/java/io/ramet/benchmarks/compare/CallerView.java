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
    private final LongAdder instancesFailed = new LongAdder();
    private final LongAdder instancesInDoubt = new LongAdder();

    /**
     * Counts, and keeps more only where that is compared.
     *
     * @param keeps whether ids, and the time of each deal, are kept
     */
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

    /** A request for this many instances failed, and no more is known about it. */
    void failed(int instances) {
        instancesFailed.add(instances);
    }

    /** These instances are in doubt: the caller knows that they may have been bought. */
    void inDoubt(int instances) {
        instancesInDoubt.add(instances);
    }

    long deals() {
        return deals.sum();
    }

    long instancesFailed() {
        return instancesFailed.sum();
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
