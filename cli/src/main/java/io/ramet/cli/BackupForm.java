package io.ramet.cli;

import io.ramet.json.LookupJson;
import io.ramet.model.Backup;
import io.ramet.model.Backup.Verdict;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;

/** The forms of {@code backups --output}. */
enum BackupForm {
    table,
    ndjson;

    private static final Table TABLE = new Table(
            80,
            "%-30s  %-11s  %5s  %-6s  %-8s  %s",
            List.of("BACKUP", "STARTED", "SIZE", "TYPE", "CLONABLE", "EXPIRES"));

    private static final DateTimeFormatter STARTED = DateTimeFormatter.ofPattern("MM-dd HH:mm", Locale.ROOT);
    private static final String UNITS = "KMGTPE";

    /** {@return the lines of backups, each judged at that time} */
    Flux<String> lines(Flux<Backup> backups, Instant now, int columns) {
        return this == ndjson
                ? backups.map(backup -> LookupJson.backup(backup, now).toString())
                : TABLE.lines(columns, backups.map(backup -> row(backup, backup.verdict(now), columns)));
    }

    private static String row(Backup backup, Verdict verdict, int columns) {
        String row = TABLE.row(
                columns,
                backup.backupId(),
                backup.startedAt() == null ? "-" : STARTED.format(backup.startedAt()),
                size(backup.bytes()),
                backup.kind() == Backup.Kind.AUTOMATIC ? "auto" : Words.of(backup.kind()),
                Words.of(verdict.clonable()),
                backup.expiresAt() == null ? "-" : backup.expiresAt().toLocalDate());
        return verdict.reason().isEmpty()
                ? row
                : row + System.lineSeparator() + Paragraph.of(columns, "  ", verdict.reason());
    }

    /** {@return bytes as {@code ls -h} shows them} */
    static String size(@Nullable Long bytes) {
        if (bytes == null) {
            return "-";
        }
        double size = bytes;
        int unit = -1;
        while (size >= 1024 && unit < UNITS.length() - 1) {
            size /= 1024;
            unit++;
        }
        return unit < 0
                ? bytes + "B"
                : String.format(Locale.ROOT, size < 10 ? "%.1f%c" : "%.0f%c", size, UNITS.charAt(unit));
    }
}
