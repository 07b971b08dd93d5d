package io.ramet.reactor.transport;

import static io.ramet.error.InvalidValueException.unless;

import java.net.URI;
import java.util.Set;

/** The rules for the URI of a service. Failures are {@link io.ramet.error.InvalidValueException}. */
public final class EndpointRule {

    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

    private EndpointRule() {}

    /** Fails without quoting the URI if it holds a user, and if it has no host. */
    public static void checkHost(String name, URI endpoint, URI example) {
        unless(
                !String.valueOf(endpoint.getRawAuthority()).contains("@"),
                name,
                endpoint.getScheme() + "://...",
                "must hold no user and no password");
        unless(endpoint.getHost() != null, name, endpoint, "must have a scheme and a host, such as " + example);
    }

    /**
     * Fails as {@link #checkHost} does, and if the URI is neither https nor on this machine: without TLS, anyone on the
     * network could read a password, or send a signed request again.
     */
    public static void checkSecure(String name, URI endpoint, URI example) {
        checkHost(name, endpoint, example);
        boolean loopback = "http".equals(endpoint.getScheme()) && LOOPBACK.contains(endpoint.getHost());
        unless(
                loopback || "https".equals(endpoint.getScheme()),
                name,
                endpoint,
                "must be https; http is for this machine only");
    }

    /** {@return the value of the signed Host header} */
    public static String hostHeader(URI endpoint) {
        return endpoint.getHost() + (endpoint.getPort() < 0 ? "" : ":" + endpoint.getPort());
    }
}
