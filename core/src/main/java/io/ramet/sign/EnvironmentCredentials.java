package io.ramet.sign;

import io.ramet.model.Secret;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Reads the variables that the vendor's tools share. */
final class EnvironmentCredentials implements CredentialsProvider {

    private static final String NAME = "environment";
    private static final String ID = "TENCENTCLOUD_SECRET_ID";
    private static final String KEY = "TENCENTCLOUD_SECRET_KEY";
    private static final List<String> TOKENS =
            List.of("TENCENTCLOUD_TOKEN", "TENCENTCLOUD_SECURITY_TOKEN", "TENCENTCLOUD_SESSION_TOKEN");

    private final Map<String, String> variables;

    EnvironmentCredentials(Map<String, String> variables) {
        this.variables = variables;
    }

    @Override
    public CompletionStage<Credentials> credentials() {
        String id = variable(ID);
        String key = variable(KEY);
        List<String> tokens =
                TOKENS.stream().filter(name -> !variable(name).isEmpty()).toList();
        String missing = id.isEmpty() ? ID : KEY;
        if (id.isEmpty() && key.isEmpty()) {
            return failed(CredentialsUnavailableException.absent(NAME, "without " + missing));
        }
        if (id.isEmpty() || key.isEmpty()) {
            return failed(CredentialsUnavailableException.broken(NAME, "without " + missing, null));
        }
        if (tokens.stream().map(this::variable).distinct().count() > 1) {
            String what = "with different tokens in " + String.join(" and ", tokens);
            return failed(CredentialsUnavailableException.broken(NAME, what, null));
        }
        @Nullable Secret token = tokens.isEmpty() ? null : Secret.of(variable(tokens.get(0)));
        return CompletableFuture.completedFuture(new Credentials(id, Secret.of(key), token));
    }

    private static CompletionStage<Credentials> failed(CredentialsUnavailableException failure) {
        return CompletableFuture.failedFuture(failure);
    }

    /** Stripped, because a key that was read from a file may end with a line feed, which no header may hold. */
    private String variable(String name) {
        return variables.getOrDefault(name, "").strip();
    }
}
