package io.ramet.reactor.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ramet.error.InvalidValueException;
import io.ramet.model.Secret;
import io.ramet.reactor.TlsFrontEnd;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NetworkTest {

    @ParameterizedTest
    @CsvSource({
        "http://proxy.example:3128, proxy.example, 3128, , ",
        "proxy.example:3128, proxy.example, 3128, , ",
        "http://proxy.example/, proxy.example, 80, , ",
        "http://[::1]:3128, [::1], 3128, , ",
        "http://ann:p%40ss%3A+1@proxy.example:3128, proxy.example, 3128, ann, p@ss:+1",
        "ann@proxy.example:3128, proxy.example, 3128, ann, ''"
    })
    void aUrlNamesHostPortUserAndPassword(String url, String host, int port, String user, String password) {
        HttpProxy proxy = HttpProxy.parse("HTTPS_PROXY", url);
        assertThat(proxy.host()).isEqualTo(host);
        assertThat(proxy.port()).isEqualTo(port);
        assertThat(proxy.user().orElse(null)).isEqualTo(user);
        assertThat(proxy.password().map(Secret::reveal).orElse(null)).isEqualTo(password);
        assertThat(proxy).hasToString("HttpProxy[" + host + ":" + port + "]");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://ann:canary@proxy.example:3128",
                "socks5://ann:canary@proxy.example:1080",
                "http://ann:can ary@proxy.example",
                "http://ann:can%zzary@proxy.example",
                "http://ann:canary@proxy.example:0",
                "http://ann:canary@proxy.example/path",
                "http://ann:12#canary@proxy.example:3128",
                "http://ann:12?canary@proxy.example:3128",
                "http://"
            })
    void aUrlThatCannotBeUsedIsRefusedAndNotQuoted(String url) {
        assertThatThrownBy(() -> HttpProxy.parse("HTTPS_PROXY", url))
                .isInstanceOf(InvalidValueException.class)
                .hasMessageStartingWith("HTTPS_PROXY (not shown): must be http://host:port")
                .hasMessageNotContaining("ary")
                .hasNoCause();
    }

    @ParameterizedTest
    @CsvSource({
        "https://redis.example, '', true",
        "https://redis.example, other.example, true",
        "https://redis.example, redis.example, false",
        "https://REDIS.example, Redis.Example, false",
        "https://redis.example, example, false",
        "https://redis.example, .example, false",
        "https://redis.example, *.example, false",
        "https://redis.example, *example, false",
        "https://redisexample, .example, true",
        "https://redis.example, redis.example:443, false",
        "https://redis.example, redis.example:8443, true",
        "https://redis.example:8443, redis.example:8443, false",
        "https://redis.example, *, false",
        "https://10.1.2.3, 10.0.0.0/8, false",
        "https://11.1.2.3, 10.0.0.0/8, true",
        "https://10.0.3.1, 10.0.0.0/22, false",
        "https://10.0.4.1, 10.0.0.0/22, true",
        "https://10.1.2.3, 10.*, false",
        "https://10.1.2.3, 10.1.2.3/x, true",
        "https://[fd00::1], fd00::/8, false",
        "https://[::1], [::1], false",
        "https://[::1], ::1, false",
        "https://[::1], 0:0:0:0:0:0:0:1, false",
        "https://[0:0:0:0:0:0:0:1], ::1, false",
        "https://[FD00::00A], [fd00:0::a]:443, false",
        "https://[fd00::a], [fd00:0::a]:8443, true",
        "https://10.1.2.3, ::ffff:10.1.2.3, false",
        "https://[::1], ::2, true",
        "https://[::1], 0.0.0.1, true",
        "https://ten.example, 10.0.0.0/8, true"
    })
    void theHostsOfNoProxyAreReachedDirectly(URI server, String exception, boolean proxied) {
        HttpProxy proxy = HttpProxy.parse("HTTPS_PROXY", "proxy.example:3128")
                .except(List.of("unrelated.invalid", " " + exception + " "));
        assertThat(proxy.isFor(server)).isEqualTo(proxied);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://169.254.0.23",
                "https://169.254.0.23",
                "https://[fe80::1%25eth0]",
                "http://metadata.tencentyun.com",
                "https://metadata.tencentyun.com",
                "http://localhost:8080"
            })
    void theMetadataServiceAndPlainHttpNeverGoThroughAProxy(URI server) {
        assertThat(HttpProxy.parse("HTTPS_PROXY", "proxy.example:3128").isFor(server))
                .isFalse();
    }

    @Test
    void aSystemPropertyComesBeforeAVariableAndLowerCaseBeforeUpperCase() {
        Properties properties = new Properties();
        assertThat(Network.of(Map.of(), properties)).hasToString("Network[direct]");
        assertThat(Network.of(Map.of("HTTPS_PROXY", "upper:1"), properties)).hasToString("Network[HttpProxy[upper:1]]");
        Map<String, String> both = Map.of("HTTPS_PROXY", "upper:1", "https_proxy", "lower:1");
        assertThat(Network.of(both, properties)).hasToString("Network[HttpProxy[lower:1]]");
        properties.setProperty("https.proxyHost", "property");
        assertThat(Network.of(both, properties)).hasToString("Network[HttpProxy[property:443]]");
        properties.setProperty("https.proxyPort", "3128");
        assertThat(Network.of(both, properties)).hasToString("Network[HttpProxy[property:3128]]");
    }

    @Test
    void exceptionsComeFromWhereTheProxyComesFrom() {
        URI server = URI.create("https://redis.example");
        Map<String, String> variables = Map.of("HTTPS_PROXY", "upper:1", "NO_PROXY", "a.example, redis.example");
        Properties properties = new Properties();
        assertThat(Network.of(variables, properties).proxy().orElseThrow().isFor(server))
                .isFalse();
        properties.setProperty("https.proxyHost", "property");
        HttpProxy ofProperties = Network.of(variables, properties).proxy().orElseThrow();
        assertThat(ofProperties.isFor(server)).isTrue();
        assertThat(ofProperties.isFor(URI.create("https://127.0.0.1:8443"))).isFalse();
        properties.setProperty("http.nonProxyHosts", "*.example|localhost");
        assertThat(Network.of(variables, properties).proxy().orElseThrow().isFor(server))
                .isFalse();
    }

    @Test
    void aFileOfCertificatesIsTrustedAndAnyOtherFileIsRefused(@TempDir Path folder) throws Exception {
        assertThat(Network.direct()
                        .trustAlso("--ca-file", TlsFrontEnd.certificate())
                        .trust())
                .isPresent();
        Path text = Files.writeString(folder.resolve("notes.txt"), "no certificate");
        for (Path wrong : List.of(text, folder, folder.resolve("absent.pem"))) {
            assertThatThrownBy(() -> Network.direct().trustAlso("--ca-file", wrong))
                    .isInstanceOf(InvalidValueException.class)
                    .hasMessageStartingWith("--ca-file " + wrong + ": must ");
        }
    }
}
