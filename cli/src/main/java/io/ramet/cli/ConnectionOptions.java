package io.ramet.cli;

import io.ramet.reactor.CloneClientBuilder;
import io.ramet.reactor.credentials.CredentialsSources;
import io.ramet.reactor.credentials.RefreshingCredentials;
import io.ramet.reactor.transport.Network;
import io.ramet.reactor.transport.ReactorNettyCredentialsTransport;
import io.ramet.sign.CredentialsProvider;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** The server to connect to, and the key to sign with. */
final class ConnectionOptions {

    @Option(
            names = "--region",
            paramLabel = "REGION",
            description =
                    "Such as ap-guangzhou. Default: TENCENTCLOUD_REGION, then the region of --profile; resume and reconcile know it "
                            + "from the journal.")
    private @Nullable String region;

    @Option(
            names = "--endpoint",
            paramLabel = "URL",
            description = "Default: https://redis.tencentcloudapi.com; plain http only to this machine.")
    private URI endpoint = CloneClientBuilder.MAINLAND;

    @Option(
            names = "--profile",
            paramLabel = "NAME",
            description = {
                "The key and the region of tccli's profile,",
                "  ~/.tccli/NAME.credential and NAME.configure.",
                "Default: the first of environment, TKE pod identity, tccli's default profile,",
                "  ~/.tencentcloud/credentials and CVM role; see whoami."
            })
    private @Nullable String profile;

    @Option(
            names = "--call-timeout",
            paramLabel = "TIME",
            description = "A request without a response after that time is in doubt. Default: 60s.")
    private Duration callTimeout = Duration.ofSeconds(60);

    @ArgGroup(validate = false)
    private NetworkOptions network = new NetworkOptions();

    URI endpoint() {
        return endpoint;
    }

    boolean isEndpointGiven() {
        return !endpoint.equals(CloneClientBuilder.MAINLAND);
    }

    Duration callTimeout() {
        return callTimeout;
    }

    private @Nullable RefreshingCredentials opened;

    /** {@return the region of the options, the environment or the profile} */
    Optional<String> region(CliContext context) {
        return Optional.ofNullable(region)
                .or(() -> Optional.ofNullable(context.environment().get("TENCENTCLOUD_REGION"))
                        .filter(name -> !name.isBlank()))
                .or(() -> Optional.ofNullable(profile)
                        .flatMap(name -> sources(context, name).region()));
    }

    /** {@return the region of the options alone} */
    Optional<String> givenRegion() {
        return Optional.ofNullable(region);
    }

    Network network(CliContext context) {
        return network.network(context);
    }

    CredentialsProvider credentials(CliContext context) {
        if (profile == null) {
            return context.credentials().apply(network(context));
        }
        if (opened != null) {
            return opened;
        }
        CredentialsSources sources = sources(context, profile);
        RefreshingCredentials credentials =
                RefreshingCredentials.of(sources.tccliProfile()).build();
        opened = credentials;
        return credentials;
    }

    /** Closes the credentials of the profile, if there are any; to be called after the client is closed. */
    void close() {
        if (opened != null) {
            opened.close();
        }
    }

    private CredentialsSources sources(CliContext context, String profile) {
        return CredentialsSources.builder()
                .environment(context.environment())
                .home(context.home())
                .profile(profile)
                .transport(ReactorNettyCredentialsTransport.over(network(context)))
                .build();
    }
}
