package shop;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.ramet.simulator.Books;
import io.ramet.simulator.Execution;
import io.ramet.simulator.Simulator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;

/** The live page in a real browser, in front of the service as it starts by default. */
class PageTest {

    /** Texts that stand out from their ground by less than 4.5 to 1, which WCAG AA requires. */
    private static final String FAINT_TEXTS = """
            (() => {
              const parts = color => color.match(/[\\d.]+/g).map(Number);
              const light = color => parts(color).slice(0, 3).map(c => c / 255)
                  .map(c => c <= .04045 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4)
                  .reduce((sum, c, i) => sum + c * [.2126, .7152, .0722][i], 0);
              const ground = e => parts(getComputedStyle(e).backgroundColor)[3] === 0
                  ? ground(e.parentElement) : getComputedStyle(e).backgroundColor;
              const contrast = e => {
                const [a, b] = [light(getComputedStyle(e).color), light(ground(e))];
                return (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
              };
              const speaks = e => e.matches('input:not([type=radio])')
                  || [...e.childNodes].some(node => node.nodeType === 3 && node.data.trim());
              return [...document.querySelectorAll('body *:not(script):not(.hidden)')]
                  .filter(e => e.checkVisibility() && speaks(e) && contrast(e) < 4.5)
                  .map(e => e.outerHTML.slice(0, 80) + ' ' + contrast(e).toFixed(1));
            })()
            """;

    @TempDir
    private static Path folder;

    private static ConfigurableApplicationContext service;
    private static Chromium browser;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        Optional<Path> chromium = Chromium.installed();
        assumeTrue(chromium.isPresent(), "no Chromium is installed: THE PAGE WAS NOT TESTED");
        browser = Chromium.start(chromium.get());
        service = new SpringApplicationBuilder(CloneService.class)
                .run(
                        "--server.port=0",
                        "--ramet.journal.file=" + folder.resolve("clones.db"),
                        "--ramet.max-instances=3000");
    }

    @AfterAll
    static void end() throws IOException, InterruptedException {
        if (browser != null) {
            browser.close();
        }
        if (service != null) {
            service.close();
        }
    }

    @Test
    void plansBuysReconnectsAndShowsEachDealOnce() {
        Books books = service.getBean(Simulator.class).books();
        int before = books.executions().size();
        browser.window(1280, 900, "light");
        browser.open(address());

        type("goodsNum", "1800");
        browser.until("$('buy').textContent === 'Buy 1,800 clones'");
        assertThat(text("preview")).contains("60 calls of 30").contains("at least 2 s");
        assertThat(books.executions()).as("a preview buys nothing").hasSize(before);

        browser.press("Enter");
        browser.until("$('deals').rows.length >= 5");
        browser.evaluate("$('stream').focus()");
        browser.press("Enter");
        browser.until("$('stream').textContent === 'Resume the stream'");
        int seen = deals().size();
        await(books, before + 60);
        assertThat(text("state")).contains("Buying goes on without it");
        assertThat(deals()).as("the stream is down").hasSize(seen).hasSizeLessThan(60);

        browser.press("Enter");
        browser.until("$('state').textContent.startsWith('Done')");

        Set<String> bought = books.executions().stream()
                .skip(before)
                .map(Execution::dealName)
                .collect(toSet());
        assertThat(text("state")).isEqualTo("Done: 1,800 clones in 60 deals.");
        assertThat(deals()).hasSize(60).containsExactlyInAnyOrderElementsOf(bought);
        assertThat(text("cloned")).isEqualTo("1,800");

        browser.evaluate("$('state').textContent = '', $('buy').click()");
        browser.until("$('state').textContent.startsWith('Done')");
        browser.evaluate("window.old = true, location.reload()");
        browser.until("!window.old && document.readyState === 'complete' && $('deals').rows.length === 60");
        assertThat(books.executions())
                .as("bought once, posted twice and loaded twice")
                .hasSize(before + 60);
        assertThat(books.boughtTwice()).isEmpty();
    }

    @Test
    void anInvalidRequestIsReportedAndCannotBePosted() {
        browser.window(1280, 900, "light");
        browser.open(address());

        type("goodsNum", "3001");
        browser.until("$('buy').disabled");

        assertThat(text("preview")).contains("must be at most 3000, the spending cap");
    }

    @Test
    void eachControlHasANameTheTextsStandOutAndNothingIsCutOffOnAPhone() {
        for (String scheme : List.of("light", "dark")) {
            for (int width : List.of(1280, 390)) {
                browser.window(width, 844, scheme);
                browser.open(address());
                browser.until("$('buy').textContent.startsWith('Buy ') && !$('play').hidden");
                browser.evaluate("document.querySelector('details').open = true");

                assertThat(browser.evaluate(FAINT_TEXTS)).as(scheme).isEmpty();
                assertThat(browser.evaluate("document.documentElement.scrollWidth <= innerWidth")
                                .asBoolean())
                        .as("fits into " + width)
                        .isTrue();
            }
        }
        assertThat(browser.namesOf(Set.of("textbox", "spinbutton", "radio", "button", "progressbar", "table")))
                .hasSizeGreaterThanOrEqualTo(12)
                .doesNotContain("");
    }

    /** Not a test: takes the pictures of the guide again. */
    @Test
    @EnabledIfSystemProperty(named = "ramet.update-docs", matches = "true")
    void picturesForTheReadme() throws IOException {
        Path pictures = Files.createDirectories(Path.of(System.getProperty("shop.pictures", "target/pictures")));
        for (String scheme : List.of("light", "dark")) {
            browser.window(1200, 900, scheme);
            browser.open(address());
            browser.until("$('buy').textContent === 'Buy 1,000 clones'");
            browser.evaluate("$('buy').click()");
            browser.until("$('deals').rows.length >= 20");
            Files.write(pictures.resolve("page-" + scheme + ".png"), browser.screenshot());
            browser.until("$('state').textContent.startsWith('Done')");
        }
    }

    private static String address() {
        return "http://127.0.0.1:" + service.getEnvironment().getRequiredProperty("local.server.port") + "/";
    }

    private static void type(String field, String text) {
        browser.until("$('buy').textContent.startsWith('Buy ')");
        browser.evaluate("$('" + field + "').focus(), $('" + field + "').select()");
        browser.type(text);
    }

    private static String text(String id) {
        return browser.evaluate("$('" + id + "').innerText").asString();
    }

    private static List<String> deals() {
        return browser.evaluate("[...deals.rows].map(row => row.cells[0].innerText)")
                .valueStream()
                .map(JsonNode::asString)
                .toList();
    }

    private static void await(Books books, int executions) {
        for (int i = 0; i < 3000 && books.executions().size() < executions; i++) {
            Chromium.pause();
        }
        assertThat(books.executions()).as("the service buys on").hasSize(executions);
    }
}
