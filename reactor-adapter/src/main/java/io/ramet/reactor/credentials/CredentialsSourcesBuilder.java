package io.ramet.reactor.credentials;

import static java.util.Objects.requireNonNull;

import io.ramet.error.InvalidValueException;
import io.ramet.reactor.transport.CredentialsTransport;
import io.ramet.reactor.transport.EndpointRule;
import io.ramet.reactor.transport.ReactorNettyCredentialsTransport;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import reactor.core.scheduler.Scheduler;

/** Builds {@link CredentialsSources}. Not thread-safe. */
public final class CredentialsSourcesBuilder {

    Map<String, String> variables = System.getenv();
    Path home = Path.of(System.getProperty("user.home"));
    Path system = Path.of("/etc/tencentcloud/credentials");
    String profile = "";
    String role = "";
    URI sts = CredentialsSources.MAINLAND_STS;
    URI metadata = CredentialsSources.METADATA;
    CredentialsTransport transport = ReactorNettyCredentialsTransport.plain();
    Clock clock = Clock.systemUTC();
    Scheduler scheduler = BlockingThreads.SCHEDULER;

    CredentialsSourcesBuilder() {}

    /**
     * Sets the environment. Defaults to that of this process.
     *
     * @param variables names and values
     * @return this builder
     */
    public CredentialsSourcesBuilder environment(Map<String, String> variables) {
        this.variables = requireNonNull(variables, "variables");
        return this;
    }

    /**
     * Sets the directory that holds {@code .tccli} and {@code .tencentcloud}. Defaults to the system property {@code
     * user.home}.
     *
     * @param home the directory
     * @return this builder
     */
    public CredentialsSourcesBuilder home(Path home) {
        this.home = requireNonNull(home, "home");
        return this;
    }

    /**
     * Sets the system-wide ini file. Defaults to {@code /etc/tencentcloud/credentials}.
     *
     * @param system the file
     * @return this builder
     */
    public CredentialsSourcesBuilder systemFile(Path system) {
        this.system = requireNonNull(system, "system");
        return this;
    }

    /**
     * Sets the tccli profile of the default chain. Defaults to {@code TCCLI_PROFILE}, else {@code default}.
     *
     * @param profile its name
     * @return this builder
     */
    public CredentialsSourcesBuilder profile(String profile) {
        this.profile = requireNonNull(profile, "profile");
        return this;
    }

    /**
     * Sets the CVM role of the default chain. Defaults to {@code TENCENTCLOUD_CAM_ROLE_NAME}, else to the role that the
     * metadata service names.
     *
     * @param roleName its name
     * @return this builder
     */
    public CredentialsSourcesBuilder cvmRoleName(String roleName) {
        this.role = requireNonNull(roleName, "roleName");
        return this;
    }

    /**
     * Sets the Security Token Service. Defaults to {@link CredentialsSources#MAINLAND_STS}.
     *
     * @param endpoint scheme, host and port; {@code http} is allowed for this machine only
     * @return this builder
     */
    public CredentialsSourcesBuilder sts(URI endpoint) {
        this.sts = requireNonNull(endpoint, "endpoint");
        return this;
    }

    /**
     * Sets the metadata service. Defaults to {@link CredentialsSources#METADATA}.
     *
     * @param endpoint scheme, host and port
     * @return this builder
     */
    public CredentialsSourcesBuilder metadata(URI endpoint) {
        this.metadata = requireNonNull(endpoint, "endpoint");
        return this;
    }

    /**
     * Sets the transport. Defaults to {@link ReactorNettyCredentialsTransport#plain()}.
     *
     * @param transport sends the requests
     * @return this builder
     */
    public CredentialsSourcesBuilder transport(CredentialsTransport transport) {
        this.transport = requireNonNull(transport, "transport");
        return this;
    }

    /**
     * Sets the wall clock for the timestamps of signatures and for the expiry times in files. Defaults to the system's
     * clock. It is corrected by the server's time if a response has one.
     *
     * @param clock the clock
     * @return this builder
     */
    public CredentialsSourcesBuilder clock(Clock clock) {
        this.clock = requireNonNull(clock, "clock");
        return this;
    }

    /**
     * Sets the scheduler for timeouts and pauses. Defaults to Ramet's own threads.
     *
     * @param scheduler its threads must be allowed to block
     * @return this builder
     */
    public CredentialsSourcesBuilder scheduler(Scheduler scheduler) {
        this.scheduler = requireNonNull(scheduler, "scheduler");
        return this;
    }

    /**
     * Builds the sources. Reads only the environment.
     *
     * @return the sources
     * @throws InvalidValueException if an endpoint is not allowed
     */
    public CredentialsSources build() {
        EndpointRule.checkSecure("sts", sts, CredentialsSources.MAINLAND_STS);
        EndpointRule.checkHost("metadata", metadata, CredentialsSources.METADATA);
        return new CredentialsSources(this);
    }
}
