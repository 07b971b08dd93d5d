package io.ramet.spring;

import static io.ramet.spring.Fixtures.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.ramet.reactor.shape.RequestShaper;
import io.ramet.reactor.shape.SharedShaper;
import io.ramet.reactor.shape.SharedShaperStatus.Mode;
import java.io.IOException;
import java.io.InputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.tcp.TcpClient;
import reactor.netty.tcp.TcpServer;
import redis.embedded.RedisServer;

/** Each setting {@code spring.data.redis.*} is honoured, or the application does not start. */
class RedisSettingsTest {

    private static final String PASSWORD = "Canary-Redis";

    @TempDir
    private Path folder;

    private final ApplicationContextRunner application = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    SslAutoConfiguration.class, RametAutoConfiguration.class, RametRedisAutoConfiguration.class))
            .withPropertyValues("ramet.region=ap-guangzhou");

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ramet.replicas=4 | ramet.replicas 4: needs a shared limit, but neither spring.data.redis.host nor spring.data.redis.url is set
            ramet.replicas=4 spring.data.redis.sentinel.master=m spring.data.redis.sentinel.nodes=a:1,b:1 | ramet.replicas 4: needs a shared limit, but spring.data.redis.sentinel.master is not supported: define a RequestShaper bean with RedisShaper
            ramet.replicas=4 spring.data.redis.cluster.nodes=a:1,b:1 | ramet.replicas 4: needs a shared limit, but spring.data.redis.cluster.nodes is not supported: define a RequestShaper bean with RedisShaper
            spring.data.redis.host=a spring.data.redis.cluster.nodes[0]=a:1 | spring.data.redis.cluster.nodes is not supported: define a RequestShaper bean with RedisShaper
            spring.data.redis.host=a spring.data.redis.sentinel.nodes=a:1 | spring.data.redis.sentinel.nodes is not supported: define a RequestShaper bean with RedisShaper
            spring.data.redis.url=redis://a spring.data.redis.password=b | spring.data.redis.password is not supported beside spring.data.redis.url: put it into the URL, or leave the URL out, or define a RequestShaper bean with RedisShaper
            spring.data.redis.url=redis://a spring.data.redis.ssl.bundle=b | spring.data.redis.ssl.bundle is not supported beside spring.data.redis.url: put it into the URL, or leave the URL out, or define a RequestShaper bean with RedisShaper
            spring.data.redis.url=redis://:Canary^Redis@a | spring.data.redis.url (not shown): must be a Redis URI, with special characters encoded
            spring.data.redis.host=a spring.data.redis.ssl.bundle=b spring.data.redis.ssl.enabled=false | spring.data.redis.ssl.enabled false: contradicts spring.data.redis.ssl.bundle, which is for TLS
            """)
    void anUnsupportedSettingIsNamedAtStart(String settings, String complaint) {
        application
                .withPropertyValues(settings.split(" ", -1))
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .isInstanceOf(InvalidSettingException.class)
                        .hasMessage(complaint));
    }

    @ParameterizedTest
    @CsvSource({
        "io.lettuce.core.RedisClient, lettuce-core",
        "io.github.bucket4j.redis.lettuce.Bucket4jLettuce, bucket4j_jdk17-lettuce"
    })
    void replicasWithoutALibraryThatSharingNeedsAreRefused(Class<?> missing, String library) {
        application
                .withPropertyValues("ramet.replicas=4", "spring.data.redis.host=127.0.0.1")
                .withClassLoader(new FilteredClassLoader(missing))
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .hasMessage("ramet.replicas 4: needs a shared limit, but " + library
                                + " is not on the class path"));
    }

    @Test
    void aShaperOfTheApplicationsOwnDecidesHowTheLimitIsShared() {
        application
                .withPropertyValues("ramet.replicas=4", "spring.data.redis.sentinel.master=m")
                .withBean(RequestShaper.class, () -> RequestShaper.paced(5))
                .run(context -> assertThat(context).hasNotFailed());
    }

    @Test
    void withABundleTheLimitIsSharedOverTls() throws Exception {
        Path keys = keys();
        RedisServer redis = RedisServer.newRedisServer()
                .port(freePort())
                .setting("requirepass " + PASSWORD)
                .build();
        redis.start();
        DisposableServer tls = tlsBefore(redis.ports().get(0), keys);
        try {
            application.withPropertyValues(settings(tls.port(), keys)).run(context -> {
                SharedShaper shaper = context.getBean(SharedShaper.class);
                shaper.shape(Mono.empty()).block(PATIENCE);
                assertThat(shaper.state().mode()).isEqualTo(Mode.SHARED);
            });
        } finally {
            tls.disposeNow();
            redis.stop();
        }
    }

    @Test
    void withABundleThePasswordIsNotSentInClearText() throws Exception {
        try (ServerSocket plain = new ServerSocket(0)) {
            CompletableFuture<String> sent = CompletableFuture.supplyAsync(() -> firstBytes(plain));
            application
                    .withPropertyValues(settings(plain.getLocalPort(), keys()))
                    .run(context -> {
                        assertThat(context).hasNotFailed();
                        assertThat(sent.get(30, TimeUnit.SECONDS))
                                .startsWith("\u0016\u0003")
                                .doesNotContain(PASSWORD, "HELLO", "AUTH");
                    });
        }
    }

    private static String firstBytes(ServerSocket server) {
        try (Socket socket = server.accept();
                InputStream in = socket.getInputStream()) {
            byte[] bytes = new byte[2000];
            return new String(bytes, 0, in.read(bytes), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static String[] settings(int port, Path keys) {
        return new String[] {
            "spring.data.redis.host=127.0.0.1",
            "spring.data.redis.port=" + port,
            "spring.data.redis.password=" + PASSWORD,
            "spring.data.redis.ssl.bundle=redis",
            "spring.ssl.bundle.jks.redis.truststore.location=file:" + keys,
            "spring.ssl.bundle.jks.redis.truststore.password=changeit",
            "spring.ssl.bundle.jks.redis.truststore.type=PKCS12"
        };
    }

    private static DisposableServer tlsBefore(int port, Path keys) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(keys)) {
            store.load(in, "changeit".toCharArray());
        }
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, "changeit".toCharArray());
        SslContext context = SslContextBuilder.forServer(factory).build();
        return TcpServer.create()
                .host("127.0.0.1")
                .port(0)
                .secure(spec -> spec.sslContext(context))
                .handle((in, out) -> TcpClient.create()
                        .host("127.0.0.1")
                        .port(port)
                        .connect()
                        .flatMap(redis -> Mono.firstWithSignal(
                                        redis.outbound()
                                                .sendByteArray(in.receive().asByteArray())
                                                .then(),
                                        out.sendByteArray(redis.inbound()
                                                        .receive()
                                                        .asByteArray())
                                                .then())
                                .doFinally(ended -> redis.dispose())))
                .bindNow();
    }

    private Path keys() throws Exception {
        Path keys = folder.resolve("redis.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "redis",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "san=ip:127.0.0.1",
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        "changeit",
                        "-keystore",
                        keys.toString())
                .inheritIO()
                .start();
        assertThat(keytool.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(keys).isNotEmptyFile();
        return keys;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
