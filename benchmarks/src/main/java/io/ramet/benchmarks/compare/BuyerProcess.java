package io.ramet.benchmarks.compare;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;

/** The program of a competitor: performs one task, prints its result, and ends. */
final class BuyerProcess {

    /**
     * A plan to buy once, or repeatedly for a while after a warm-up.
     *
     * @param client the competitor
     * @param inFlight requests in flight, and threads where a request needs one
     * @param instances size of the plan
     * @param monthly whether it is billed by the month, in chunks of 100, instead of chunks of 30
     * @param warmUpMillis the least warm-up; ignored if {@code millis} is 0
     * @param millis how long the plan is bought over and over; 0 for once
     * @param keeps whether the ids and the time of each deal are part of the result
     */
    record Task(
            Client client, int inFlight, int instances, boolean monthly, int warmUpMillis, int millis, boolean keeps) {

        static Task once(Client client, int inFlight, int instances, boolean monthly, boolean keeps) {
            return new Task(client, inFlight, instances, monthly, 0, 0, keeps);
        }
    }

    /**
     * The result of a task.
     *
     * @param deals requests whose response brought a deal
     * @param nanos wall time
     * @param cpuNanos processor time of the process
     * @param allocatedBytes bytes allocated on the heap
     * @param peakThreads threads at most
     * @param liveHeapBytes in use after a collection, with the client still open
     * @param steady whether the rate was steady when the warm-up ended
     * @param inDoubt instances that are known to be in doubt
     * @param ids ids of the instances in all deals
     * @param dealMillis when each deal was reported, from the start of the purchase
     */
    record Result(
            long deals,
            long nanos,
            long cpuNanos,
            long allocatedBytes,
            int peakThreads,
            long liveHeapBytes,
            boolean steady,
            long inDoubt,
            List<String> ids,
            List<Double> dealMillis) {

        double dealsPerSecond() {
            return deals / (nanos / 1e9);
        }

        double cpuMicrosPerDeal() {
            return cpuNanos / 1e3 / deals;
        }
    }

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final int WINDOW_MILLIS = 2_000;
    private static final int STEADY_WINDOWS = 3;
    private static final double STEADY = 0.03;
    /** A rate that is not steady by then will not become steady, because the machine has other work. */
    private static final Duration LONGEST_WARM_UP = Duration.ofSeconds(45);

    private BuyerProcess() {}

    /**
     * Performs one task.
     *
     * @param args a {@link Task} and {@link Settings}
     */
    public static void main(String... args) {
        Task task = JSON.readValue(args[0], Task.class);
        Settings settings = JSON.readValue(args[1], Settings.class);
        try (Competitor competitor = task.client().open(settings)) {
            System.out.println(JSON.writeValueAsString(perform(task, competitor)));
        }
        // Some competitors leave threads behind that keep the JVM alive for a minute.
        System.exit(0);
    }

    private static Result perform(Task task, Competitor competitor) {
        boolean steady = task.millis() > 0 && isSteadyAfterWarmUp(task, competitor);
        if (task.millis() > 0) {
            Usage.liveHeap();
        }
        Usage.forgetPeak();
        Usage start = Usage.now();
        CallerView view = repeat(task, competitor, task.millis());
        Usage used = Usage.now().since(start);
        int peakThreads = Usage.peakThreads();
        return new Result(
                view.deals(),
                used.nanoTime(),
                used.cpuNanos(),
                used.allocatedBytes(),
                peakThreads,
                Usage.liveHeap(),
                steady,
                view.instancesInDoubt(),
                view.ids(),
                view.dealTimes().stream()
                        .map(time -> (time - start.nanoTime()) / 1e6)
                        .toList());
    }

    /** Warms up for at least the task's time, and until the rates of the last windows differ by less than 3 %. */
    private static boolean isSteadyAfterWarmUp(Task task, Competitor competitor) {
        Deque<Double> rates = new ArrayDeque<>();
        long start = System.nanoTime();
        long elapsed;
        do {
            long before = System.nanoTime();
            long deals = repeat(task, competitor, Math.min(WINDOW_MILLIS, task.warmUpMillis()))
                    .deals();
            rates.addLast(deals * 1e9 / (System.nanoTime() - before));
            if (rates.size() > STEADY_WINDOWS) {
                rates.removeFirst();
            }
            elapsed = System.nanoTime() - start;
        } while (elapsed < task.warmUpMillis() * 1_000_000L
                || (task.warmUpMillis() >= STEADY_WINDOWS * WINDOW_MILLIS
                        && !areSteady(rates)
                        && elapsed < LONGEST_WARM_UP.toNanos()));
        return areSteady(rates);
    }

    private static boolean areSteady(Deque<Double> rates) {
        return rates.size() == STEADY_WINDOWS && Collections.max(rates) <= Collections.min(rates) * (1 + STEADY);
    }

    /** Buys the plan until the time has passed, but at least once. */
    private static CallerView repeat(Task task, Competitor competitor, int millis) {
        CallerView view = new CallerView(task.keeps());
        long end = System.nanoTime() + Duration.ofMillis(millis).toNanos();
        do {
            competitor.buy(Fixtures.plan(task.instances(), task.monthly()), view);
        } while (System.nanoTime() - end < 0);
        return view;
    }
}
