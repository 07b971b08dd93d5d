package io.ramet.reactor.credentials;

import io.ramet.error.InvalidValueException;
import io.ramet.json.JsonFields;
import io.ramet.model.Secret;
import io.ramet.sign.CredentialsUnavailableException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/** Reads the files in which other programs store credentials. No message quotes their content. */
final class LocalFiles {

    private static final Logger log = LoggerFactory.getLogger(LocalFiles.class);

    /** The pause before an incomplete file is read again, because tccli writes its file in place. */
    private static final Duration WRITING = Duration.ofMillis(200);

    private static final int LARGEST = 64 * 1024;
    private static final Set<PosixFilePermission> SHARED = Set.of(
            PosixFilePermission.GROUP_READ,
            PosixFilePermission.GROUP_WRITE,
            PosixFilePermission.OTHERS_READ,
            PosixFilePermission.OTHERS_WRITE);

    private final Set<Path> warned = ConcurrentHashMap.newKeySet();

    /** Warns once if users other than the owner may read or write a file that holds keys. */
    void warnIfShared(Path path) {
        try {
            Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(path);
            if (permissions.stream().anyMatch(SHARED::contains) && warned.add(path)) {
                log.warn("{} holds keys, and users other than its owner may read or write it: chmod 600", path);
            }
        } catch (IOException | UnsupportedOperationException e) {
            // The file is missing, which its reader reports, or the file system has no such permissions.
            log.trace("no permissions of {}", path);
        }
    }

    /** {@return the JSON object in a file; read again once if it is not complete} */
    Mono<JsonFields> json(String source, Path path, Scheduler scheduler) {
        Mono<JsonFields> reading = Mono.fromCallable(() -> {
            warnIfShared(path);
            return JsonFields.read(read(source, path));
        });
        return reading.onErrorResume(
                        InvalidValueException.class,
                        e -> Mono.delay(WRITING, scheduler).then(reading))
                .onErrorMap(
                        InvalidValueException.class,
                        e -> CredentialsUnavailableException.broken(source, path + " is not a JSON object", null));
    }

    /** {@return the JSON object in a file; empty if there is none} */
    Optional<JsonFields> jsonNow(Path path) {
        try {
            return Optional.of(JsonFields.read(Files.readAllBytes(path)));
        } catch (IOException | InvalidValueException e) {
            return Optional.empty();
        }
    }

    /** {@return the token in a file, which may end with a line feed} */
    Secret token(String source, Path path) {
        String token;
        try {
            token = new String(read(source, path), StandardCharsets.UTF_8).strip();
        } catch (CredentialsUnavailableException e) {
            // The environment names this file, so it must exist.
            throw e.isAbsent() ? CredentialsUnavailableException.broken(source, e.tried(), null) : e;
        }
        if (!token.matches("[\\x21-\\x7e]+")) {
            throw CredentialsUnavailableException.broken(source, path + " holds no token", null);
        }
        return Secret.of(token);
    }

    private static byte[] read(String source, Path path) {
        try {
            if (Files.size(path) > LARGEST) {
                throw CredentialsUnavailableException.broken(source, path + " is larger than 64 KB", null);
            }
            return Files.readAllBytes(path);
        } catch (NoSuchFileException e) {
            throw CredentialsUnavailableException.absent(source, path + " not found");
        } catch (IOException e) {
            String what = path + " not readable (" + e.getClass().getSimpleName() + ")";
            throw CredentialsUnavailableException.broken(source, what, null);
        }
    }
}
