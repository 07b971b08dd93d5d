package io.ramet.reactor.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sqlite.SQLiteDataSource;

class SqliteJournalTest extends JdbcJournalContract {

    @TempDir
    private Path folder;

    @Override
    DataSource newDatabase() {
        SQLiteDataSource source = new SQLiteDataSource();
        source.setUrl("jdbc:sqlite:" + folder.resolve("journal.db"));
        return source;
    }

    @Test
    void theFileHoldsNoSecret() throws Exception {
        CloneJournal journal = journal();
        journal.open(plan("secret", 30), REGION).block(PATIENCE);
        journal.close();
        assertThat(Files.readString(folder.resolve("journal.db"), StandardCharsets.ISO_8859_1))
                .contains("crs-xjhsdj12")
                .doesNotContain("Canary-Passw0rd");
    }

    @ParameterizedTest
    @CsvSource({"sqlite, sqlite", "postgresql, postgresql", "mysql, mysql", "mariadb, mysql"})
    void aFileInTheJarHoldsTheSchema(String database, String file) throws Exception {
        try (InputStream sql = CloneJournal.class.getResourceAsStream("schema-" + file + ".sql")) {
            assertThat(withoutSpaces(new String(sql.readAllBytes(), StandardCharsets.UTF_8)))
                    .isEqualTo(withoutSpaces(CloneJournal.schema(database)));
        }
    }

    private static String withoutSpaces(String sql) {
        return sql.replaceFirst("^--.*", "").replaceAll("\\s", "");
    }
}
