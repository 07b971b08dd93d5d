package io.ramet.cli;

import io.ramet.error.InvalidValueException;
import io.ramet.reactor.journal.JournalException;
import java.net.UnknownHostException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Map;
import javax.sql.DataSource;

/** The location of a journal: a file, or a database. */
interface JournalLocation {

    /**
     * Reads {@code --journal}.
     *
     * @param where a path or a URL
     * @param environment the variables for a user and a password that the URL leaves out
     * @throws InvalidValueException if no journal can be there; quotes nothing that may be a secret
     */
    static JournalLocation of(String where, Map<String, String> environment) {
        if (where.startsWith("jdbc:postgresql:")) {
            return new PostgresUrl(where, environment);
        }
        String scheme = where.replaceFirst("^((jdbc:)?[^:]*:).*", "$1...");
        InvalidValueException.unless(
                !where.matches("jdbc:(mysql|mariadb):.*"),
                "--journal",
                scheme,
                "cannot be read: the drivers of MySQL and MariaDB are under the GPL and the LGPL, and are not part of this program; "
                        + "use the service whose journal it is");
        // A single letter before the colon is a Windows drive.
        InvalidValueException.unless(
                where.startsWith(SqliteFile.SCHEME) || !where.matches("[A-Za-z]{2,}:.*"),
                "--journal",
                scheme,
                "must be a path, jdbc:sqlite:PATH, jdbc:postgresql:... or none");
        return new SqliteFile(where);
    }

    /** {@return the database, with or without a journal in it; a file is created if there is none} */
    DataSource database();

    /** {@return the database, which must exist} */
    default DataSource existing() {
        return database();
    }

    /** {@return the location as a word of a command to paste, without secrets} */
    String word();

    /** {@return whether secrets had to be left out of that word} */
    default boolean omitsSecrets() {
        return false;
    }

    /** {@return the database, for writing; it has accepted a connection, so that a mistyped location is named early} */
    default DataSource connected() {
        DataSource database = database();
        var unused = holdsAJournal(database);
        return database;
    }

    /** {@return the database, for reading: nothing is created where there is no journal} */
    default DataSource holdingAJournal() {
        DataSource database = existing();
        if (!holdsAJournal(database)) {
            throw absent();
        }
        return database;
    }

    private boolean holdsAJournal(DataSource database) {
        try (Connection connection = database.getConnection();
                ResultSet tables = connection.getMetaData().getTables(null, null, "ramet_schema", null)) {
            return tables.next();
        } catch (SQLException e) {
            // PostgreSQL's driver says only "The connection attempt failed."
            String host = e.getCause() instanceof UnknownHostException ? " The host name cannot be resolved." : "";
            throw unusable("could not be opened: " + e.getMessage() + host, e);
        }
    }

    /** {@return the failure for a location that cannot hold a journal, or not now} */
    default JournalException unusable(String rule, Exception cause) {
        return new JournalException("--journal " + word() + ": " + rule, cause);
    }

    /** {@return the failure for a mistyped location} */
    default InvalidValueException absent() {
        return new InvalidValueException("--journal", word(), "there is no journal there");
    }
}
