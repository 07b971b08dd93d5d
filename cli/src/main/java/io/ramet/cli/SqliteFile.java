package io.ramet.cli;

import io.ramet.error.InvalidValueException;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import javax.sql.DataSource;
import org.sqlite.SQLiteDataSource;

/** A journal in a file. Only the owner can access file and folder; SQLite gives its side file the mode of the file. */
final class SqliteFile implements JournalLocation {

    static final String SCHEME = "jdbc:sqlite:";

    private final Path file;

    SqliteFile(String where) {
        String path = where.startsWith(SCHEME) ? where.substring(SCHEME.length()) : where;
        // The driver would read settings after a question mark, and use another file than the one that was named.
        InvalidValueException.unless(
                !path.contains("?"),
                "--journal",
                path.replaceFirst("\\?.*", "?..."),
                "must be a path without a question mark");
        file = Path.of(path).toAbsolutePath().normalize();
        InvalidValueException.unless(!Files.isDirectory(file), "--journal", file, "must be a file, not a folder");
    }

    @Override
    public DataSource database() {
        Path folder = file.getParent();
        try {
            if (folder != null) {
                Files.createDirectories(folder, ownerOnly("rwx------"));
            }
            Files.createFile(file, ownerOnly("rw-------"));
        } catch (IOException e) {
            // Another process may have created it, now or long ago.
            if (!Files.exists(file)) {
                throw unusable(
                        folder == null || Files.isDirectory(folder)
                                ? FileTrouble.words(file, e)
                                : "its folder cannot be created",
                        e);
            }
        }
        return existing();
    }

    @Override
    public DataSource existing() {
        if (Files.notExists(file)) {
            throw absent();
        }
        SQLiteDataSource database = new SQLiteDataSource();
        database.setUrl(SCHEME + file);
        return database;
    }

    @Override
    public String word() {
        return file.toString();
    }

    private static FileAttribute<?>[] ownerOnly(String mode) {
        return FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(mode))}
                : new FileAttribute<?>[0];
    }
}
