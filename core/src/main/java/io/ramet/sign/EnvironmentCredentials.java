package io.ramet.sign;

import io.ramet.model.Secret;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

final class EnvironmentCredentials implements CredentialsProvider {

    private static final String ID = "TENCENTCLOUD_SECRET_ID";
    private static final String KEY = "TENCENTCLOUD_SECRET_KEY";
    private static final String TOKEN = "TENCENTCLOUD_TOKEN";

    private final Map<String, String> variables;

    EnvironmentCredentials(Map<String, String> variables) {
        this.variables = variables;
    }

    @Override
    public CompletionStage<Credentials> credentials() {
        String id = variable(ID);
        String key = variable(KEY);
        String token = variable(TOKEN);
        if (id.isBlank() || key.isBlank()) {
            return CompletableFuture.failedFuture(
                    new CredentialsUnavailableException("environment without " + (id.isBlank() ? ID : KEY)));
        }
        return CompletableFuture.completedFuture(
                new Credentials(id, Secret.of(key), token.isBlank() ? null : Secret.of(token)));
    }

    /** Stripped, because a key that was read from a file may end with a line feed, which no header may hold. */
    private String variable(String name) {
        return variables.getOrDefault(name, "").strip();
    }
}
