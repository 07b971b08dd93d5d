package io.ramet.sign;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * A source of credentials. It is asynchronous, so that it may refresh them over the network.
 *
 * <p>Called before each request, off the event loops, unless it {@linkplain #held holds} credentials. A provider must
 * be thread-safe, because requests call it concurrently. It may block but should be quick: a request whose credentials
 * do not come within 30 s is not sent. It may return new credentials at any time. One request is signed with the
 * credentials of one call, never with a mixture of two.
 */
@FunctionalInterface
public interface CredentialsProvider {

    /**
     * {@return the credentials to sign with now; fails with {@link CredentialsUnavailableException} if there are none}
     */
    CompletionStage<Credentials> credentials();

    /**
     * Called after the API has refused a request because of its key, token or signature time. A provider with a cache
     * fetches new credentials now; any other provider is read again.
     *
     * @param refused what that request was signed with
     * @return the credentials to sign with from now on; equal to {@code refused} if there are no others. Fails as
     *     {@link #credentials} does
     */
    default CompletionStage<Credentials> renewed(Credentials refused) {
        return credentials();
    }

    /**
     * Called before each request, possibly on an event loop. If the provider holds credentials, {@link #credentials} is
     * not called, which saves the request two changes of thread. This method is called once more between the permit of
     * a request and its use, so that a request that has waited for its permit is signed with the newest credentials. It
     * must neither block nor fail.
     *
     * @return the credentials to sign with now, if the provider holds some; by default empty
     */
    default Optional<Credentials> held() {
        return Optional.empty();
    }

    /**
     * A provider that always has the same credentials.
     *
     * @param credentials the credentials
     * @return the provider
     */
    static CredentialsProvider fixed(Credentials credentials) {
        return new CredentialsProvider() {
            @Override
            public CompletionStage<Credentials> credentials() {
                return CompletableFuture.completedFuture(credentials);
            }

            @Override
            public Optional<Credentials> held() {
                return Optional.of(credentials);
            }
        };
    }

    /**
     * A provider that reads {@code TENCENTCLOUD_SECRET_ID}, {@code TENCENTCLOUD_SECRET_KEY} and the session token of
     * temporary credentials. The vendor's tools have three names for the token: {@code TENCENTCLOUD_TOKEN}, {@code
     * TENCENTCLOUD_SECURITY_TOKEN} and {@code TENCENTCLOUD_SESSION_TOKEN}. Two that differ are refused, because no
     * precedence is published.
     *
     * @param variables the environment
     * @return the provider
     */
    static CredentialsProvider environment(Map<String, String> variables) {
        return new EnvironmentCredentials(variables);
    }

    /**
     * A provider that reads {@code secret_id}, {@code secret_key} and, for temporary credentials, {@code token} from
     * the {@code [default]} section of an ini file. It reads the file each time, so that keys can be rotated in place.
     *
     * @param path the file
     * @return the provider
     */
    static CredentialsProvider file(Path path) {
        return new CredentialsFile(path);
    }
}
