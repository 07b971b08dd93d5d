package io.ramet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ManPagesTest {

    @Test
    void eachCommandHasAPageWithItsOptions(@TempDir Path folder) throws IOException {
        ManPages.main(new String[] {folder.toString()});

        Path pages = folder.resolve("man");
        assertThat(pages).isDirectoryContaining("glob:**/ramet.1").isDirectoryContaining("glob:**/ramet-reconcile.1");
        assertThat(Files.readString(pages.resolve("ramet-clone.1")))
                .startsWith(".TH RAMET-CLONE 1\n.SH NAME\nramet\\-clone")
                .contains("\\-\\-unverified\\-plans")
                .contains("Exit codes:")
                .doesNotContain("\n.N", "\n'");
    }

    @Test
    void theCompletionIsThatOfTheCommand(@TempDir Path folder) throws IOException {
        ManPages.main(new String[] {folder.toString()});
        Session session = new Session();

        assertThat(session.run("generate-completion")).isZero();

        assertThat(folder.resolve("completion").resolve("ramet")).hasContent(session.out());
    }

    @Test
    void theHelpStandsInGroupsAndHelpIsACommand() {
        Session session = new Session();

        assertThat(session.run("help", "clone")).isZero();

        assertThat(session.out())
                .containsSubsequence("Request:", "Connection:", "Safety:", "Journal:", "Limit:", "Exit codes:");
    }
}
