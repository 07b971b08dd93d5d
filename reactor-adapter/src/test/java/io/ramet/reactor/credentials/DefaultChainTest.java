package io.ramet.reactor.credentials;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.ramet.simulator.CredentialsSimulator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The default chain in processes of their own, with the real names of variables, files and the metadata service. */
@Tag("real")
class DefaultChainTest {

    @AutoClose
    private final CredentialsSimulator services = CredentialsSimulator.start();

    @TempDir
    private Path home;

    @BeforeEach
    void noKeysOfThisMachine() {
        assumeThat(Path.of("/etc/tencentcloud/credentials")).doesNotExist();
    }

    private String found(Map<String, String> environment) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-Xmx96m",
                        "-Duser.home=" + home,
                        "-cp",
                        System.getProperty("java.class.path"),
                        DefaultChainProgram.class.getName(),
                        String.valueOf(services.uri().getPort()))
                .redirectErrorStream(true)
                .redirectOutput(home.resolve("output").toFile());
        builder.environment().keySet().removeIf(name -> name.matches("(TENCENTCLOUD|TKE|TCCLI)_.*"));
        builder.environment().putAll(environment);
        Process process = builder.start();
        try {
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        return Files.readAllLines(home.resolve("output")).stream()
                .filter(line -> line.startsWith("> "))
                .map(line -> line.substring(2))
                .collect(Collectors.joining("\n"));
    }

    private Path file(String name, String content) throws IOException {
        Path file = home.resolve(name);
        Files.createDirectories(file.getParent());
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        return Files.writeString(file, content);
    }

    @Test
    void anInstanceWithARoleNeedsNothing() throws Exception {
        assertThat(found(Map.of()))
                .startsWith("no credentials: environment without TENCENTCLOUD_SECRET_ID; TKE pod identity without TKE")
                .endsWith("; CVM role no role is bound to this instance");

        services.bindRole("cloner");

        assertThat(found(Map.of())).matches("CVM role, AKIDtemporary\\d, region none");
    }

    @Test
    @Tag("soak")
    void filesComeBeforeTheInstancesRole() throws Exception {
        services.bindRole("cloner");
        file(".tencentcloud/credentials", "[default]\nsecret_id=AKIDini\nsecret_key=key\n");

        assertThat(found(Map.of()))
                .isEqualTo("file " + home.resolve(".tencentcloud/credentials") + ", AKIDini, region none");

        file(".tccli/default.credential", "{\"secretId\":\"AKIDtccli\",\"secretKey\":\"key\"}");
        file(".tccli/default.configure", "{\"_sys_param\":{\"region\":\"ap-beijing\"}}");

        assertThat(found(Map.of())).isEqualTo("tccli profile default, AKIDtccli, region ap-beijing");
    }

    @Test
    @Tag("soak")
    void aPodsIdentityComesBeforeFilesAndTheEnvironmentBeforeAll() throws Exception {
        file(".tccli/default.credential", "{\"secretId\":\"AKIDtccli\",\"secretKey\":\"key\"}");
        services.acceptWebIdentity("canary-web-token");
        Map<String, String> pod = Map.of(
                "TKE_REGION", "ap-shanghai",
                "TKE_PROVIDER_ID", "cls-abcdefgh",
                "TKE_WEB_IDENTITY_TOKEN_FILE",
                        file("oidc-token", "canary-web-token\n").toString(),
                "TKE_ROLE_ARN", "qcs::cam::uin/100000000001:roleName/cloner");

        assertThat(found(pod)).matches("TKE pod identity, AKIDtemporary\\d, region none");

        assertThat(found(Map.of(
                        "TENCENTCLOUD_SECRET_ID", "AKIDenv",
                        "TENCENTCLOUD_SECRET_KEY", "key",
                        "TENCENTCLOUD_SESSION_TOKEN", "token",
                        "TENCENTCLOUD_REGION", "ap-nanjing",
                        "TKE_REGION", "half a pod identity is not even read")))
                .isEqualTo("environment, AKIDenv, region ap-nanjing");
    }
}
