package io.ramet.spring;

import io.ramet.plan.PlanId;
import io.ramet.reactor.journal.CloneJournal;
import io.ramet.spring.RametProperties.Journal;
import io.ramet.spring.RametProperties.Journal.Kind;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.util.ClassUtils;
import org.sqlite.SQLiteDataSource;

/** Creates the journal that the settings choose. */
final class Journals {

    private static final Logger log = LoggerFactory.getLogger(Journals.class);

    /** The journal itself gives up on a connection after 10 s, and on a response after another 10 s. */
    private static final Duration LONGEST_CHECK = Duration.ofSeconds(60);

    private static final FileAttribute<?>[] OWNER_ONLY =
            FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
                    ? new FileAttribute<?>[] {
                        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                    }
                    : new FileAttribute<?>[0];

    private Journals() {}

    /** {@code database} is null if there is no DataSource bean, or several without a primary one. */
    static CloneJournal open(Journal settings, @Nullable DataSource database, boolean several) {
        return switch (kind(settings, database, several)) {
            case MEMORY -> CloneJournal.inMemory();
            case FILE -> jdbc(sqlite(settings.file()), "ramet.journal.file " + settings.file(), settings);
            case DATA_SOURCE -> jdbc(named(database), "ramet.journal.kind data-source", settings);
        };
    }

    private static Kind kind(Journal settings, @Nullable DataSource database, boolean several) {
        if (settings.kind() != null) {
            return settings.kind();
        }
        if (settings.file() != null) {
            return Kind.FILE;
        }
        if (database != null) {
            return Kind.DATA_SOURCE;
        }
        if (several) {
            // A bean more must not turn a journal that outlives the process into one that does not.
            throw new InvalidSettingException(
                    "ramet.journal.kind",
                    "(none): there are several DataSource beans, and none is primary or qualified with @CloneJournalDataSource",
                    null);
        }
        log.warn(
                "The clone journal is in memory: it is lost when this process ends, and a plan that is posted again is bought"
                        + " again. Set ramet.journal.file or define a DataSource bean; ramet.journal.kind=memory silences this"
                        + " warning.");
        return Kind.MEMORY;
    }

    private static CloneJournal jdbc(DataSource database, String property, Journal settings) {
        CloneJournal journal = InvalidSettingException.naming(
                "ramet.journal.",
                () -> CloneJournal.jdbcBuilder(database)
                        .lease(settings.lease())
                        .makeTables(settings.initializeSchema())
                        .build());
        if (settings.checkAtStart()) {
            check(journal, property);
        }
        return journal;
    }

    /** Connects and creates the tables, so that an unusable database is found at the start, not by a purchase. */
    private static void check(CloneJournal journal, String property) {
        try {
            journal.find(PlanId.of("start")).block(LONGEST_CHECK);
        } catch (RuntimeException failure) {
            journal.close();
            throw new InvalidSettingException(
                    property,
                    "cannot be used: " + failure.getMessage(),
                    "Correct the database or its settings. With ramet.journal.check-at-start=false the application starts all"
                            + " the same, and each plan is refused for as long as the journal cannot be used.",
                    failure);
        }
    }

    private static DataSource named(@Nullable DataSource database) {
        if (database == null) {
            throw new InvalidSettingException(
                    "ramet.journal.kind",
                    "data-source: there is no DataSource bean, or there are several and none is primary or qualified with"
                            + " @CloneJournalDataSource",
                    null);
        }
        return database;
    }

    private static DataSource sqlite(@Nullable Path file) {
        if (file == null) {
            throw new InvalidSettingException("ramet.journal.file", "(none): kind file needs one", null);
        }
        Path folder = file.toAbsolutePath().getParent();
        if (folder == null || !Files.isDirectory(folder)) {
            throw new InvalidSettingException("ramet.journal.file", file + ": must be in a folder that exists", null);
        }
        if (!ClassUtils.isPresent("org.sqlite.SQLiteDataSource", null)) {
            throw new InvalidSettingException(
                    "ramet.journal.file",
                    file + ": needs org.xerial:sqlite-jdbc on the class path",
                    "Add org.xerial:sqlite-jdbc to the dependencies of the application; Spring Boot manages its version.",
                    null);
        }
        create(file);
        return SqliteFile.at(file);
    }

    /**
     * Creates a file that only its owner can read; SQLite gives its side files the same mode. An existing file is not
     * changed.
     */
    private static void create(Path file) {
        try {
            Files.createFile(file, OWNER_ONLY);
        } catch (FileAlreadyExistsException e) {
            // Created by this application, now or earlier, or by its operator.
        } catch (IOException e) {
            throw new InvalidSettingException(
                    "ramet.journal.file",
                    file + ": cannot be created (" + e.getClass().getSimpleName() + ")",
                    e);
        }
    }

    /** A class of its own, so that the driver's classes are loaded only if they are present. */
    private static final class SqliteFile {

        static DataSource at(Path file) {
            SQLiteDataSource database = new SQLiteDataSource();
            database.setUrl("jdbc:sqlite:" + file);
            return database;
        }
    }
}
