package io.ramet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.ramet.simulator.Simulator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Region and key from where the vendor's tools look for them. The home folder of a session is its state folder. */
class ProfileTest {

    @TempDir
    private Path home;

    @AutoClose
    private final Simulator simulator = Simulator.start();

    @Test
    void aProfileOfTccliHasKeyAndRegion() throws IOException {
        Path folder = Files.createDirectory(home.resolve(".tccli"));
        Files.writeString(
                folder.resolve("team.credential"),
                "{\"secretId\": \"" + simulator.secretId() + "\", \"secretKey\": \"" + simulator.secretKey() + "\"}");
        Files.writeString(folder.resolve("team.configure"), "{\"_sys_param\": {\"region\": \"ap-guangzhou\"}}");
        Session session = new Session(home);

        assertThat(clone(session, "--profile=team", "--plan-id=order-1")).isZero();

        assertThat(session.run("report")).isZero();
        assertThat(session.out()).contains("ap-guangzhou");
        assertThat(session.out() + session.err()).doesNotContain(simulator.secretKey());
    }

    @Test
    void aProfileThatDoesNotExistExits5AndIsNamed() {
        Session session = new Session(home);

        assertThat(clone(session, "--profile=nobody", "--region=ap-guangzhou")).isEqualTo(5);

        assertThat(session.out()).contains("nobody");
        assertThat(simulator.books().arrivals()).isEmpty();
    }

    @Test
    void theRegionOfTheEnvironmentIsUsedUnlessAnotherIsGiven() {
        Session session = new Session(home)
                .credentials(simulator.secretId(), simulator.secretKey())
                .environment(Map.of("TENCENTCLOUD_REGION", "ap-beijing"));

        assertThat(clone(session, "--plan-id=order-1")).isZero();
        assertThat(clone(session, "--plan-id=order-2", "--region=ap-guangzhou")).isZero();

        session.run("report");
        assertThat(session.out()).containsPattern("order-1 .* ap-beijing ").containsPattern("order-2 .* ap-guangzhou ");
    }

    private int clone(Session session, String... more) {
        return session.run(Stream.of(
                        Stream.of("clone", "--endpoint=" + simulator.uri(), "--goods-num=1", "--billing=payg", "--yes"),
                        Fixtures.REQUEST.stream(),
                        Stream.of(more))
                .flatMap(arguments -> arguments)
                .toArray(String[]::new));
    }
}
