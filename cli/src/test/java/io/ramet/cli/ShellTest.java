package io.ramet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ShellTest {

    @Test
    void aJarIsCalledAgainByItsAbsolutePath() {
        Path jar = Path.of("target", "ramet.jar");
        assertThat(Shell.program(jar.toString()))
                .containsExactly("java", "-jar", jar.toAbsolutePath().toString());
    }

    @Test
    void whatWasStartedOtherwiseIsCalledByItsName() {
        assertThat(Shell.program("a.jar" + File.pathSeparator + "b.jar")).containsExactly("ramet");
        assertThat(Shell.program("target/classes")).containsExactly("ramet");
    }

    @Test
    void stateIsKeptWhereTheUsersEnvironmentSays() {
        Path home = Path.of("home");
        assertThat(Shell.state(Map.of(), home)).isEqualTo(home.resolve(".local/state/ramet"));
        assertThat(Shell.state(Map.of("XDG_STATE_HOME", "kept"), home)).isEqualTo(Path.of("kept", "ramet"));
    }
}
