package io.ramet.reactor.parts;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.postgresql.ds.PGSimpleDataSource;

/** A PostgreSQL server of this machine that a test may kill, restore and promote. */
final class Postgres implements AutoCloseable {

    private static final String PACKAGE = "postgresql";

    private final Path folder;
    private final Path data;
    private final int port;
    private Program server;

    private Postgres(Path folder, String data) throws Exception {
        this.folder = folder;
        this.data = folder.resolve(data);
        this.port = Program.freePort();
    }

    /** A new and empty server, started with these settings. */
    static Postgres start(String... settings) throws Exception {
        Postgres postgres = new Postgres(Program.folder("postgres"), "primary");
        Program.run(
                postgres.folder,
                Program.find("initdb", PACKAGE),
                "--pgdata=" + postgres.data,
                "--username=ramet",
                "--auth=trust",
                "--encoding=UTF8",
                "--no-locale");
        postgres.restart(settings);
        return postgres;
    }

    /** A standby that streams from this server. */
    Postgres standby() throws Exception {
        Postgres standby = new Postgres(folder, "standby");
        backUp(standby.data, "--write-recovery-conf");
        standby.restart();
        await("the standby streams", "SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'", "1");
        return standby;
    }

    private void backUp(Path to, String... options) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Program.find("pg_basebackup", PACKAGE),
                "--dbname=host=127.0.0.1 user=ramet port=" + port,
                "--pgdata=" + to,
                "--checkpoint=fast",
                "--wal-method=stream"));
        command.addAll(List.of(options));
        Program.run(folder, command.toArray(String[]::new));
    }

    /** {@return a copy of its data as they are now} */
    Path backUp() throws Exception {
        Path copy = folder.resolve("backup");
        backUp(copy);
        return copy;
    }

    /** Dies, and comes back at the same address with the data of the copy. */
    void restore(Path copy) throws Exception {
        kill();
        Program.run(folder, "rm", "-r", data.toString());
        Program.run(folder, "mv", copy.toString(), data.toString());
        restart();
    }

    void restart(String... settings) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Program.find("postgres", PACKAGE),
                "-D",
                data.toString(),
                "-p",
                String.valueOf(port),
                "-c",
                "listen_addresses=127.0.0.1",
                "-c",
                "unix_socket_directories="));
        for (String setting : settings) {
            command.add("-c");
            command.add(setting);
        }
        server = Program.start(folder, command.toArray(String[]::new));
        server.await("PostgreSQL accepts connections", this::isUp);
    }

    private boolean isUp() {
        try {
            return query("SELECT 1").equals("1");
        } catch (SQLException notYet) {
            return false;
        }
    }

    /** The files after a crash of the machine, except that nothing in the kernel is lost. */
    void kill() {
        server.kill();
    }

    /** From a standby to a primary. */
    void promote() throws SQLException {
        query("SELECT pg_promote(true, 30)");
    }

    void await(String what, String query, String wanted) throws Exception {
        server.await(what, () -> query(query).equals(wanted));
    }

    void execute(String... statements) throws SQLException {
        try (Connection connection = source(this).getConnection();
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    String query(String sql) throws SQLException {
        try (Connection connection = source(this).getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            return row.next() ? String.valueOf(row.getObject(1)) : "";
        }
    }

    /** {@return what finds the primary among these servers, as a client's driver does} */
    static PGSimpleDataSource source(Postgres... servers) {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(url(servers));
        source.setConnectTimeout((int) Duration.ofSeconds(5).toSeconds());
        return source;
    }

    static String url(Postgres... servers) {
        String hosts =
                Arrays.stream(servers).map(server -> "127.0.0.1:" + server.port).collect(Collectors.joining(","));
        return "jdbc:postgresql://" + hosts + "/postgres?user=ramet"
                + (servers.length > 1 ? "&targetServerType=primary" : "");
    }

    @Override
    public void close() {
        kill();
    }
}
