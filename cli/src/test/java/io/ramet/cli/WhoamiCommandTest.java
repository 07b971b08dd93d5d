package io.ramet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.ramet.simulator.CredentialsSimulator;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class WhoamiCommandTest {

    @AutoClose
    private final CredentialsSimulator services = CredentialsSimulator.start();

    private final Session session = new Session()
            .environment(
                    Map.of("TENCENTCLOUD_SECRET_ID", "AKIDuser", "TENCENTCLOUD_SECRET_KEY", "canary-permanent-key"));

    @Test
    void printsProviderAccountAndArnAndNoKey() {
        services.accept("AKIDuser", "canary-permanent-key");

        assertThat(session.run("whoami", "--sts=" + services.uri())).isZero();

        assertThat(session.out().lines())
                .containsExactly(
                        "provider  environment",
                        "account   100000000001",
                        "arn       qcs::cam::uin/100000000001:uin/100000000002");
        assertThat(session.err()).isEmpty();
        assertThat(services.requests()).containsExactly("GetCallerIdentity");
    }

    @Test
    void aKeyThatIsRefusedIsExitCodeFive() {
        assertThat(session.run("whoami", "--sts=" + services.uri())).isEqualTo(ExitCode.NO_ACCESS);

        assertThat(session.out()).isEmpty();
        assertThat(session.err())
                .contains("no credentials: GetCallerIdentity: AuthFailure.SecretIdNotFound")
                .contains("The key in use comes from: environment")
                .doesNotContain("canary");
    }

    @Test
    void aProfileThatDoesNotExistIsExitCodeFive() {
        assertThat(session.run("whoami", "--profile=nowhere", "--sts=" + services.uri()))
                .isEqualTo(ExitCode.NO_ACCESS);

        assertThat(session.err()).contains("tccli profile nowhere").contains("not found");
    }
}
