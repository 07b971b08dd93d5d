package io.ramet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CliContextTest {

    @Test
    void aJarIsCalledAgainByItsAbsolutePath() {
        Path jar = Path.of("target", "ramet.jar");
        assertThat(CliContext.program("", jar.toString()))
                .containsExactly("java", "-jar", jar.toAbsolutePath().toString());
    }

    @Test
    void withoutAJarTheProgramIsCalledByItsName() {
        assertThat(CliContext.program("", "a.jar" + File.pathSeparator + "b.jar"))
                .containsExactly("ramet");
        assertThat(CliContext.program("", "target/classes")).containsExactly("ramet");
    }

    @Test
    void theStateFolderIsThatOfTheEnvironment() {
        Path home = Path.of("home");
        assertThat(CliContext.state(Map.of(), home)).isEqualTo(home.resolve(".local/state/ramet"));
        assertThat(CliContext.state(Map.of("XDG_STATE_HOME", "kept"), home)).isEqualTo(Path.of("kept", "ramet"));
    }
}
