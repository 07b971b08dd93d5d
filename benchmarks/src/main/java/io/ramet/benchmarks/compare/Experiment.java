package io.ramet.benchmarks.compare;

import io.ramet.benchmarks.compare.BuyerProcess.Result;
import io.ramet.benchmarks.compare.BuyerProcess.Task;
import io.ramet.benchmarks.compare.ServerProcess.Account;
import io.ramet.benchmarks.compare.ServerProcess.Kind;
import io.ramet.benchmarks.compare.ServerProcess.Spec;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import tools.jackson.databind.json.JsonMapper;

/** Runs a client and a server in processes of their own. */
final class Experiment {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final List<String> SERVER = List.of("-Xmx2g");
    private static final List<String> BUYER = List.of("-Xmx2g");

    private Experiment() {}

    /** The client's result and the server's books. */
    record Outcome(Result result, Account account) {}

    /** One task against a server that is started for it. */
    static Outcome run(Spec spec, Function<String, Task> task) {
        try (ChildProcess server =
                ChildProcess.start(ServerProcess.class, SERVER, List.of(JSON.writeValueAsString(spec)))) {
            Result result;
            try (ChildProcess buyer = ChildProcess.start(
                    BuyerProcess.class, BUYER, List.of(JSON.writeValueAsString(task.apply(uri(server)))))) {
                result = buyer.read(Result.class);
            }
            server.endInput();
            return new Outcome(result, spec.kind() == Kind.BARE ? NO_BOOKS : server.read(Account.class));
        }
    }

    private static final Account NO_BOOKS = new Account(0, 0, 0, List.of(), 0, List.of());

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
        return ChildProcess.start(
                ServerProcess.class, SERVER, List.of(JSON.writeValueAsString(new Spec(Kind.BARE, ids, 0))));
    }

    static String uri(ChildProcess server) {
        return "http://127.0.0.1:" + server.line();
    }

    /** {@return options with which a JVM leaves an archive of its classes behind} */
    static List<String> archiving(Path archive) {
        return List.of("-XX:ArchiveClassesAtExit=" + archive, "-Xlog:cds=off", "-Xlog:cds+dynamic=off");
    }

    static List<String> archived(Path archive) {
        return List.of("-XX:SharedArchiveFile=" + archive, "-Xlog:cds=off");
    }
}
