package io.ramet.sign;

import io.ramet.model.Secret;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** An ini file in the form of the vendor's tools. */
final class CredentialsFile implements CredentialsProvider {

    private static final String SECTION = "[default]";

    private final Path path;

    CredentialsFile(Path path) {
        this.path = path;
    }

    @Override
    public CompletionStage<Credentials> credentials() {
        try {
            Map<String, String> entries = section(Files.readAllLines(path, StandardCharsets.UTF_8));
            String id = entries.getOrDefault("secret_id", "");
            String key = entries.getOrDefault("secret_key", "");
            String token = entries.getOrDefault("token", "");
            if (id.isBlank() || key.isBlank()) {
                return broken("without " + (id.isBlank() ? "secret_id" : "secret_key") + " in " + SECTION);
            }
            return CompletableFuture.completedFuture(
                    new Credentials(id, Secret.of(key), token.isBlank() ? null : Secret.of(token)));
        } catch (NoSuchFileException e) {
            return failed(CredentialsUnavailableException.absent(name(), "not found"));
        } catch (IOException e) {
            // The class alone: a message could quote the file.
            return broken("not readable (" + e.getClass().getSimpleName() + ")");
        }
    }

    private static Map<String, String> section(List<String> lines) {
        Map<String, String> entries = new HashMap<>();
        boolean inside = false;
        for (String line : lines) {
            String text = line.strip();
            int equals = text.indexOf('=');
            if (text.startsWith("[")) {
                inside = text.equals(SECTION);
            } else if (inside && equals > 0 && !text.startsWith("#") && !text.startsWith(";")) {
                entries.put(
                        text.substring(0, equals).strip(),
                        text.substring(equals + 1).strip());
            }
        }
        return entries;
    }

    private String name() {
        return "file " + path;
    }

    private CompletionStage<Credentials> broken(String what) {
        return failed(CredentialsUnavailableException.broken(name(), what, null));
    }

    private static CompletionStage<Credentials> failed(CredentialsUnavailableException failure) {
        return CompletableFuture.failedFuture(failure);
    }
}
