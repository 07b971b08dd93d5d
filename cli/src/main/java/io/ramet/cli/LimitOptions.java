package io.ramet.cli;

import io.ramet.error.InvalidValueException;
import io.ramet.plan.ClonePlan;
import io.ramet.reactor.shape.RequestShaper;
import io.ramet.reactor.shape.Shape;
import io.ramet.reactor.shape.SharedShaper;
import io.ramet.reactor.shape.SharedShaperStatus;
import io.ramet.reactor.shape.redis.RedisShaper;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How this process keeps to the limit, and with which other processes it shares the limit. */
final class LimitOptions {

    private static final Set<String> SCHEMES = Set.of("redis", "rediss");
    private static final String PASSWORD = "REDISCLI_AUTH";

    @Option(
            names = "--shape",
            paramLabel = "window|strict|paced",
            description =
                    "How this process keeps to the limit: window sends up to 20 requests at once, strict does so under any jitter of "
                            + "the network, paced spreads them evenly. Default: window. A limit shared by --shaper is always paced.")
    private @Nullable Shape shape;

    @Option(
            names = "--shaper",
            paramLabel = "URL",
            description =
                    "The Redis in which processes share one limit, redis://[USER@]HOST[:PORT][/DATABASE] or, with TLS, rediss://...: "
                            + "all that name it for the same endpoint. Its password: REDISCLI_AUTH. Default: the limit is not "
                            + "shared.")
    private @Nullable String shaper;

    @Option(
            names = "--replicas",
            paramLabel = "N",
            description =
                    "The largest number of processes that share the limit, this one included. It must be the same for all of them, "
                            + "or nothing is sent. While the Redis of --shaper cannot be used, this process uses 1/N of the limit; "
                            + "without --replicas it sends nothing then.")
    private @Nullable Integer replicas;

    @Option(names = "--max-in-flight", paramLabel = "N", description = "Requests in flight at once. Default: 40.")
    private int maxInFlight = 40;

    private @Nullable SharedShaper opened;

    int maxInFlight() {
        return maxInFlight;
    }

    /**
     * Checks the options against each other.
     *
     * @throws InvalidValueException if one of them excludes or needs another
     */
    void check() {
        if (shaper == null && replicas != null) {
            throw new InvalidValueException("--replicas", replicas, "needs --shaper");
        }
        if (shaper != null && shape != null) {
            throw new InvalidValueException(
                    "--shape", Words.of(shape), "excludes --shaper: a shared limit is always paced");
        }
    }

    /**
     * Opens the shaper. A shared one connects by itself; while its Redis cannot be used it grants no permit, or those
     * of this process's share if there are shares.
     *
     * @param host where the requests go: each host has a limit of its own
     */
    RequestShaper open(CliContext context, String host) {
        check();
        if (shaper == null) {
            return Objects.requireNonNullElse(shape, Shape.WINDOW).shaper(ClonePlan.CALLS_PER_SECOND);
        }
        SharedShaper shared = RedisShaper.connect(address(context), host)
                .replicas(replicas == null ? 0 : replicas)
                .listener(status -> report(context, status))
                .build();
        opened = shared;
        return shared;
    }

    /** Closes the shared shaper, if there is one; to be called after the client is closed. */
    void close() {
        if (opened != null) {
            opened.close();
        }
    }

    /**
     * A password in the URL would be visible in the list of processes, and in commands that are printed for pasting.
     */
    private String address(CliContext context) {
        URI url = parsed();
        String password = context.environment().get(PASSWORD);
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
            // The exception below does not.
        }
        throw new InvalidValueException(
                "--shaper",
                "redis:...",
                "must be redis://[USER@]HOST[:PORT][/DATABASE] or rediss://...; the password goes into " + PASSWORD);
    }

    private static void report(CliContext context, SharedShaperStatus status) {
        context.err()
                .say(
                        switch (status.mode()) {
                            case SHARED -> "The limit is shared with the other processes that buy now.";
                            case WAITING -> "Nothing is sent for now, because of --shaper: " + status.reason();
                            case OWN_SHARE ->
                                "1/" + status.replicas() + " of the limit is used, because of --shaper: "
                                        + status.reason();
                        });
    }
}
