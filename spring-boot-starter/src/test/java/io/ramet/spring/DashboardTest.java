package io.ramet.spring;

import static io.ramet.spring.Fixtures.PATIENCE;
import static io.ramet.spring.Fixtures.plan;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.ramet.reactor.CloneClient;
import io.ramet.spring.simulator.EnableCloneSimulator;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Configuration;
import redis.embedded.RedisServer;
import tools.jackson.databind.json.JsonMapper;

/** The dashboard asks for what a run publishes to Prometheus. */
class DashboardTest {

    private static final Path DASHBOARD = Path.of("..", "src", "site", "resources", "grafana-ramet.json");
    private static final Pattern SERIES = Pattern.compile("\\b(ramet_\\w+)\\{([^}]*)}");
    private static final Pattern SAMPLE = Pattern.compile("(?m)^(ramet_\\w+)(?:\\{([^}]*)})? ");
    private static final Pattern GROUPED = Pattern.compile("by \\(([^)]*)\\)");
    private static final Pattern LABEL = Pattern.compile("(\\w+)=~?\"");

    private static String scraped;
    private static List<String> queries;

    @BeforeAll
    static void run() throws IOException {
        queries = JsonMapper.shared()
                .readTree(DASHBOARD)
                .get("panels")
                .valueStream()
                .flatMap(panel -> panel.get("targets").valueStream())
                .map(target -> target.get("expr").asString())
                .toList();
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        RedisServer redis = RedisServer.newRedisServer().port(freePort()).build();
        redis.start();
        try {
            new ApplicationContextRunner()
                    .withConfiguration(AutoConfigurations.of(
                            RametAutoConfiguration.class,
                            RametRedisAutoConfiguration.class,
                            RametMetricsAutoConfiguration.class))
                    .withUserConfiguration(Shop.class)
                    .withBean(PrometheusMeterRegistry.class, () -> registry)
                    .withPropertyValues(
                            "ramet.journal.kind=memory",
                            "ramet.replicas=1",
                            "spring.data.redis.host=127.0.0.1",
                            "spring.data.redis.port=" + redis.ports().get(0))
                    .run(context -> {
                        assertThat(context.getBean(CloneClient.class)
                                        .cloneReport(plan("order-1", 30))
                                        .block(PATIENCE)
                                        .complete())
                                .isTrue();
                        scraped = registry.scrape();
                    });
        } finally {
            redis.stop();
        }
    }

    @Test
    void everySeriesOfTheDashboardIsPublished() {
        Set<String> published =
                SAMPLE.matcher(scraped).results().map(sample -> sample.group(1)).collect(toSet());
        Set<String> asked = queries.stream()
                .flatMap(query -> SERIES.matcher(query).results())
                .map(series -> series.group(1))
                .collect(toSet());

        assertThat(asked).hasSizeGreaterThan(10);
        assertThat(published).containsAll(asked);
    }

    @Test
    void everyLabelOfTheDashboardIsPublishedWithItsSeries() {
        assertThat(queries)
                .allSatisfy(query -> SERIES.matcher(query).results().forEach(series -> {
                    Set<String> labels = SAMPLE.matcher(scraped)
                            .results()
                            .filter(sample -> sample.group(1).equals(series.group(1)) && sample.group(2) != null)
                            .flatMap(sample -> labels(sample.group(2)))
                            .collect(toSet());
                    Stream<String> grouped = GROUPED.matcher(query)
                            .results()
                            .flatMap(by -> Stream.of(by.group(1).split(", ")));
                    assertThat(Stream.concat(labels(series.group(2)), grouped).filter(label -> !label.equals("job")))
                            .isSubsetOf(labels);
                }));
    }

    @Test
    void everyMeterIsExplained() {
        assertThat(SAMPLE.matcher(scraped)
                        .results()
                        .map(sample -> sample.group(1).replaceFirst("_(count|sum)$", "")))
                .isNotEmpty()
                .allSatisfy(name -> assertThat(scraped).containsPattern("(?m)^# HELP " + name + " +[A-Z]\\w+"));
    }

    private static Stream<String> labels(String braces) {
        return LABEL.matcher(braces).results().map(label -> label.group(1));
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableCloneSimulator
    static class Shop {}
}
