package io.ramet.cli;

import io.ramet.error.InvalidValueException;
import io.ramet.plan.PlanId;
import io.ramet.reactor.journal.CloneJournal;
import io.ramet.reactor.journal.StoredPlan;
import io.ramet.reactor.journal.UnknownPlanException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import reactor.core.publisher.Mono;

/** The journal of a command. */
final class JournalOptions {

    private static final String NONE = "none";

    /**
     * After a kill, an operator waits for its end, so it is shorter than the lease of a service. It is renewed after a
     * third of its length.
     */
    private static final Duration LEASE = Duration.ofSeconds(10);

    @Option(
            names = "--journal",
            paramLabel = "PATH|URL|none",
            description = {
                "The record of every purchase: a SQLite file,",
                "  jdbc:postgresql://..., or none.",
                "Default: ramet/journal.db in the user's state folder; none with --simulate.",
                "PostgreSQL's user: PGUSER; its password: PGPASSWORD, the file PGPASSFILE, or ~/.pgpass."
            })
    private @Nullable String journal;

    /** {@return the journal of real purchases, created if there is none} */
    CloneJournal open(CliContext context) {
        if (NONE.equals(journal)) {
            context.err()
                    .say(
                            "Warning: without a journal, nothing prevents the same request from being bought again by the next command.");
            return CloneJournal.inMemory();
        }
        return in(place(context).connected());
    }

    /** {@return the journal of a simulation: in memory, unless {@code --journal} names another one} */
    CloneJournal openSimulated(CliContext context) {
        return journal == null || NONE.equals(journal)
                ? CloneJournal.inMemory()
                : in(place(context).connected());
    }

    /** {@return the result of reading the journal, which must exist and is closed afterwards} */
    <T> Optional<T> read(CliContext context, Function<CloneJournal, Mono<T>> reading) {
        InvalidValueException.unless(!NONE.equals(journal), "--journal", NONE, "holds nothing that could be read");
        CloneJournal opened = in(place(context).holdingAJournal());
        return Mono.usingWhen(Mono.just(opened), reading, CloneJournal::disposeLater)
                .blockOptional();
    }

    /** {@return a plan that the journal knows, and what it knows about it} */
    PlanReport find(CliContext context, PlanId id) {
        return read(
                        context,
                        journal -> known(journal, id)
                                .flatMap(plan -> journal.report(plan).map(report -> new PlanReport(plan, report))))
                .orElseThrow();
    }

    /** {@return the plan; fails with {@link UnknownPlanException} if there is no such plan} */
    static Mono<StoredPlan> known(CloneJournal journal, PlanId id) {
        return journal.find(id).switchIfEmpty(Mono.error(() -> new UnknownPlanException(id)));
    }

    boolean isNone() {
        return NONE.equals(journal);
    }

    /** {@return the option for a command to paste} */
    List<String> words(CliContext context) {
        return List.of("--journal", place(context).word());
    }

    /** {@return whether secrets were left out of that option} */
    boolean omitsSecrets(CliContext context) {
        return place(context).omitsSecrets();
    }

    private JournalLocation place(CliContext context) {
        return JournalLocation.of(
                journal == null ? context.state().resolve("journal.db").toString() : journal, context.environment());
    }

    private static CloneJournal in(DataSource database) {
        return CloneJournal.jdbcBuilder(database).lease(LEASE).build();
    }
}
