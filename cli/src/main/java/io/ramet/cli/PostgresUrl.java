package io.ramet.cli;

import static java.util.stream.Collectors.joining;

import io.ramet.error.InvalidValueException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * A journal in a PostgreSQL database. The user comes from the URL, else from PGUSER. The password comes from
 * PGPASSWORD, else from the file that PGPASSFILE names, else from {@code ~/.pgpass}; never from the URL.
 */
final class PostgresUrl implements JournalLocation {

    private static final String USER = "user";
    private static final int LONGEST_LOGIN_SECONDS = 10;
    private static final int LONGEST_READ_SECONDS = 20;

    /** The settings that hold a password, in lower case. */
    private static final Set<String> PASSWORDS = Set.of("password", "sslpassword");

    /** The settings that can be printed: any other one may be a secret, or a secret with a typing error. */
    private static final Set<String> HARMLESS = Set.of(
            USER,
            "ApplicationName",
            "connectTimeout",
            "currentSchema",
            "loginTimeout",
            "prepareThreshold",
            "socketTimeout",
            "ssl",
            "sslcert",
            "sslkey",
            "sslmode",
            "sslrootcert",
            "targetServerType");

    /** The driver quotes URLs in its log. A strong reference, because a logger without one forgets its level. */
    private static final Logger DRIVER = Logger.getLogger("org.postgresql");

    static {
        DRIVER.setLevel(Level.OFF);
    }

    private final PGSimpleDataSource database = new PGSimpleDataSource();
    private final String server;
    private final List<String> settings;

    PostgresUrl(String url, Map<String, String> environment) {
        int question = url.indexOf('?');
        server = question < 0 ? url : url.substring(0, question);
        settings =
                question < 0 ? List.of() : List.of(url.substring(question + 1).split("&"));
        if (server.contains("@") || settings.stream().anyMatch(PostgresUrl::isPassword)) {
            throw refused();
        }
        try {
            database.setUrl(url);
        } catch (IllegalArgumentException quotesTheUrl) {
            throw refused();
        }
        // The driver accepts more spellings of these settings.
        if (database.getPassword() != null || database.getSslPassword() != null) {
            throw refused();
        }
        String user = environment.get("PGUSER");
        if (user != null && !isSet(USER)) {
            database.setUser(user);
        }
        String password = environment.get("PGPASSWORD");
        if (password != null) {
            database.setPassword(password);
        }
        // A server that accepts connections and sends nothing would hold the process, and its first Ctrl-C, for ever.
        if (!isSet("loginTimeout")) {
            database.setLoginTimeout(LONGEST_LOGIN_SECONDS);
        }
        if (!isSet("socketTimeout")) {
            database.setSocketTimeout(LONGEST_READ_SECONDS);
        }
    }

    private static InvalidValueException refused() {
        return new InvalidValueException(
                "--journal",
                "jdbc:postgresql:...",
                "must be a URL that PostgreSQL's driver accepts, without a password, which others could read in the list of "
                        + "processes: it goes into PGPASSWORD, or into the file that PGPASSFILE names");
    }

    @Override
    public DataSource database() {
        return database;
    }

    @Override
    public String word() {
        String kept = settings.stream().filter(PostgresUrl::isHarmless).collect(joining("&"));
        return kept.isEmpty() ? server : server + "?" + kept;
    }

    @Override
    public boolean omitsSecrets() {
        return !settings.stream().allMatch(PostgresUrl::isHarmless);
    }

    private boolean isSet(String name) {
        return settings.stream().map(PostgresUrl::name).anyMatch(name::equals);
    }

    private static boolean isPassword(String setting) {
        return PASSWORDS.contains(name(setting).toLowerCase(Locale.ROOT));
    }

    private static boolean isHarmless(String setting) {
        return HARMLESS.contains(name(setting));
    }

    private static String name(String setting) {
        return setting.replaceFirst("=.*", "");
    }
}
