package io.ramet.cli;

import io.ramet.error.InvalidValueException;
import io.ramet.model.Secret;
import io.ramet.reactor.transport.HttpProxy;
import io.ramet.reactor.transport.Network;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The way from this machine to the API: a proxy, and the certificates of a private authority. */
final class NetworkOptions {

    private static final String NONE = "none";
    private static final String USER = "RAMET_PROXY_USER";
    private static final String RULE = "must be user:password";

    @Option(
            names = "--proxy",
            paramLabel = "URL|none",
            description =
                    "The proxy to the API and to STS, http://host:port. Default: the system property https.proxyHost, then "
                            + "HTTPS_PROXY. NO_PROXY names the hosts that need none.")
    private @Nullable String proxy;

    @Option(
            names = "--proxy-user-file",
            paramLabel = "FILE",
            description = "Its first line is user:password for the proxy. Default: " + USER + ".")
    private @Nullable Path userFile;

    @Option(
            names = "--ca-file",
            paramLabel = "FILE",
            description = "Certificates in PEM that are trusted besides those of this Java, such as your company's.")
    private @Nullable Path caFile;

    /** {@return the way that the options and the environment name} */
    Network network(CliContext context) {
        Network network = proxied(context);
        HttpProxy chosen = network.proxy().orElse(null);
        String user = chosen == null ? null : user(context).orElse(null);
        if (chosen != null && user != null) {
            int colon = user.indexOf(':');
            network = network.proxy(chosen.user(user.substring(0, colon), Secret.of(user.substring(colon + 1))));
        }
        return caFile == null ? network : network.trustAlso("--ca-file", caFile);
    }

    /** Reads the environment only if there is no option: an unusable proxy there may be for other programs. */
    private Network proxied(CliContext context) {
        if (proxy == null) {
            return Network.of(context.environment(), System.getProperties());
        }
        if (proxy.equals(NONE)) {
            return Network.direct();
        }
        InvalidValueException.unless(
                !proxy.contains("@"),
                "--proxy",
                "(not shown)",
                "must hold no user and no password, which others could read in the list of processes: they go into "
                        + USER + ", or into --proxy-user-file");
        return Network.direct()
                .proxy(HttpProxy.parse("--proxy", proxy).except(Network.exceptions(context.environment())));
    }

    private Optional<String> user(CliContext context) {
        if (userFile != null) {
            String line = RequestOptions.firstLine("--proxy-user-file", userFile);
            InvalidValueException.unless(line.contains(":"), "--proxy-user-file", userFile, RULE);
            return Optional.of(line);
        }
        Optional<String> variable =
                Optional.ofNullable(context.environment().get(USER)).filter(text -> !text.isBlank());
        variable.ifPresent(text -> InvalidValueException.unless(text.contains(":"), USER, "(not shown)", RULE));
        return variable;
    }
}
