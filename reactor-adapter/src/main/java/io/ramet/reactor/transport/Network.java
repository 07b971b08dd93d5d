package io.ramet.reactor.transport;

import static java.util.Objects.requireNonNull;
import static java.util.stream.Stream.concat;

import io.ramet.error.InvalidValueException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Stream;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * The network path to the API: direct or through a proxy, and with which trusted certificates. Purchases, look-ups and
 * requests for credentials use the same path. Immutable.
 */
public final class Network {

    private static final Network DIRECT = new Network(null, null);

    private final @Nullable HttpProxy proxy;
    private final @Nullable TrustManagerFactory trust;

    private Network(@Nullable HttpProxy proxy, @Nullable TrustManagerFactory trust) {
        this.proxy = proxy;
        this.trust = trust;
    }

    /** {@return the path without a proxy, with the certificates that this Java trusts} */
    public static Network direct() {
        return DIRECT;
    }

    /**
     * Reads the proxy that this process was started with: that of the system property {@code https.proxyHost} with
     * {@code https.proxyPort} (443) and {@code http.nonProxyHosts}; else that of the environment variable {@code
     * https_proxy} or {@code HTTPS_PROXY} with {@code no_proxy} or {@code NO_PROXY}; else none.
     *
     * @param environment the variables, such as {@link System#getenv()}
     * @param properties the properties, such as {@link System#getProperties()}
     * @return the path
     * @throws InvalidValueException if a variable or a property does not name a usable proxy
     */
    public static Network of(Map<String, String> environment, Properties properties) {
        String host = properties.getProperty("https.proxyHost", "").strip();
        if (!host.isEmpty()) {
            String port = properties.getProperty("https.proxyPort", "443").strip();
            String exceptions = properties.getProperty("http.nonProxyHosts", "localhost|127.*|[::1]");
            return DIRECT.proxy(
                    HttpProxy.parse("https.proxyHost", host + ":" + port).except(List.of(exceptions.split("\\|"))));
        }
        return variable(environment, "HTTPS_PROXY")
                .map(url -> DIRECT.proxy(HttpProxy.parse("HTTPS_PROXY", url).except(exceptions(environment))))
                .orElse(DIRECT);
    }

    /**
     * Reads the hosts that need no proxy.
     *
     * @param environment the variables
     * @return the hosts in {@code no_proxy}, else {@code NO_PROXY}
     */
    public static List<String> exceptions(Map<String, String> environment) {
        return List.of(variable(environment, "NO_PROXY").orElse("").split("[,\\s]+"));
    }

    private static Optional<String> variable(Map<String, String> environment, String name) {
        return Stream.of(name.toLowerCase(Locale.ROOT), name)
                .map(spelling -> environment.getOrDefault(spelling, "").strip())
                .filter(value -> !value.isEmpty())
                .findFirst();
    }

    /**
     * Sets the proxy.
     *
     * @param proxy the proxy
     * @return a path through it
     */
    public Network proxy(HttpProxy proxy) {
        return new Network(requireNonNull(proxy, "proxy"), trust);
    }

    /** {@return a path without a proxy} */
    public Network withoutProxy() {
        return new Network(null, trust);
    }

    /**
     * Sets the trusted certificates, which replace those that this Java trusts.
     *
     * @param trust decides about the certificates of servers
     * @return a path with that trust
     */
    public Network trust(TrustManagerFactory trust) {
        return new Network(proxy, requireNonNull(trust, "trust"));
    }

    /**
     * Trusts the certificates of a file in addition to those that this Java trusts, for example those of a company
     * whose proxy intercepts TLS. Reads the file at once.
     *
     * @param name the origin of the file's name, for the message of a failure
     * @param file one or more certificates in PEM or one in DER
     * @return a path with that trust
     * @throws InvalidValueException if the file cannot be read, or holds no certificate
     */
    public Network trustAlso(String name, Path file) {
        try {
            return trust(trustIn(certificates(requireNonNull(name, "name"), requireNonNull(file, "file"))));
        } catch (CertificateException noCertificate) {
            throw new InvalidValueException(name, file, "must hold certificates in PEM (BEGIN CERTIFICATE) or DER");
        } catch (IOException unreadable) {
            throw new InvalidValueException(
                    name,
                    file,
                    "must be a file that can be read: " + unreadable.getClass().getSimpleName());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Collection<? extends Certificate> certificates(String name, Path file)
            throws IOException, CertificateException {
        try (InputStream in = Files.newInputStream(file)) {
            Collection<? extends Certificate> read =
                    CertificateFactory.getInstance("X.509").generateCertificates(in);
            InvalidValueException.unless(!read.isEmpty(), name, file, "must hold a certificate");
            return read;
        }
    }

    private static TrustManagerFactory trustIn(Collection<? extends Certificate> more)
            throws GeneralSecurityException, IOException {
        TrustManagerFactory own = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        own.init((KeyStore) null);
        KeyStore all = KeyStore.getInstance(KeyStore.getDefaultType());
        all.load(null, null);
        Stream<? extends Certificate> known = Arrays.stream(own.getTrustManagers())
                .filter(X509TrustManager.class::isInstance)
                .flatMap(manager -> Arrays.stream(((X509TrustManager) manager).getAcceptedIssuers()));
        for (Certificate one : concat(known, more.stream()).toList()) {
            all.setCertificateEntry("trusted-" + all.size(), one);
        }
        TrustManagerFactory both = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        both.init(all);
        return both;
    }

    /** {@return the proxy, if there is one} */
    public Optional<HttpProxy> proxy() {
        return Optional.ofNullable(proxy);
    }

    /** {@return the trust for the certificates of servers, if it is not this Java's own} */
    public Optional<TrustManagerFactory> trust() {
        return Optional.ofNullable(trust);
    }

    /** {@return the proxy without its user and password} */
    @Override
    public String toString() {
        return "Network[" + (proxy == null ? "direct" : proxy) + (trust == null ? "" : ", own trust") + "]";
    }
}
