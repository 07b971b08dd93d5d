package io.ramet.cli;

import io.ramet.error.InvalidValueException;
import io.ramet.model.Secret;
import io.ramet.sign.Credentials;
import io.ramet.sign.CredentialsProvider;
import io.ramet.sign.CredentialsUnavailableException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A profile of the vendor's command line, with a plain or a temporary key. Read again for each request, so that keys can be rotated. */
final class TccliProfile implements CredentialsProvider {

    private final Path credential;
    private final Path configure;

    /**
     * Names the profile's files.
     *
     * @throws InvalidValueException if the name cannot be that of a file
     */
    TccliProfile(Path folder, String name) {
        InvalidValueException.unless(
                name.matches("[\\w.@ -]{1,100}"), "--profile", name, "must be the name of a profile, not a path");
        this.credential = folder.resolve(name + ".credential");
        this.configure = folder.resolve(name + ".configure");
    }

    @Override
    public CompletionStage<Credentials> credentials() {
        try {
            JsonNode file = JsonMapper.shared().readTree(Files.readString(credential));
            String id = text(file, "secretId");
            String key = text(file, "secretKey");
            if (id == null || key == null) {
                return unavailable(
                        "holds no secretId and secretKey; profiles with a role or a login are not supported");
            }
            String token = text(file, "token");
            return CompletableFuture.completedFuture(
                    new Credentials(id, Secret.of(key), token == null ? null : Secret.of(token)));
        } catch (IOException e) {
            return unavailable(FileTrouble.words(credential, e));
        } catch (JacksonException quotesTheFile) {
            return unavailable("is not JSON");
        }
    }

    /** {@return the region of the profile, if it names one} */
    Optional<String> region() {
        try {
            JsonNode file = JsonMapper.shared().readTree(Files.readString(configure));
            return Optional.ofNullable(text(file.path("_sys_param"), "region"));
        } catch (IOException | JacksonException noRegion) {
            return Optional.empty();
        }
    }

    private static @Nullable String text(JsonNode object, String field) {
        String value = object.path(field).asString("");
        return value.isBlank() ? null : value;
    }

    private CompletionStage<Credentials> unavailable(String what) {
        return CompletableFuture.failedFuture(new CredentialsUnavailableException("file " + credential + " " + what));
    }
}
