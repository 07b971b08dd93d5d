package io.ramet.cli;

import io.ramet.error.InvalidValueException;
import io.ramet.plan.PlanId;
import io.ramet.reactor.journal.CloneJournal;
import io.ramet.reactor.journal.StoredPlan;
import io.ramet.reactor.journal.UnknownPlanException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import reactor.core.publisher.Mono;

/** Where it is kept what was bought. */
final class JournalOptions {

    private static final String NONE = "none";

    /** Renewed every third of it. An operator waits that long after a kill, so it is shorter than that of a service. */
    private static final Duration LEASE = Duration.ofSeconds(10);

    @Option(
            names = "--journal",
            paramLabel = "PATH|URL|none",
            description = {
                "Where it is kept what was bought: a SQLite file, jdbc:postgresql://..., or none. Default: ramet/journal.db in "
                        + "the user's state directory; none with --simulate.",
                "PostgreSQL's user and password: PGUSER and PGPASSWORD, or the file PGPASSFILE, or ~/.pgpass."
            })
    private @Nullable String journal;

    /** {@return the journal of real purchases, made if there is none} */
    CloneJournal open(CliContext shell) {
        if (NONE.equals(journal)) {
            shell.err()
                    .println(
                            "Warning: without a journal nothing outlives this process; what is bought twice is paid twice.");
            return CloneJournal.inMemory();
        }
        return in(place(shell).database());
    }

    /** {@return the journal of a simulation, which need not outlive it} */
    CloneJournal openSimulated(CliContext shell) {
        return journal == null || NONE.equals(journal)
                ? CloneJournal.inMemory()
                : in(place(shell).database());
    }

    /** {@return what is read from the journal, which is closed after that; it has to be there} */
    <T> CompletableFuture<T> read(CliContext shell, Function<CloneJournal, Mono<T>> reading) {
        InvalidValueException.unless(!NONE.equals(journal), "--journal", NONE, "keeps nothing that could be read");
        CloneJournal opened = in(place(shell).holdingAJournal());
        return Mono.usingWhen(Mono.just(opened), reading, CloneJournal::disposeLater).toFuture();
    }

    /** {@return a plan that the journal knows} */
    StoredPlan find(CliContext shell, PlanId id) {
        return read(shell, journal -> known(journal, id)).join();
    }

    /** {@return the plan, or the complaint that it is not known} */
    static Mono<StoredPlan> known(CloneJournal journal, PlanId id) {
        return journal.find(id).switchIfEmpty(Mono.error(() -> new UnknownPlanException(id)));
    }

    boolean isNone() {
        return NONE.equals(journal);
    }

    /** {@return the option for a command that goes on} */
    List<String> words(CliContext shell) {
        return List.of("--journal", place(shell).word());
    }

    /** {@return whether that option lacks what it was given with} */
    boolean leavesSecretsOut(CliContext shell) {
        return place(shell).leavesSecretsOut();
    }

    private JournalLocation place(CliContext shell) {
        return JournalLocation.of(
                journal == null ? shell.state().resolve("journal.db").toString() : journal, shell.environment());
    }

    private static CloneJournal in(DataSource database) {
        return CloneJournal.jdbcBuilder(database).lease(LEASE).build();
    }
}
