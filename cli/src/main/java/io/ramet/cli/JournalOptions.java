package io.ramet.cli;

import io.ramet.error.InvalidRequestException;
import io.ramet.reactor.journal.CloneJournal;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;
import org.sqlite.SQLiteDataSource;
import picocli.CommandLine.Option;

/** Where it is kept what was bought. */
final class JournalOptions {

    private static final String NONE = "none";

    @Option(
            names = "--journal",
            paramLabel = "PATH|URL|none",
            description =
                    "Where it is kept what was bought: a SQLite file, jdbc:postgresql://..., or none. Default: ramet/journal.db in "
                            + "the user's state directory; none with --simulate.")
    private @Nullable String journal;

    @Option(
            names = "--wait",
            paramLabel = "TIME",
            description = "How long to wait for a plan that another process holds. Default: ${DEFAULT-VALUE}.",
            defaultValue = "0s",
            converter = Durations.class)
    private Duration patience = Duration.ZERO;

    /** {@return the journal of real purchases} */
    CloneJournal open(Shell shell) {
        if (NONE.equals(journal)) {
            shell.err()
                    .println(
                            "Warning: without a journal nothing outlives this process; what is bought twice is paid twice.");
        }
        return open(journal == null ? shell.state().resolve("journal.db").toString() : journal);
    }

    /** {@return the journal of a simulation, which need not outlive it} */
    CloneJournal openSimulated() {
        return open(journal == null ? NONE : journal);
    }

    boolean isNone(boolean simulated) {
        return journal == null ? simulated : NONE.equals(journal);
    }

    /** {@return the option for a command line that goes on; what may hold a password is left out of a URL} */
    String asGiven() {
        return journal == null ? "" : " --journal '" + shown(journal) + "'";
    }

    /** A URL can hold secrets before its host and anywhere in its query: neither is ever printed. */
    private static String shown(String where) {
        return where.startsWith("jdbc:") ? where.replaceAll("\\?.*", "?...").replaceAll("//[^/]*@", "//...@") : where;
    }

    private CloneJournal open(String where) {
        return where.equals(NONE)
                ? CloneJournal.inMemory()
                : CloneJournal.jdbc(database(where), CloneJournal.LEASE, patience);
    }

    private static DataSource database(String where) {
        if (where.startsWith("jdbc:postgresql:")) {
            PGSimpleDataSource postgres = new PGSimpleDataSource();
            try {
                postgres.setUrl(where);
            } catch (IllegalArgumentException quotesTheUrl) {
                throw new InvalidRequestException(
                        "--journal", shown(where), "is not a URL that PostgreSQL's driver takes");
            }
            return postgres;
        }
        InvalidRequestException.unless(
                !where.startsWith("jdbc:") || where.startsWith("jdbc:sqlite:"),
                "--journal",
                shown(where),
                "must be a path, jdbc:sqlite:..., jdbc:postgresql:... or none");
        SQLiteDataSource sqlite = new SQLiteDataSource();
        sqlite.setUrl(where.startsWith("jdbc:") ? where : "jdbc:sqlite:" + inOwnFolder(Path.of(where)));
        return sqlite;
    }

    /** The folder is made for its owner alone. */
    private static Path inOwnFolder(Path file) {
        Path folder = file.toAbsolutePath().getParent();
        boolean posix = FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
        FileAttribute<?>[] ownersAlone = posix
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))
                }
                : new FileAttribute<?>[0];
        try {
            if (folder != null) {
                Files.createDirectories(folder, ownersAlone);
            }
            return file;
        } catch (IOException e) {
            throw new InvalidRequestException(
                    "--journal",
                    file,
                    "must be in a folder that can be made (" + e.getClass().getSimpleName() + ")");
        }
    }
}
