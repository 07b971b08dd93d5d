package io.ramet.reactor.parts;

import com.mysql.cj.jdbc.MysqlDataSource;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.mariadb.jdbc.MariaDbDataSource;

/** A server of MariaDB or MySQL on this machine, which a test may kill and start again. */
public final class MySql implements AutoCloseable {

    /** A server, and the driver that connects to it. */
    public enum Kind {
        MARIADB("mariadb"),
        MYSQL("mysql"),
        MYSQL_WITH_MARIADBS_DRIVER("mariadb");

        private final String driver;

        Kind(String driver) {
            this.driver = driver;
        }
    }

    private final Kind kind;
    private final Path folder;
    private final int port;
    private final List<String> command;
    private Program server;
    private int databases;

    private MySql(Kind kind, Path folder, List<String> settings) throws Exception {
        this.kind = kind;
        this.folder = folder;
        this.port = Program.freePort();
        String data = "--datadir=" + folder.resolve("data");
        this.command = new ArrayList<>(kind == Kind.MARIADB ? mariaDb(data) : mySql(data));
        command.addAll(List.of(
                data,
                "--bind-address=127.0.0.1",
                "--port=" + port,
                "--socket=" + folder.resolve("socket"),
                "--pid-file=" + folder.resolve("pid"),
                "--innodb-buffer-pool-size=16M"));
        command.addAll(settings);
        restart();
    }

    /** A new and empty server, started with these settings. Without the program, the test is skipped, and says so. */
    public static MySql start(Kind kind, String... settings) throws Exception {
        return new MySql(kind, Program.folder("mysql"), List.of(settings));
    }

    private List<String> mariaDb(String data) throws Exception {
        String debianPackage = "mariadb-server";
        Program.run(
                folder,
                Program.find("mariadb-install-db", debianPackage),
                "--no-defaults",
                data,
                "--skip-test-db",
                "--auth-root-authentication-method=normal");
        return List.of(Program.find("mariadbd", debianPackage), "--no-defaults");
    }

    private List<String> mySql(String data) throws Exception {
        String program = System.getProperty("ramet.mysqld", "");
        if (program.isEmpty()) {
            program = Program.find("mysqld", "mysql-server");
        }
        if (Path.of(program).toRealPath().endsWith("mariadbd")) {
            throw Program.skipped(program + " is MariaDB; name the program of MySQL with -Dramet.mysqld");
        }
        String redo = "--innodb-redo-log-capacity=8M";
        Program.run(folder, program, "--no-defaults", "--initialize-insecure", data, redo);
        return List.of(program, "--no-defaults", "--mysqlx=OFF", "--secure-file-priv=NULL", redo);
    }

    /** Starts it with the data that are there. */
    public void restart() throws Exception {
        server = Program.start(folder, command.toArray(String[]::new));
        server.await(kind + " accepts connections", this::isUp);
    }

    /** The files after a crash of the machine, except that nothing in the kernel is lost. */
    public void kill() {
        server.kill();
    }

    private boolean isUp() {
        try {
            execute("SELECT 1");
            return true;
        } catch (SQLException notYet) {
            return false;
        }
    }

    /** Runs a statement as root. */
    public void execute(String sql) throws SQLException {
        try (Connection connection = source(url("mysql")).getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** {@return the URL of a new and empty database} */
    public String newDatabase() throws SQLException {
        String name = "journal_" + databases++;
        execute("CREATE DATABASE " + name);
        return url(name);
    }

    private String url(String database) {
        return "jdbc:" + kind.driver + "://127.0.0.1:" + port + "/" + database + "?user=root";
    }

    /** {@return the database at a URL, for the driver that the URL names} */
    public static DataSource source(String url) throws SQLException {
        if (url.startsWith("jdbc:mariadb:")) {
            return new MariaDbDataSource(url);
        }
        MysqlDataSource source = new MysqlDataSource();
        source.setUrl(url);
        return source;
    }

    @Override
    public void close() {
        kill();
    }
}
