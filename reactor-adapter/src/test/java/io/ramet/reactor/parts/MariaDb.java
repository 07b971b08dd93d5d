package io.ramet.reactor.parts;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.mariadb.jdbc.MariaDbDataSource;

/** A MariaDB server of this machine. */
public final class MariaDb implements AutoCloseable {

    private static final String PACKAGE = "mariadb-server";

    private final Program server;
    private final int port;

    private MariaDb(Program server, int port) {
        this.server = server;
        this.port = port;
    }

    /** A new and empty server, started with these settings. */
    public static MariaDb start(String... settings) throws Exception {
        String install = Program.find("mariadb-install-db", PACKAGE);
        Path folder = Program.folder("mariadb");
        Path data = folder.resolve("data");
        int port = Program.freePort();
        Program.run(
                folder,
                install,
                "--no-defaults",
                "--datadir=" + data,
                "--skip-test-db",
                "--auth-root-authentication-method=normal");
        List<String> command = new ArrayList<>(List.of(
                Program.find("mariadbd", PACKAGE),
                "--no-defaults",
                "--datadir=" + data,
                "--bind-address=127.0.0.1",
                "--port=" + port,
                "--socket=" + folder.resolve("socket"),
                "--pid-file=" + folder.resolve("pid"),
                "--innodb-buffer-pool-size=16M",
                "--skip-grant-tables"));
        command.addAll(List.of(settings));
        MariaDb started = new MariaDb(Program.start(folder, command.toArray(String[]::new)), port);
        started.server.await("MariaDB accepts connections", started::isUp);
        return started;
    }

    private boolean isUp() {
        try {
            execute("SELECT 1");
            return true;
        } catch (SQLException notYet) {
            return false;
        }
    }

    public void execute(String sql) throws SQLException {
        try (Connection connection = source("mysql").getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** {@code database} is its name, and may be followed by options of the driver. */
    public MariaDbDataSource source(String database) throws SQLException {
        return new MariaDbDataSource("jdbc:mariadb://127.0.0.1:" + port + "/" + database);
    }

    @Override
    public void close() {
        server.kill();
    }
}
