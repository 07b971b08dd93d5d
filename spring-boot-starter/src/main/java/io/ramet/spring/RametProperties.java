package io.ramet.spring;

import io.ramet.reactor.DoubtPolicy;
import io.ramet.reactor.UnverifiedPlans;
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
 * @param region The region of the instances, such as ap-guangzhou; required.
 * @param endpoint Scheme, host and port of the API; plain http is allowed for a loopback host only.
 * @param journal The record of what was bought.
 * @param health The settings of the health indicator.
 * @param sharedLimit The name of the limit that is shared in Redis: processes with the same name share it. By default
 *     the endpoint's host.
 * @param replicas The largest number of processes that share the limit in Redis. It must be the same for all of them,
 *     or nothing is sent. While Redis cannot be used, each process may use the limit divided by this number; with 0,
 *     nothing is sent then.
 * @param callsPerSecond The API's limit on CloneInstances requests per second for this account and gateway, 1 or more.
 * @param shape How one process keeps to the limit on purchases: window sends the requests of a second at once, strict
 *     does so for any network jitter, paced spreads them evenly. A limit that is shared in Redis is always paced.
 * @param maxInstances The spending cap: a plan for more instances is refused before anything is sent.
 * @param maxInFlight The most requests that are in flight at once, and that are sent ahead of the subscriber's demand,
 *     1 to 1000.
 * @param maxInDoubt Stops the sending of a plan after this many of its chunks are in doubt.
 * @param stopOnRefusal Whether a refusal that every further chunk would share stops the sending.
 * @param callTimeout How long a request may take from its first byte to the last byte of its response; after that its
 *     chunk is in doubt.
 * @param reconcileFor For how long the instances of a chunk in doubt are looked up; with zero, only reconcile looks
 *     them up, once.
 * @param onDoubt What happens to a chunk in doubt whose instances are not found.
 * @param visibilityLag How soon a purchase is assumed to be listed. Proofs (on-doubt=resend-when-proven) and chunks
 *     that were refused for stock, quota or balance wait for this time.
 * @param unverifiedPlans What happens to a plan that cannot be looked up on the server before its first request: refuse
 *     sends nothing, send is for credentials that may buy but not list.
 * @param auditFor How long the audit at the end of a run may take. It lists the instances of the plan and compares them
 *     with what was reported; zero switches it off.
 * @param recoverEvery How often to look for plans abandoned by other processes on the same journal, and resume them,
 *     100 ms or more; never by default. Passwords come from a PasswordProvider bean.
 * @param problemDetails Whether a web application responds to the exceptions of this library with problem details.
 */
@ConfigurationProperties("ramet")
public record RametProperties(
        @DefaultValue("true") boolean enabled,
        @Nullable String region,
        @DefaultValue("https://redis.tencentcloudapi.com") URI endpoint,
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
        @DefaultValue("2m") Duration visibilityLag,
        @DefaultValue("refuse") UnverifiedPlans unverifiedPlans,
        @DefaultValue("5s") Duration auditFor,
        @Nullable Duration recoverEvery,
        @DefaultValue("true") boolean problemDetails) {

    /** How one process keeps to the limit on purchases. */
    public enum Shape {
        /** Sends the requests of a second at once, for a network jitter of up to 50 ms. */
        WINDOW,
        /**
         * Sends the requests of a second at once, for any network jitter: a permit comes back after the response only.
         */
        STRICT,
        /** Spreads the requests evenly over the second. */
        PACED
    }

    /**
     * The record of what was bought.
     *
     * @param kind Where the journal is kept; by default in the file if one is named, else in a DataSource bean if there
     *     is one, else in memory. A database is SQLite, PostgreSQL, MySQL 8.0 or MariaDB 10.6, or a newer version.
     * @param file The SQLite file of kind "file"; its folder must exist.
     * @param lease How long a plan is held without a renewal by its process before another process may claim it, 1 s or
     *     more.
     * @param checkAtStart Whether the application connects to the journal when it starts, and does not start if the
     *     journal cannot be used.
     * @param initializeSchema Whether the journal creates its tables; if not, they must exist.
     */
    public record Journal(
            @Nullable Kind kind,
            @Nullable Path file,
            @DefaultValue("30s") Duration lease,
            @DefaultValue("true") boolean checkAtStart,
            @DefaultValue("true") boolean initializeSchema) {

        /** The places of a journal. */
        public enum Kind {
            /** A DataSource bean: the one qualified with CloneJournalDataSource, else the only or primary one. */
            DATA_SOURCE,
            /** A SQLite file, for one machine. */
            FILE,
            /** In memory: it is lost with the process. */
            MEMORY
        }
    }

    /**
     * The settings of the health indicator.
     *
     * @param failureAge How long health is down after a request that failed for a reason that the next one would share,
     *     such as missing credentials or an empty balance. The indicator is passive: it makes no request that could
     *     bring it up again.
     */
    public record Health(@DefaultValue("5m") Duration failureAge) {}
}
