package io.ramet.benchmarks.compare;

import io.ramet.benchmarks.compare.BuyerProcess.Result;
import io.ramet.benchmarks.compare.BuyerProcess.Task;
import io.ramet.benchmarks.compare.ServerProcess.Account;
import io.ramet.benchmarks.compare.ServerProcess.Kind;
import io.ramet.benchmarks.compare.ServerProcess.Spec;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.json.JsonMapper;

/** Runs a client and a server, each in a process of its own. */
final class Experiment {

    private static final List<String> HEAP = List.of("-Xmx2g");
    private static final Account NO_BOOKS = new Account(0, 0, 0, List.of(), 0, List.of());

    private Experiment() {}

    /** The client's result and the server's books; these are empty if the server is a bare one. */
    record Outcome(Result result, Account account) {

        /** {@return how many instances in the server's books were reported to the caller} */
        long reported() {
            return account.ids().stream()
                    .filter(Set.copyOf(result.ids())::contains)
                    .count();
        }
    }

    /** Performs one task against a server that is started for it. */
    static Outcome run(Spec spec, Task task) {
        try (ChildProcess server = ChildProcess.start(ServerProcess.class, HEAP, List.of(json(spec)))) {
            Settings settings = new Settings(uri(server), task.inFlight(), spec.limited(), spec.timeoutMillis());
            Result result;
            try (ChildProcess buyer =
                    ChildProcess.start(BuyerProcess.class, HEAP, List.of(json(task), json(settings)))) {
                result = buyer.read(Result.class);
            }
            server.endInput();
            return new Outcome(result, spec.kind() == Kind.BARE ? NO_BOOKS : server.read(Account.class));
        }
    }

    private static String json(Object value) {
        return JsonMapper.shared().writeValueAsString(value);
    }

    /**
     * Milliseconds from the start of a JVM until its first deal is printed. The options may use or make an archive of
     * classes.
     */
    static long coldStart(FirstDeal.Starter client, String server, List<String> options) {
        long start = System.nanoTime();
        try (ChildProcess child = ChildProcess.start(FirstDeal.class, options, List.of(client.name(), server))) {
            String deal = child.line();
            long millis = (System.nanoTime() - start) / 1_000_000;
            if (deal.equals("null")) {
                throw new IllegalStateException(client + " has bought nothing");
            }
            return millis;
        }
    }

    static ChildProcess bareServer(int ids) {
        return ChildProcess.start(ServerProcess.class, HEAP, List.of(json(new Spec(Kind.BARE, ids, 0))));
    }

    static String uri(ChildProcess server) {
        return "http://127.0.0.1:" + server.line();
    }

    /** {@return options with which a JVM writes an archive of its classes when it exits} */
    static List<String> archiving(Path archive) {
        return List.of("-XX:ArchiveClassesAtExit=" + archive, "-Xlog:cds=off", "-Xlog:cds+dynamic=off");
    }

    static List<String> archived(Path archive) {
        return List.of("-XX:SharedArchiveFile=" + archive, "-Xlog:cds=off");
    }
}
