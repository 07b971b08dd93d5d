package io.ramet.reactor.journal;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An open transaction. The placeholder {@code $now} in a statement is the time in milliseconds. It is that of the
 * database, so that the clocks of the processes need not agree, unless another clock was set. {@link Dialect#spell}
 * replaces the other placeholders.
 *
 * @param opening the statements that begin each transaction; empty if none are needed
 */
record Transaction(
        Connection connection,
        Dialect dialect,
        String opening,
        @Nullable Clock clock) {

    /** The maximum number of rows of a page. */
    static final int PAGE = 256;

    /** Reads one row. */
    interface Mapper<T> {
        T map(ResultSet row) throws SQLException;
    }

    /** Begins the transaction with the opening statements, if there are any. */
    void open() throws SQLException {
        if (!opening.isEmpty()) {
            try (Statement statement = connection.createStatement()) {
                statement.execute(opening);
            }
        }
    }

    /** {@return the number of changed rows} */
    int update(String sql, @Nullable Object... values) throws SQLException {
        try (PreparedStatement statement = prepare(sql, values)) {
            return statement.executeUpdate();
        }
    }

    <T> List<T> list(Mapper<T> mapper, String sql, @Nullable Object... values) throws SQLException {
        List<T> rows = new ArrayList<>();
        try (PreparedStatement statement = prepare(sql, values);
                ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                rows.add(mapper.map(row));
            }
        }
        return rows;
    }

    <T> Optional<T> first(Mapper<T> mapper, String sql, @Nullable Object... values) throws SQLException {
        try (PreparedStatement statement = prepare(sql, values);
                ResultSet row = statement.executeQuery()) {
            return row.next() ? Optional.of(mapper.map(row)) : Optional.empty();
        }
    }

    /** Fails if the server may lose what is committed from now on. */
    void checkDurable() throws SQLException {
        try (Statement statement = connection.createStatement()) {
            dialect.checkDurable(statement);
        }
    }

    private PreparedStatement prepare(String sql, @Nullable Object... values) throws SQLException {
        String now = clock == null ? dialect.now : String.valueOf(clock.millis());
        PreparedStatement statement =
                connection.prepareStatement(dialect.spell(sql).replace("$now", now));
        for (int i = 0; i < values.length; i++) {
            statement.setObject(i + 1, values[i]);
        }
        return statement;
    }

    static @Nullable Long number(ResultSet row, String column) throws SQLException {
        long number = row.getLong(column);
        return row.wasNull() ? null : number;
    }
}
