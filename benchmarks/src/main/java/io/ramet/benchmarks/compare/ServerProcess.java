package io.ramet.benchmarks.compare;

import io.ramet.simulator.Arrival;
import io.ramet.simulator.Books;
import io.ramet.simulator.Execution;
import io.ramet.simulator.Fault;
import io.ramet.simulator.Misbehaviour;
import io.ramet.simulator.RateLimit;
import io.ramet.simulator.Simulator;
import io.ramet.simulator.SimulatorBuilder;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import tools.jackson.databind.json.JsonMapper;

/** The program of a server: prints its port, then its books when its input ends. */
final class ServerProcess {

    /** The kind of a server. */
    enum Kind {
        /** {@link BareServer}. */
        BARE,
        /** The simulator without its limit. */
        UNLIMITED,
        /** The simulator as it is. */
        LIMITED,
        /** The simulator as it is, with faults in a fifth of the requests. */
        FAULTY
    }

    /**
     * A server.
     *
     * @param kind its kind
     * @param ids the number of instance ids in each response of a bare server
     * @param seed the seed of the faults of a faulty server
     */
    record Spec(Kind kind, int ids, long seed) {

        boolean limited() {
            return kind == Kind.LIMITED || kind == Kind.FAULTY;
        }

        /** Short where some responses never come. */
        int timeoutMillis() {
            return kind == Kind.FAULTY ? 2_000 : 10_000;
        }
    }

    /**
     * The server's books.
     *
     * @param calls requests that arrived
     * @param peak the most in any sliding second
     * @param throttled requests over the limit
     * @param ids the ids of all instances that were bought
     * @param boughtTwice instances that were bought by a further execution of a request
     * @param arrivals when each request arrived, in milliseconds after the first
     */
    record Account(int calls, int peak, int throttled, List<String> ids, int boughtTwice, List<Double> arrivals) {}

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final String CLONE = "CloneInstances";
    private static final int REFUSED_CALL = 12;

    private ServerProcess() {}

    /**
     * Serves until its input ends.
     *
     * @param args a {@link Spec}
     * @throws IOException if its input cannot be read
     */
    public static void main(String... args) throws IOException {
        Spec spec = JSON.readValue(args[0], Spec.class);
        if (spec.kind() == Kind.BARE) {
            try (BareServer server = new BareServer(spec.ids())) {
                System.out.println(server.port());
                awaitEnd();
            }
        } else {
            try (Simulator simulator = simulator(spec)) {
                System.out.println(simulator.port());
                awaitEnd();
                System.out.println(JSON.writeValueAsString(account(simulator.books())));
            }
        }
    }

    private static void awaitEnd() throws IOException {
        while (System.in.read() >= 0) {
            // Only the end of the input matters.
        }
    }

    static Simulator simulator(Spec spec) {
        SimulatorBuilder builder = Simulator.builder()
                .credentials(Fixtures.SECRET_ID, Fixtures.SECRET_KEY)
                .signingService("127");
        return switch (spec.kind()) {
            case UNLIMITED, BARE -> builder.limit(RateLimit.none()).start();
            case LIMITED -> builder.start();
            case FAULTY -> builder.misbehaviour(faults(spec.seed())).start();
        };
    }

    /** Faults in a fifth of the requests, and one refusal. */
    private static Misbehaviour faults(long seed) {
        Misbehaviour chance = Misbehaviour.seeded(
                seed,
                0.2,
                Fault.close(Fault.Stage.BEFORE_EXECUTING),
                Fault.reset(Fault.Stage.BEFORE_EXECUTING),
                Fault.close(Fault.Stage.AFTER_EXECUTING),
                Fault.reset(Fault.Stage.AFTER_EXECUTING),
                Fault.hang(true),
                Fault.throttle());
        return arrival -> arrival.action().equals(CLONE) && arrival.ordinal() == REFUSED_CALL
                ? Fault.error("ResourceUnavailable.SaleOut", false)
                : chance.on(arrival);
    }

    static Account account(Books books) {
        long[] times =
                books.arrivals(CLONE).stream().mapToLong(Arrival::nanoTime).toArray();
        return new Account(
                times.length,
                books.peak(CLONE, Duration.ofSeconds(1)),
                books.throttled(),
                books.instanceIds(),
                boughtTwice(books),
                LongStream.of(times)
                        .mapToObj(time -> Math.round((time - times[0]) / 1e5) / 10.0)
                        .toList());
    }

    private static int boughtTwice(Books books) {
        Map<String, Execution> first = new HashMap<>();
        return books.executions().stream()
                .filter(execution -> first.putIfAbsent(execution.instanceName(), execution) != null)
                .mapToInt(execution -> execution.instanceIds().size())
                .sum();
    }
}
