package io.ramet.benchmarks.compare;

import io.ramet.plan.ClonePlan;
import java.time.Duration;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;

/** A contender in a process of its own: does one task, says its result, and ends. */
final class BuyerProcess {

    /**
     * What to do: buy a plan once, or over and over for a while after a warm-up.
     *
     * @param client who does it
     * @param settings how
     * @param instances size of the plan
     * @param monthly billed by the month, in calls of 100, else in calls of 30
     * @param warmUpMillis before it counts; with {@code millis} 0 nothing is repeated
     * @param millis how long it counts
     * @param keepIds whether the ids that were told are wanted
     */
    record Task(
            Client client,
            Settings settings,
            int instances,
            boolean monthly,
            int warmUpMillis,
            int millis,
            boolean keepIds) {}

    /**
     * What came of it.
     *
     * @param calls calls that were answered with a deal
     * @param nanos wall time
     * @param cpuNanos processor time of the process
     * @param allocatedBytes allocated on the heap
     * @param peakThreads threads at most
     * @param liveHeapBytes in use after a collection, with the client still open
     * @param failed instances of calls that failed
     * @param inDoubt instances that are known to be in doubt
     * @param ids what was told
     */
    record Result(
            long calls,
            long nanos,
            long cpuNanos,
            long allocatedBytes,
            int peakThreads,
            long liveHeapBytes,
            long failed,
            long inDoubt,
            List<String> ids) {

        double seconds() {
            return nanos / 1e9;
        }
    }

    private static final JsonMapper JSON = JsonMapper.shared();

    private BuyerProcess() {}

    /**
     * Does one task.
     *
     * @param args a {@link Task}
     */
    public static void main(String... args) {
        Task task = JSON.readValue(args[0], Task.class);
        try (Competitor contender = task.client().open(task.settings())) {
            System.out.println(JSON.writeValueAsString(perform(task, contender)));
        }
        // Some contenders leave threads behind that hold the JVM for a minute.
        System.exit(0);
    }

    private static Result perform(Task task, Competitor contender) {
        if (task.millis() > 0) {
            repeat(task, contender, task.warmUpMillis());
            Usage.liveHeap();
        }
        Usage.forgetPeak();
        Usage start = Usage.now();
        CallerView told = repeat(task, contender, task.millis());
        Usage used = Usage.now().since(start);
        int peakThreads = Usage.peakThreads();
        return new Result(
                told.deals(),
                used.nanoTime(),
                used.cpuNanos(),
                used.allocatedBytes(),
                peakThreads,
                Usage.liveHeap(),
                told.instancesFailed(),
                told.instancesInDoubt(),
                told.ids());
    }

    /** At least once. */
    private static CallerView repeat(Task task, Competitor contender, int millis) {
        CallerView told = new CallerView(task.keepIds());
        long end = System.nanoTime() + Duration.ofMillis(millis).toNanos();
        do {
            ClonePlan plan = Fixtures.plan(task.instances(), task.monthly());
            contender.buy(plan, told);
        } while (System.nanoTime() - end < 0);
        return told;
    }
}
