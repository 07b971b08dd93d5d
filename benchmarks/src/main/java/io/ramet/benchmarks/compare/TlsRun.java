package io.ramet.benchmarks.compare;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsExchange;
import com.sun.net.httpserver.HttpsServer;
import io.ramet.reactor.CloneClient;
import io.ramet.reactor.shape.RequestShaper;
import io.ramet.reactor.transport.Network;
import io.ramet.sign.CredentialsProvider;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** The processor time that TLS costs a client at the limit, with a connection for each purchase. */
public final class TlsRun {

    private static final int PER_CHUNK = 30;
    private static final int PER_SECOND = 20;
    /** A session that is older than a connection can be was resumed on it. */
    private static final long OLDER_THAN_A_CONNECTION_MILLIS = 500;

    /** The password of a key pair that is generated for one run. */
    private static final char[] STORE_PASSWORD = "changeit".toCharArray();

    private TlsRun() {}

    /**
     * The cost of one minute, or of another time.
     *
     * @param percentOfCore processor time of this process, in per cent of one core
     * @param requests requests at the server, those of the warm-up included
     * @param resumed those of them on a session that was resumed
     */
    record Cost(double percentOfCore, int requests, int resumed) {}

    /**
     * Buys 20 chunks a second over plain HTTP and over TLS, and prints the processor time of this process for each.
     *
     * @param args nothing for a minute of each after a minute of warm-up, or the seconds of both
     * @throws Exception if the server cannot be started
     */
    public static void main(String... args) throws Exception {
        if (args.length == 2 && args[0].equals("serve")) {
            serve(args[1]);
            return;
        }
        int seconds = args.length == 1 ? Integer.parseInt(args[0]) : 60;
        Path keys = generated();
        try {
            System.out.println("plain HTTP: " + measure("http", "", seconds));
            System.out.println("TLS: " + measure("https", keys.toString(), seconds));
        } finally {
            Files.delete(keys);
        }
        System.exit(0);
    }

    /** {@code keys} is the file with the server's key, or empty for plain HTTP. */
    static Cost measure(String scheme, String keys, int seconds) throws Exception {
        try (ChildProcess server = ChildProcess.start(TlsRun.class, List.of(), List.of("serve", keys))) {
            Network network = Network.direct();
            if (!keys.isEmpty()) {
                TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
                trust.init(KeyStore.getInstance(Path.of(keys).toFile(), STORE_PASSWORD));
                network = network.trust(trust);
            }
            URI uri = URI.create(scheme + "://localhost:" + server.line());
            // The warm-up has ten times the rate.
            buy(uri, network, RequestShaper.paced(10 * PER_SECOND), 10 * seconds);
            Usage start = Usage.now();
            buy(uri, network, RequestShaper.paced(PER_SECOND), seconds);
            Usage used = Usage.now().since(start);
            server.endInput();
            int requests = Integer.parseInt(server.line());
            int resumed = Integer.parseInt(server.line());
            return new Cost(100.0 * used.cpuNanos() / used.nanoTime(), requests, resumed);
        }
    }

    private static void buy(URI uri, Network network, RequestShaper shaper, int seconds) {
        try (CloneClient client = CloneClient.builder()
                .region(Fixtures.REGION)
                .endpoint(uri)
                .network(network)
                .credentials(CredentialsProvider.fixed(Fixtures.credentials()))
                .maxInstances(Integer.MAX_VALUE)
                .shaper(shaper)
                .auditFor(Duration.ZERO)
                .build()) {
            client.clone(Fixtures.plan(seconds * PER_SECOND * PER_CHUNK, false)).blockLast();
        }
    }

    private static void serve(String keys) throws Exception {
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        AtomicInteger requests = new AtomicInteger();
        AtomicInteger resumed = new AtomicInteger();
        HttpServer server = keys.isEmpty() ? HttpServer.create(address, 0) : HttpsServer.create(address, 0);
        if (server instanceof HttpsServer https) {
            https.setHttpsConfigurator(new HttpsConfigurator(context(Path.of(keys))));
        }
        server.createContext("/", exchange -> {
            if (exchange instanceof HttpsExchange https
                    && System.currentTimeMillis() - https.getSSLSession().getCreationTime()
                            > OLDER_THAN_A_CONNECTION_MILLIS) {
                resumed.incrementAndGet();
            }
            respond(exchange, requests.incrementAndGet());
        });
        server.start();
        System.out.println(server.getAddress().getPort());
        while (System.in.read() >= 0) {
            // The end is the signal.
        }
        System.out.println(requests);
        System.out.println(resumed);
        server.stop(0);
    }

    private static void respond(HttpExchange exchange, int deal) throws IOException {
        exchange.getRequestBody().readAllBytes();
        String ids = IntStream.range(0, PER_CHUNK)
                .mapToObj(id -> "\"crs-" + Integer.toHexString(0x10000000 + deal * PER_CHUNK + id) + '"')
                .collect(Collectors.joining(","));
        byte[] body = ("{\"Response\":{\"DealId\":\"" + deal + "\",\"DealName\":\"2026" + deal + "\",\"InstanceIds\":["
                        + ids + "],\"RequestId\":\"3c140219-cfe9-470e-b241-907877d6fb03\"}}")
                .getBytes(UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(200, body.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(body);
        }
    }

    private static SSLContext context(Path keys) throws IOException, GeneralSecurityException {
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(KeyStore.getInstance(keys.toFile(), STORE_PASSWORD), STORE_PASSWORD);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        return context;
    }

    /** {@return a file with an RSA key for {@code localhost} and its certificate} */
    static Path generated() throws IOException, InterruptedException {
        Path file = Files.createTempDirectory("ramet-tls").resolve("keys.p12");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "server",
                "-keyalg",
                "RSA",
                "-dname",
                "CN=localhost",
                "-ext",
                "SAN=dns:localhost",
                "-storetype",
                "PKCS12",
                "-keystore",
                file.toString(),
                "-storepass",
                new String(STORE_PASSWORD)));
        if (new ProcessBuilder(command).inheritIO().start().waitFor() != 0) {
            throw new IllegalStateException("keytool failed");
        }
        return file;
    }
}
