package io.ramet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RametTest {

    private final Session session = new Session();

    static Stream<String> commands() {
        return Ramet.commandLine(new Session().context()).getSubcommands().keySet().stream()
                .filter(name -> !name.equals("help") && !name.equals("generate-completion"));
    }

    @ParameterizedTest
    @MethodSource("commands")
    void aCommandIsBuiltWithoutTheOthers(String name) {
        assertThat(Ramet.commandLine(session.context(), name, "--help").getSubcommands())
                .containsOnlyKeys(name);
    }

    @Test
    void aMisspelledCommandIsAnsweredWithTheRightOne() {
        assertThat(session.run("clne")).isEqualTo(ExitCode.USAGE);
        assertThat(session.err()).contains("ramet clone");
    }
}
