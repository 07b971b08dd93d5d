package shop;

import static java.util.stream.Collectors.toSet;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.ramet.simulator.Books;
import io.ramet.simulator.LifeCycle;
import io.ramet.simulator.Simulator;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;

/** The live page in a real browser, in front of the service as it starts by default. Its tests mostly wait. */
@TestInstance(Lifecycle.PER_CLASS)
abstract class LivePage {

    private ConfigurableApplicationContext service;
    Path folder;
    Books books;
    Chromium browser;

    @BeforeAll
    void start(@TempDir Path folder) throws IOException, InterruptedException {
        this.folder = folder;
        Optional<Path> chromium = Chromium.installed();
        assumeTrue(chromium.isPresent(), "no Chromium is installed: THE PAGE WAS NOT TESTED");
        browser = Chromium.start(chromium.get());
        service = new SpringApplicationBuilder(CloneService.class)
                .initializers(RunningService.ownThreads())
                .run(
                        "--server.port=0",
                        "--shop.seed=1",
                        "--ramet.journal.file=" + folder.resolve("clones.db"),
                        "--ramet.max-instances=3000",
                        "--ramet.reconcile-for=3s");
        books = simulator().books();
        instancesRun();
    }

    @AfterAll
    void end() throws IOException, InterruptedException {
        if (browser != null) {
            browser.close();
        }
        if (service != null) {
            service.close();
        }
    }

    Simulator simulator() {
        return service.getBean(Simulator.class);
    }

    /** From now on, instances run within two seconds. */
    void instancesRun() {
        simulator().lifeCycle(LifeCycle.seeded(1, Duration.ofMillis(200), Duration.ofSeconds(2), 0, 0));
    }

    String address() {
        return "http://127.0.0.1:" + service.getEnvironment().getRequiredProperty("local.server.port") + "/";
    }

    /** Opens the page and types how many to clone. The address differs, so that the page is loaded again. */
    void open(int width, String scheme, int goodsNum) {
        browser.window(width, 900, scheme);
        browser.open("about:blank");
        browser.open(address());
        browser.until("!$('buy').disabled");
        type("goodsNum", String.valueOf(goodsNum));
        browser.until("!$('buy').disabled && plan.requested === " + goodsNum);
    }

    void buy() {
        browser.evaluate("$('buy').click()");
        browser.until("$('ask').open");
        browser.evaluate("$('yes').click()");
        browser.until("run && $('ask').open === false");
    }

    void type(String field, String text) {
        browser.evaluate("$('" + field + "').focus(), $('" + field + "').select()");
        browser.type(text);
    }

    String text(String id) {
        return browser.evaluate("$('" + id + "').innerText").asString();
    }

    String key() {
        return browser.evaluate("location.hash.slice(1)").asString();
    }

    Set<String> shown(String ids) {
        return browser.evaluate(ids).valueStream().map(JsonNode::asString).collect(toSet());
    }

    /** {@return the instances that were bought after so many purchases} */
    Set<String> bought(int before) {
        return books.executions().stream()
                .skip(before)
                .flatMap(execution -> execution.instanceIds().stream())
                .collect(toSet());
    }
}
