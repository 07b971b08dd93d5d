package io.ramet.reactor.chaos;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.sqlite.SQLiteDataSource;

/**
 * A database that loses what it has confirmed, reports failures that did not happen, and is away at times: SQLite
 * behind a proxy, so that the real journal works on it. Its clock is injected.
 */
final class LyingDatabase {

    /** The faults of a transaction, each with a probability. */
    enum Trouble {
        /** Committed, and then the connection breaks. */
        COMMITTED_BUT_FAILED,
        /** Rolled back, and then the connection breaks. */
        FAILED,
        /** The connection breaks in the middle of the transaction. */
        CUT,
        /** A deadlock (40P01), after which the transaction may be tried again. */
        DEADLOCK
    }

    private static final int KEPT = 40;

    private final Path folder;
    private final Random random;
    private final boolean forgetful;
    private final Supplier<Long> millis;
    private final Map<Trouble, Double> chances = new EnumMap<>(Trouble.class);
    private final Deque<byte[]> commits = new ArrayDeque<>();
    private int generation;
    private boolean down;
    private boolean readOnly;
    /** The events, for the message of a failure. */
    final List<String> story = new ArrayList<>();

    LyingDatabase(Path folder, Random random, boolean forgetful, Supplier<Long> millis) {
        this.folder = folder;
        this.forgetful = forgetful;
        this.random = random;
        this.millis = millis;
    }

    void chance(Trouble trouble, double chance) {
        chances.put(trouble, chance);
    }

    void down(boolean isDown) {
        down = isDown;
        story.add((isDown ? "down" : "up"));
    }

    void readOnly(boolean isReadOnly) {
        readOnly = isReadOnly;
        story.add(isReadOnly ? "read-only" : "writable");
    }

    void heal() {
        chances.clear();
        down = false;
        readOnly = false;
    }

    /** No failover from now on loses what is committed now. */
    synchronized void keepWhatIsCommitted() {
        commits.clear();
        remember();
    }

    /** Fails over to a standby that has not received the last commits; every connection breaks. */
    synchronized void failOver(int lost) {
        byte[] state = null;
        for (int i = 0; i <= lost && !commits.isEmpty(); i++) {
            state = commits.removeLast();
        }
        if (state == null) {
            return;
        }
        story.add("failed over, losing " + lost + " commits");
        commits.addLast(state);
        generation++;
        try {
            Files.write(file(), state);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Deletes the row of one chunk, although its commit was confirmed. */
    void loseRow() {
        loseRow("ramet_chunk", "chunk");
    }

    /** Deletes one row of a table, although its commit was confirmed. */
    void loseRow(String table, String key) {
        try (Connection connection = file(file()).getConnection();
                Statement statement = connection.createStatement()) {
            List<String> rows = new ArrayList<>();
            try (ResultSet row = statement.executeQuery("SELECT plan_id, " + key + " FROM " + table)) {
                while (row.next()) {
                    rows.add("plan_id = '" + row.getString(1) + "' AND " + key + " = '" + row.getString(2) + "'");
                }
            }
            if (!rows.isEmpty()) {
                String which = rows.get(random.nextInt(rows.size()));
                statement.executeUpdate("DELETE FROM " + table + " WHERE " + which);
                story.add("lost " + which);
                remember();
            }
        } catch (SQLException notYetMade) {
            story.add("nothing to lose: " + notYetMade.getMessage());
        }
    }

    private Path file() {
        return folder.resolve("journal-" + generation + ".db");
    }

    private static SQLiteDataSource file(Path path) {
        SQLiteDataSource source = new SQLiteDataSource();
        source.setUrl("jdbc:sqlite:" + path);
        return source;
    }

    private synchronized void remember() {
        if (!forgetful) {
            return;
        }
        try {
            commits.addLast(Files.readAllBytes(file()));
            if (commits.size() > KEPT) {
                commits.removeFirst();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The data source of one process; {@code alive} is false once the process was killed. */
    DataSource source(Supplier<Boolean> alive) {
        return (DataSource) Proxy.newProxyInstance(
                LyingDatabase.class.getClassLoader(), new Class<?>[] {DataSource.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("getConnection")) {
                        if (down || !alive.get()) {
                            throw away("connection refused");
                        }
                        return new Lying(file(file()).getConnection(), alive).proxy();
                    }
                    return method.getReturnType() == int.class ? 0 : null;
                });
    }

    private static SQLException away(String what) {
        return new SQLException(what, "08006");
    }

    private final class Lying {
        private final Connection real;
        private final Supplier<Boolean> alive;
        private final int born = generation;
        private boolean broken;
        private boolean transactional;

        Lying(Connection real, Supplier<Boolean> alive) {
            this.real = real;
            this.alive = alive;
        }

        Connection proxy() {
            return (Connection) Proxy.newProxyInstance(
                    LyingDatabase.class.getClassLoader(), new Class<?>[] {Connection.class}, this::invoke);
        }

        private Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
            switch (method.getName()) {
                case "close" -> {
                    real.close();
                    return null;
                }
                case "isClosed" -> {
                    return real.isClosed();
                }
                case "prepareStatement" -> {
                    check();
                    String sql = (String) arguments[0];
                    boolean writes =
                            !sql.stripLeading().toUpperCase(Locale.ROOT).startsWith("SELECT");
                    if (writes && readOnly) {
                        throw new SQLException("cannot execute in a read-only transaction", "25006");
                    }
                    if (writes && happens(Trouble.DEADLOCK)) {
                        throw new SQLException("deadlock detected", "40P01");
                    }
                    arguments[0] = sql.replace("unixepoch('subsec')", millis.get() / 1000.0 + "");
                }
                case "setAutoCommit" -> {
                    transactional = !(boolean) arguments[0];
                    // No test here takes the disk away.
                    try (Statement statement = real.createStatement()) {
                        statement.execute("PRAGMA synchronous=OFF");
                    }
                }
                case "commit" -> {
                    check();
                    commit();
                    return null;
                }
                default -> check();
            }
            try {
                return method.invoke(real, arguments);
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        }

        private void check() throws SQLException {
            if (transactional && happens(Trouble.CUT)) {
                broken = true;
            }
            if (broken || born != generation || down || !alive.get()) {
                broken = true;
                if (!real.isClosed()) {
                    real.close();
                }
                throw away("the connection was closed by the server");
            }
        }

        private void commit() throws SQLException {
            if (happens(Trouble.FAILED)) {
                broken = true;
                real.rollback();
                real.close();
                throw away("an I/O error occurred while committing");
            }
            real.commit();
            remember();
            if (happens(Trouble.COMMITTED_BUT_FAILED)) {
                broken = true;
                real.close();
                throw away("an I/O error occurred while committing");
            }
        }

        private boolean happens(Trouble trouble) {
            boolean happens = random.nextDouble() < chances.getOrDefault(trouble, 0.0);
            if (happens) {
                story.add(trouble + "");
            }
            return happens;
        }
    }
}
