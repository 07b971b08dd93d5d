package io.ramet.benchmarks.compare;

import java.util.ArrayList;
import java.util.List;

/**
 * Buys many plans through one client and prints the heap in use: memory must not grow with the number of finished
 * plans.
 */
public final class MemoryRun {

    private static final int PER_CHUNK = 30;
    private static final int IN_FLIGHT = 40;
    private static final int TIMEOUT_MILLIS = 10_000;

    private MemoryRun() {}

    /**
     * Buys a million chunks in 10,000 plans, with a journal in SQLite and the server in a process of its own. This
     * takes half an hour.
     *
     * @param args nothing, or the number of plans and the number of chunks in each
     */
    public static void main(String... args) {
        int plans = args.length == 2 ? Integer.parseInt(args[0]) : 10_000;
        int chunks = args.length == 2 ? Integer.parseInt(args[1]) : 100;
        try (ChildProcess server = Experiment.bareServer(PER_CHUNK)) {
            List<Long> heap = run(Experiment.uri(server), plans, chunks, 10);
            System.out.println("heap in use after each tenth of the plans, bytes: " + heap);
        }
    }

    /** {@return bytes in use after each of the parts, with the client still open} */
    static List<Long> run(String server, int plans, int chunks, int parts) {
        List<Long> heap = new ArrayList<>();
        try (Competitor client = Client.RAMET.open(new Settings(server, IN_FLIGHT, false, TIMEOUT_MILLIS))) {
            CallerView view = new CallerView(false);
            for (int plan = 1; plan <= plans; plan++) {
                client.buy(Fixtures.plan(chunks * PER_CHUNK, false), view);
                if (plan % (plans / parts) == 0) {
                    heap.add(Usage.liveHeap());
                }
            }
            if (view.deals() != (long) plans * chunks) {
                throw new IllegalStateException("bought " + view.deals() + " of " + (long) plans * chunks);
            }
        }
        return heap;
    }
}
