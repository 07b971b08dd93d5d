package io.ramet.reactor.parts;

import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.ramet.reactor.transport.ReactorNettyTransport;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Key;
import java.security.KeyStore;
import java.util.Base64;

/** A real front end between a client and the server, plain or with TLS, as it is configured in production. */
final class Proxy implements AutoCloseable {

    /** The password of a key pair that is generated for each test. */
    private static final char[] STORE_PASSWORD = "changeit".toCharArray();

    private final Program program;
    private final URI uri;

    private Proxy(Program program, URI uri) throws Exception {
        this.program = program;
        this.uri = uri;
        program.await("the proxy listens", () -> listens(uri.getPort()));
    }

    /** {@return nginx with these lines in its {@code server}, and with these ports as its upstream servers} */
    static Proxy nginx(boolean tls, String settings, int... upstream) throws Exception {
        String nginx = Program.find("nginx", "nginx");
        Path folder = Program.folder("nginx");
        int port = Program.freePort();
        StringBuilder servers = new StringBuilder();
        for (int one : upstream) {
            servers.append("server 127.0.0.1:%d max_fails=0; ".formatted(one));
        }
        Path configuration = folder.resolve("nginx.conf");
        Files.writeString(configuration, """
                daemon off;
                pid nginx.pid;
                events {}
                http {
                    access_log off;
                    client_body_temp_path body;
                    proxy_temp_path proxy;
                    fastcgi_temp_path fastcgi;
                    uwsgi_temp_path uwsgi;
                    scgi_temp_path scgi;
                    upstream api { %s }
                    server {
                        listen 127.0.0.1:%d%s;
                        %s
                        %s
                        location / {
                            proxy_pass http://api;
                            proxy_set_header Host $http_host;
                        }
                    }
                }
                """.formatted(
                        servers,
                        port,
                        tls ? " ssl" : "",
                        tls ? "ssl_certificate %1$s; ssl_certificate_key %1$s;".formatted(certificate(folder)) : "",
                        settings));
        Program program =
                Program.start(folder, nginx, "-p", folder.toString(), "-e", "stderr", "-c", configuration.toString());
        return new Proxy(program, uri(tls, port));
    }

    /** {@return HAProxy with these lines in its {@code defaults} and {@code frontend}} */
    static Proxy haproxy(boolean tls, String defaults, String frontend, int upstream) throws Exception {
        String haproxy = Program.find("haproxy", "haproxy");
        Path folder = Program.folder("haproxy");
        int port = Program.freePort();
        Path configuration = folder.resolve("haproxy.cfg");
        Files.writeString(configuration, """
                defaults
                    mode http
                    timeout connect 5s
                    timeout server 30s
                    timeout client 30s
                    %s
                frontend all
                    bind 127.0.0.1:%d%s
                    %s
                    default_backend api
                backend api
                    server api 127.0.0.1:%d
                """.formatted(
                        defaults, port, tls ? " ssl crt " + certificate(folder) : "", frontend, upstream));
        return new Proxy(Program.start(folder, haproxy, "-db", "-f", configuration.toString()), uri(tls, port));
    }

    private static URI uri(boolean tls, int port) {
        return URI.create((tls ? "https" : "http") + "://localhost:" + port);
    }

    /** {@return a file with a certificate and its key} */
    private static Path certificate(Path folder) throws Exception {
        Path store = folder.resolve("keys.p12");
        Program.run(
                folder,
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "proxy",
                "-keyalg",
                "RSA",
                "-dname",
                "CN=localhost",
                "-ext",
                "SAN=dns:localhost",
                "-storetype",
                "PKCS12",
                "-keystore",
                store.toString(),
                "-storepass",
                new String(STORE_PASSWORD));
        KeyStore keys = KeyStore.getInstance(store.toFile(), STORE_PASSWORD);
        Key key = keys.getKey("proxy", STORE_PASSWORD);
        Path pem = folder.resolve("proxy.pem");
        Files.writeString(
                pem,
                pem("CERTIFICATE", keys.getCertificate("proxy").getEncoded()) + pem("PRIVATE KEY", key.getEncoded()));
        return pem;
    }

    private static String pem(String kind, byte[] bytes) {
        return "-----BEGIN %1$s-----%n%2$s%n-----END %1$s-----%n"
                .formatted(kind, Base64.getMimeEncoder().encodeToString(bytes));
    }

    private static boolean listens(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException notYet) {
            return false;
        }
    }

    URI uri() {
        return uri;
    }

    /** {@return a transport that accepts the proxy's certificate} */
    static ReactorNettyTransport trusting() {
        return ReactorNettyTransport.customizedBy(http -> http.secure(spec -> spec.sslContext(sslContext())));
    }

    private static io.netty.handler.ssl.SslContext sslContext() {
        try {
            return SslContextBuilder.forClient()
                    .trustManager(InsecureTrustManagerFactory.INSTANCE)
                    .build();
        } catch (javax.net.ssl.SSLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** {@code nginx -s reload} */
    void reload() throws Exception {
        program.signal("HUP");
    }

    @Override
    public void close() {
        program.close();
    }
}
