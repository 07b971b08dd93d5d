package io.ramet.spring;

import io.ramet.model.Secret;
import io.ramet.reactor.DoubtPolicy;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The settings of the client.
 *
 * @param enabled Whether there is a client at all.
 * @param region The region the instances are in, such as ap-guangzhou; required.
 * @param endpoint Scheme, host and port of the API; plain http to this machine only.
 * @param credentials The key pair that calls are signed with.
 * @param journal Where it is kept what was bought.
 * @param health What health tells.
 * @param sharedLimit What the limit belongs to where it is kept in Redis: processes with the same word share it. By default the
 *     endpoint's host.
 * @param replicas How many processes share the limit in Redis at most, the same number for all of them or nothing is sent: each
 *     one's own share, for when Redis cannot be used, is the limit divided by it. With 0 nothing is sent then.
 * @param callsPerSecond The API's limit on purchases for this account and gateway, 1 or more.
 * @param shape How one process keeps to that limit: window sends up to a second's calls at once, strict does so for any jitter of the
 *     network, paced spreads them evenly. A limit that is shared in Redis is always paced.
 * @param maxInstances The spending cap: a plan for more instances is refused before anything is sent.
 * @param maxInFlight Calls on their way at once and ahead of demand, 1 to 1000.
 * @param maxInDoubt So many chunks of a plan in doubt stop its sending.
 * @param stopOnRefusal Whether a refusal that every further chunk would share stops the sending.
 * @param callTimeout How long a call may take from its first byte to the last byte of its answer; after that its chunk is in
 *     doubt.
 * @param reconcileFor How long the instances of a chunk in doubt are looked for; zero does not look.
 * @param onDoubt What becomes of a chunk in doubt whose instances are not found.
 * @param visibilityLag How soon a purchase is assumed to show in listings, for on-doubt=resend-when-proven.
 */
@ConfigurationProperties("ramet")
public record RametProperties(
        @DefaultValue("true") boolean enabled,
        @Nullable String region,
        @DefaultValue("https://redis.tencentcloudapi.com") URI endpoint,
        @DefaultValue Credentials credentials,
        @DefaultValue Journal journal,
        @DefaultValue Health health,
        @Nullable String sharedLimit,
        @DefaultValue("0") int replicas,
        @DefaultValue("20") int callsPerSecond,
        @DefaultValue("window") Shape shape,
        @DefaultValue("1000") int maxInstances,
        @DefaultValue("40") int maxInFlight,
        @DefaultValue("3") int maxInDoubt,
        @DefaultValue("true") boolean stopOnRefusal,
        @DefaultValue("60s") Duration callTimeout,
        @DefaultValue("30s") Duration reconcileFor,
        @DefaultValue("hold") DoubtPolicy onDoubt,
        @DefaultValue("2m") Duration visibilityLag) {

    /** How one process keeps to the limit. */
    public enum Shape {
        /** Up to a second's calls at once, for a jitter of the network of up to 50 ms. */
        WINDOW,
        /** Up to a second's calls at once, for any jitter: a permit comes back after the response only. */
        STRICT,
        /** One call after the other, evenly. */
        PACED
    }

    /**
     * Where credentials come from. With none of these: the environment, then ~/.tencentcloud/credentials, then
     * /etc/tencentcloud/credentials.
     *
     * @param secretId The public half of a key pair.
     * @param secretKey The private half of the key pair.
     * @param token The session token of temporary credentials.
     * @param file An ini file with secret_id, secret_key and token, read anew before each call.
     */
    public record Credentials(
            @Nullable String secretId,
            @Nullable Secret secretKey,
            @Nullable Secret token,
            @Nullable Path file) {}

    /**
     * Where it is kept what was bought.
     *
     * @param kind What keeps it; by default the file if one is named, else a DataSource bean (SQLite or PostgreSQL) if there is one, else
     *     memory.
     * @param file The SQLite file of kind "file"; its folder must exist.
     * @param lease How long a plan is held without a sign of life before another process may take it over, 1 s or more.
     * @param patience How long to wait for a plan that another process holds; zero refuses at once.
     */
    public record Journal(
            @Nullable Kind kind,
            @Nullable Path file,
            @DefaultValue("30s") Duration lease,
            @DefaultValue("0s") Duration patience) {

        /** What keeps a journal. */
        public enum Kind {
            /** A DataSource bean: the one qualified with CloneJournalDataSource, else the only or primary one. */
            DATA_SOURCE,
            /** A SQLite file, for one machine. */
            FILE,
            /** Nothing that outlives the process. */
            MEMORY
        }
    }

    /**
     * What health tells.
     *
     * @param failureAge How long health is down after a call that failed in a way the next one would share, such as for want of
     *     credentials or balance; it is passive, so no call of its own could bring it up again.
     */
    public record Health(@DefaultValue("5m") Duration failureAge) {}
}
