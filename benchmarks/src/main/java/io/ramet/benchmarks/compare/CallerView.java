package io.ramet.benchmarks.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/** What a caller learns. Thread-safe. */
final class CallerView {

    private final boolean keepIds;
    private final List<String> ids = new ArrayList<>();
    private final LongAdder deals = new LongAdder();
    private final LongAdder instancesFailed = new LongAdder();
    private final LongAdder instancesInDoubt = new LongAdder();

    /** Keeps the ids themselves only where somebody wants to compare them. */
    CallerView(boolean keepIds) {
        this.keepIds = keepIds;
    }

    /** A call was answered with these instances. */
    void deal(List<String> instanceIds) {
        deals.increment();
        if (keepIds) {
            synchronized (this) {
                ids.addAll(instanceIds);
            }
        }
    }

    /** A call for so many instances failed, and more is not known of it. */
    void failed(int instances) {
        instancesFailed.add(instances);
    }

    /** It is known that nobody knows whether these instances were bought. */
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
}
