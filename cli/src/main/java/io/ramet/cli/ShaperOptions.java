package io.ramet.cli;

import io.ramet.error.InvalidValueException;
import io.ramet.reactor.shape.SharedShaper;
import io.ramet.reactor.shape.SharedShaperStatus;
import io.ramet.reactor.shape.redis.RedisShaper;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** With whom the limit is shared. */
final class ShaperOptions {

    private static final Set<String> SCHEMES = Set.of("redis", "rediss");
    private static final String PASSWORD = "REDISCLI_AUTH";

    @Option(
            names = "--shaper",
            paramLabel = "URL",
            description = {
                "A Redis, redis://[USER@]HOST[:PORT][/DATABASE] or rediss://..., in which all who name it for the same endpoint "
                        + "keep to the limit together. Its password: REDISCLI_AUTH. Default: this process keeps to it alone."
            })
    private @Nullable String shaper;

    @Option(
            names = "--replicas",
            paramLabel = "N",
            description = {
                "How many processes share the limit at most, this one included; the same number for all of them, or nothing is "
                        + "sent. While the Redis of --shaper cannot be used, this one keeps to its own share of the limit, one "
                        + "Nth. Default: no share, and nothing is sent then."
            })
    private @Nullable Integer replicas;

    private @Nullable SharedShaper opened;

    /** {@return whether it is asked for} */
    boolean isGiven() {
        if (shaper == null && replicas != null) {
            throw new InvalidValueException("--replicas", replicas, "needs --shaper");
        }
        return shaper != null;
    }

    /**
     * Connects by itself. While its Redis cannot be used it lets nothing pass, or this process's share if there are shares.
     *
     * @param host where the calls go: each has a limit of its own
     */
    SharedShaper open(CliContext shell, String host) {
        SharedShaper shared = RedisShaper.connect(address(shell), host)
                .replicas(replicas == null ? 0 : replicas)
                .listener(state -> tell(shell, state))
                .build();
        opened = shared;
        return shared;
    }

    /** After the client. */
    void close() {
        if (opened != null) {
            opened.close();
        }
    }

    /** A password in the URL would stand in the list of processes, and in commands that are printed for pasting. */
    private String address(CliContext shell) {
        URI url = parsed();
        String password = shell.environment().get(PASSWORD);
        if (password == null) {
            return url.toString();
        }
        String user = url.getRawUserInfo() == null ? "" : url.getRawUserInfo();
        String encoded = URLEncoder.encode(password, StandardCharsets.UTF_8).replace("+", "%20");
        String place = url.getRawAuthority().replaceFirst("^.*@", "") + url.getRawPath();
        return url.getScheme() + "://" + user + ":" + encoded + "@" + place;
    }

    private URI parsed() {
        try {
            URI url = new URI(String.valueOf(shaper));
            boolean withoutPassword =
                    url.getRawUserInfo() == null || !url.getRawUserInfo().contains(":");
            if (url.getScheme() != null
                    && SCHEMES.contains(url.getScheme())
                    && url.getHost() != null
                    && url.getQuery() == null
                    && withoutPassword) {
                return url;
            }
        } catch (URISyntaxException quotesTheUrl) {
            // Said below, without it.
        }
        throw new InvalidValueException(
                "--shaper",
                "redis:...",
                "must be redis://[USER@]HOST[:PORT][/DATABASE] or rediss://...; the password goes into " + PASSWORD);
    }

    private static void tell(CliContext shell, SharedShaperStatus state) {
        switch (state.mode()) {
            case SHARED -> shell.err().println("The limit is shared with whoever buys now.");
            case WAITING -> shell.err().println("Nothing is sent for now, because of --shaper: " + state.reason());
            case OWN_SHARE ->
                shell.err()
                        .println("One " + state.replicas() + "th of the limit is used, because of --shaper: "
                                + state.reason());
        }
    }
}
