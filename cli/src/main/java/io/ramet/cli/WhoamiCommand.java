package io.ramet.cli;

import io.ramet.reactor.credentials.CallerIdentity;
import io.ramet.reactor.credentials.CredentialsSource;
import io.ramet.reactor.credentials.CredentialsSources;
import io.ramet.reactor.credentials.CredentialsStatus;
import io.ramet.reactor.credentials.RefreshingCredentials;
import io.ramet.reactor.transport.ReactorNettyCredentialsTransport;
import java.net.URI;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Shows whose credentials the other commands would use. */
@Command(
        name = "whoami",
        description = {
            "Shows where the credentials come from and whose they are (GetCallerIdentity).",
            "Prints no key, changes nothing, costs nothing."
        },
        exitCodeList = {
            "0:the source and the account were printed",
            "1:unexpected, or standard output could not be written",
            "2:usage",
            "5:there is no key, or the service that knows its account refuses it or cannot be reached"
        })
final class WhoamiCommand implements Callable<Integer> {

    private final CliContext context;

    @Option(
            names = "--profile",
            paramLabel = "NAME",
            description = {
                "A profile of tccli. Default: the first of environment, TKE pod identity, tccli's default profile,",
                "  ~/.tencentcloud/credentials and CVM role that has credentials."
            })
    private @Nullable String profile;

    @Option(
            names = "--sts",
            paramLabel = "URL",
            description = {
                "The Security Token Service; for the international site",
                "  https://sts.intl.tencentcloudapi.com.",
                "Default: https://sts.tencentcloudapi.com."
            })
    private URI sts = CredentialsSources.MAINLAND_STS;

    @ArgGroup(validate = false)
    private NetworkOptions network = new NetworkOptions();

    WhoamiCommand(CliContext context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        CredentialsSources sources = CredentialsSources.builder()
                .environment(context.environment())
                .home(context.home())
                .sts(sts)
                .transport(ReactorNettyCredentialsTransport.over(network.network(context)))
                .build();
        CredentialsSource source = profile == null ? sources.defaultChain() : sources.tccliProfile(profile);
        try (RefreshingCredentials credentials =
                RefreshingCredentials.of(source).build()) {
            CallerIdentity identity = Objects.requireNonNull(sources.callerIdentity(credentials)
                    .doOnError(failure -> sayWhoseKey(credentials.status()))
                    .block());
            context.out().println("provider  " + credentials.status().provider());
            context.out().println("account   " + identity.accountId());
            context.out().println("arn       " + identity.arn());
        }
        return ExitCode.ALL_CLONED;
    }

    /** If there is a key, and the service refuses it or cannot be reached. */
    private void sayWhoseKey(CredentialsStatus status) {
        if (status.failure() == null) {
            context.err().say("The key in use comes from: " + status.provider());
        }
    }
}
