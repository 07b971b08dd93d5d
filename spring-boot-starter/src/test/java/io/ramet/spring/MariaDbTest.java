package io.ramet.spring;

import static io.ramet.spring.Fixtures.PATIENCE;
import static io.ramet.spring.Fixtures.plan;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.ramet.reactor.CloneClient;
import io.ramet.simulator.Simulator;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.mariadb.jdbc.MariaDbDataSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** An application with a MariaDB as its journal. Skipped where MariaDB is not installed. */
@Tag("soak")
@Timeout(180)
class MariaDbTest {

    @TempDir
    private Path folder;

    @Test
    void anApplicationBuysOnceWithADataSourceOfMariaDb() throws Exception {
        int port = freePort();
        Process server = start(port);
        try (Simulator simulator = Simulator.start()) {
            execute(server, port, "CREATE DATABASE journal");
            DataSource database = new MariaDbDataSource("jdbc:mariadb://127.0.0.1:" + port + "/journal?user=root");
            ApplicationContextRunner application = new ApplicationContextRunner()
                    .withConfiguration(AutoConfigurations.of(RametAutoConfiguration.class))
                    .withBean(DataSource.class, () -> database)
                    .withPropertyValues(
                            "ramet.region=ap-guangzhou",
                            "ramet.endpoint=" + simulator.uri(),
                            "ramet.credentials.secret-id=" + simulator.secretId(),
                            "ramet.credentials.secret-key=" + simulator.secretKey());
            for (int started = 1; started <= 2; started++) {
                application.run(context -> assertThat(context.getBean(CloneClient.class)
                                .cloneReport(plan("order-1", 60))
                                .block(PATIENCE)
                                .complete())
                        .isTrue());
            }
            assertThat(simulator.books().bought())
                    .as("bought once, reported twice")
                    .isEqualTo(60);
        } finally {
            server.destroyForcibly().waitFor();
        }
    }

    private Process start(int port) throws Exception {
        Path data = Files.createDirectories(folder.resolve("data"));
        // The server refuses to run as root unless it is told to.
        String user = "--user=" + System.getProperty("user.name");
        Process installed = run(
                find("mariadb-install-db"),
                "--no-defaults",
                user,
                "--datadir=" + data,
                "--skip-test-db",
                "--auth-root-authentication-method=normal");
        assertThat(installed.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(installed.exitValue()).isZero();
        return run(
                find("mariadbd"),
                "--no-defaults",
                user,
                "--datadir=" + data,
                "--bind-address=127.0.0.1",
                "--port=" + port,
                "--socket=" + folder.resolve("socket"),
                "--pid-file=" + folder.resolve("pid"),
                "--innodb-buffer-pool-size=16M");
    }

    private Process run(String... command) throws IOException {
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile())
                .start();
    }

    private static String find(String program) {
        List<Path> found = Stream.concat(Stream.of(System.getenv("PATH").split(":")), Stream.of("/usr/sbin"))
                .map(path -> Path.of(path, program))
                .filter(Files::isExecutable)
                .toList();
        assumeTrue(!found.isEmpty(), program + " is not installed: apt-get install mariadb-server");
        return found.get(0).toString();
    }

    /** Waits until the server accepts connections. */
    private static void execute(Process server, int port, String sql) throws Exception {
        DataSource root = new MariaDbDataSource("jdbc:mariadb://127.0.0.1:" + port + "/mysql?user=root");
        for (int attempt = 1; ; attempt++) {
            try (Connection connection = root.getConnection();
                    Statement statement = connection.createStatement()) {
                statement.execute(sql);
                return;
            } catch (SQLException notYet) {
                assertThat(server.isAlive() && attempt < 1_000)
                        .as(notYet.getMessage())
                        .isTrue();
                TimeUnit.MILLISECONDS.sleep(50);
            }
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
