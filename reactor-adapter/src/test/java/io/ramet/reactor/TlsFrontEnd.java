package io.ramet.reactor;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;

/** Opens TLS for a local server that has none, with a certificate for {@code localhost} that is its own CA. */
public final class TlsFrontEnd implements AutoCloseable {

    /** The password of a key pair that is generated for each run of the tests. */
    private static final char[] STORE_PASSWORD = "changeit".toCharArray();

    private static final class Generated {
        private static final Generated ONCE = new Generated();
        private final SSLContext context;
        private final Path certificate;

        private Generated() {
            try {
                Path folder = Files.createTempDirectory(Files.createDirectories(Path.of("target")), "tls")
                        .toAbsolutePath();
                Path store = folder.resolve("keys.p12");
                generate(store);
                KeyStore keys = KeyStore.getInstance(store.toFile(), STORE_PASSWORD);
                KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
                managers.init(keys, STORE_PASSWORD);
                context = SSLContext.getInstance("TLS");
                context.init(managers.getKeyManagers(), null, null);
                certificate = Files.writeString(
                        folder.resolve("ca.pem"),
                        "-----BEGIN CERTIFICATE-----%n%s%n-----END CERTIFICATE-----%n"
                                .formatted(Base64.getMimeEncoder()
                                        .encodeToString(
                                                keys.getCertificate("server").getEncoded())));
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }

        private static void generate(Path store) throws Exception {
            Process keytool = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "keytool")
                                    .toString(),
                            "-genkeypair",
                            "-alias",
                            "server",
                            "-keyalg",
                            "EC",
                            "-dname",
                            "CN=localhost",
                            "-ext",
                            "SAN=dns:localhost",
                            "-storetype",
                            "PKCS12",
                            "-keystore",
                            store.toString(),
                            "-storepass",
                            new String(STORE_PASSWORD))
                    .inheritIO()
                    .start();
            if (!keytool.waitFor(1, TimeUnit.MINUTES) || keytool.exitValue() != 0) {
                throw new IllegalStateException("keytool failed");
            }
        }
    }

    private final SSLServerSocket server;
    private final int plainPort;
    private final AtomicInteger connections = new AtomicInteger();
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();

    private TlsFrontEnd(int plainPort) throws IOException {
        this.plainPort = plainPort;
        server = (SSLServerSocket) Generated.ONCE
                .context
                .getServerSocketFactory()
                .createServerSocket(0, 50, InetAddress.getLoopbackAddress());
        thread(this::accept);
    }

    /** {@return TLS for the server at that port} */
    public static TlsFrontEnd of(URI plain) throws IOException {
        return new TlsFrontEnd(plain.getPort());
    }

    public URI uri() {
        return URI.create("https://localhost:" + server.getLocalPort());
    }

    /** {@return the file to trust} */
    public static Path certificate() {
        return Generated.ONCE.certificate;
    }

    /** {@return how many connections have been opened} */
    public int connections() {
        return connections.get();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket in = server.accept();
                connections.incrementAndGet();
                Socket out = new Socket(InetAddress.getLoopbackAddress(), plainPort);
                sockets.addAll(List.of(in, out));
                thread(() -> join(in, out));
            } catch (IOException closed) {
                // The loop ends if it is the server that was closed.
            }
        }
    }

    /** Copies all bytes in both directions until one of the sockets is closed, and closes both. */
    public static void join(Socket one, Socket other) {
        thread(() -> copy(other, one));
        copy(one, other);
    }

    private static void copy(Socket from, Socket to) {
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] some = new byte[8192];
            for (int length = in.read(some); length >= 0; length = in.read(some)) {
                out.write(some, 0, length);
                out.flush();
            }
        } catch (IOException gone) {
            // Both are closed now.
        }
    }

    private static void thread(Runnable work) {
        Thread thread = new Thread(work, "tls-front-end");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
