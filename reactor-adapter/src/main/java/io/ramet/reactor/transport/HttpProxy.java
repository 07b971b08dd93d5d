package io.ramet.reactor.transport;

import static io.ramet.error.InvalidValueException.unless;
import static java.util.Objects.requireNonNull;

import io.ramet.error.InvalidValueException;
import io.ramet.model.Secret;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A proxy that opens a tunnel for each connection (HTTP CONNECT). Requests are encrypted for the server, so the proxy
 * sees only the server's name. Immutable.
 *
 * <p>Only https requests use the proxy. Plain http is for this machine and for the metadata service of a CVM instance,
 * which identifies an instance by its address. Link-local addresses are never reached through the proxy either.
 */
public final class HttpProxy {

    private static final String RULE =
            "must be http://host:port, or http://user:password@host:port with all characters "
                    + "that are not allowed there percent-encoded";

    private final String host;
    private final int port;
    private final @Nullable String user;
    private final @Nullable Secret password;
    private final ProxyExceptions exceptions;

    private HttpProxy(
            String host, int port, @Nullable String user, @Nullable Secret password, ProxyExceptions exceptions) {
        this.host = host;
        this.port = port;
        this.user = user;
        this.password = password;
        this.exceptions = exceptions;
    }

    /**
     * Parses a URL in the form of {@code HTTPS_PROXY}.
     *
     * @param name the origin of the URL, for the message of a failure
     * @param url {@code http://host:port}, with {@code user:password@} before the host if the proxy requires it; the
     *     scheme may be omitted, and the port defaults to 80
     * @return the proxy, for all hosts
     * @throws InvalidValueException if the URL cannot be parsed or names another kind of proxy; the message does not
     *     quote it
     */
    public static HttpProxy parse(String name, String url) {
        URI read = read(url.contains("://") ? url : "http://" + url);
        unless(read != null && "http".equalsIgnoreCase(read.getScheme()) && isBare(read), name, "(not shown)", RULE);
        requireNonNull(read);
        HttpProxy proxy = new HttpProxy(
                read.getHost(), read.getPort() < 0 ? 80 : read.getPort(), null, null, new ProxyExceptions(List.of()));
        String userInfo = read.getRawUserInfo();
        return userInfo == null ? proxy : proxy.userInfo(name, userInfo);
    }

    private static @Nullable URI read(String url) {
        try {
            return new URI(url.strip());
        } catch (URISyntaxException quotesTheUrl) {
            return null;
        }
    }

    private static boolean isBare(URI url) {
        String path = String.valueOf(url.getRawPath());
        // A password that is not encoded may end the authority: ann:12#34@proxy would be read as port 12 of the host
        // ann.
        boolean endsWithPort = url.getRawQuery() == null && url.getRawFragment() == null;
        return endsWithPort && url.getHost() != null && url.getPort() != 0 && (path.isEmpty() || path.equals("/"));
    }

    private HttpProxy userInfo(String name, String userInfo) {
        int colon = userInfo.indexOf(':');
        try {
            return colon < 0
                    ? user(decoded(userInfo), Secret.of(""))
                    : user(decoded(userInfo.substring(0, colon)), Secret.of(decoded(userInfo.substring(colon + 1))));
        } catch (IllegalArgumentException quotesIt) {
            throw new InvalidValueException(name, "(not shown)", RULE);
        }
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    /**
     * Sets the user of the proxy. User and password are sent in clear text, by Basic authentication, when a tunnel is
     * opened.
     *
     * @param name the user
     * @param password the password
     * @return a proxy with that user
     */
    public HttpProxy user(String name, Secret password) {
        return new HttpProxy(
                host, port, requireNonNull(name, "name"), requireNonNull(password, "password"), exceptions);
    }

    /**
     * Sets the hosts that are reached directly. Each is a host ({@code example.com}, which includes its subdomains,
     * with or without a leading dot, {@code *} or {@code *.}), a host with a port ({@code example.com:8443}), an
     * address, the beginning of an address ({@code 10.*}), a network ({@code 10.0.0.0/8}), or {@code *} for all hosts.
     *
     * @param hosts the hosts; they replace those that were set before
     * @return a proxy with these exceptions
     */
    public HttpProxy except(List<String> hosts) {
        return new HttpProxy(host, port, user, password, new ProxyExceptions(requireNonNull(hosts, "hosts")));
    }

    /**
     * Decides whether requests to a server go through this proxy.
     *
     * @param server the server's scheme, host and port
     * @return false for plain http, for a link-local address, and for an exception
     */
    public boolean isFor(URI server) {
        return "https".equalsIgnoreCase(server.getScheme())
                && !ProxyExceptions.LINK_LOCAL.contains(server)
                && !exceptions.contains(server);
    }

    /** {@return the name or address of the proxy} */
    public String host() {
        return host;
    }

    /** {@return the port of the proxy} */
    public int port() {
        return port;
    }

    /** {@return the user, if one is set} */
    public Optional<String> user() {
        return Optional.ofNullable(user);
    }

    /** {@return the user's password, if a user is set} */
    public Optional<Secret> password() {
        return Optional.ofNullable(password);
    }

    /** {@return host and port, without user and password} */
    @Override
    public String toString() {
        return "HttpProxy[" + host + ":" + port + "]";
    }
}
