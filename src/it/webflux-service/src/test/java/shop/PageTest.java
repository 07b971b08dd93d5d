package shop;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import io.ramet.simulator.Execution;
import io.ramet.simulator.InstanceChange;
import io.ramet.simulator.LifeCycle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import tools.jackson.databind.JsonNode;

/** The page as its users see it while the API works. */
class PageTest extends LivePage {

    @Test
    void theStoryFromABackupToRunningInstancesAndBack() throws IOException {
        int before = books.executions().size();
        open(1280, "light", 35);
        assertThat(text("preview")).contains("2 requests: 1 × 30 + 1 × 5");
        assertThat(browser.evaluate("$('backupId').value").asString()).isEqualTo("154572601-1165734322-153705740");
        browser.until("$('price').textContent.includes('CNY')");
        assertThat(text("price")).contains("35 × ", " per hour, about ");
        assertThat(books.executions()).as("a look at the page buys nothing").hasSize(before);

        browser.press("Enter");
        browser.until("$('ask').open");
        assertThat(text("ask")).contains("Buy 35 clones?", "CNY per hour");
        browser.press("Enter");
        browser.until("!$('ask').open");
        assertThat(text("state")).as("Enter twice buys nothing").isEqualTo("Nothing is bought yet.");
        assertThat(books.executions()).as("cancelled").hasSize(before);
        buy();
        browser.until("$('state').textContent.startsWith('Done')");

        Set<String> bought = bought(before);
        assertThat(text("state")).isEqualTo("Done: all instances run. Bought 35 of 35 in 2 deals.");
        assertThat(bought).hasSize(35);
        assertThat(shown("[...run.instances.keys()]")).isEqualTo(bought);
        assertThat(browser.evaluate("document.querySelectorAll('#grid i.running').length")
                        .asInt())
                .isEqualTo(35);
        assertThat(text("instances")).contains("running", "10.", ":6379");

        browser.downloadTo(folder);
        browser.evaluate("$('csv').click()");
        List<String> csv = lines(folder.resolve(key() + ".csv"), 36);
        assertThat(csv.get(0)).isEqualTo("instanceId,name,state,address,zoneId,deal,chunk,seconds,detail");
        assertThat(csv)
                .filteredOn(line -> line.matches("crs-.*,running,10[.0-9]+:6379,100003,.*"))
                .hasSize(35);

        browser.evaluate("$('undo').click()");
        browser.until("$('ask').open");
        assertThat(browser.evaluate("$('yes').disabled").asBoolean())
                .as("the number is not typed")
                .isTrue();
        browser.type("34");
        assertThat(browser.evaluate("$('yes').disabled").asBoolean())
                .as("another number")
                .isTrue();
        browser.evaluate("$('typed').select()");
        browser.type("35");
        assertThat(destroyed()).doesNotContainAnyElementsOf(bought);
        browser.evaluate("$('yes').click()");
        browser.until("$('state').textContent.startsWith('Returned: 35 of 35.')");
        assertThat(destroyed()).containsAll(bought);
        browser.evaluate("""
                const { instanceId, chunk } = run.instances.values().next().value;
                run.source.dispatchEvent(new MessageEvent('instance',
                    { data: JSON.stringify({ instanceId, chunk, state: 'running' }) }));
                """);
        assertThat(text("running")).as("an event that came late").isEqualTo("0");

        browser.evaluate("$('restore').click()");
        browser.until("$('state').textContent.startsWith('Done')");
        assertThat(bought(before)).as("bought once").isEqualTo(bought);
        assertThat(books.boughtTwice()).isEmpty();
    }

    @Test
    void interruptedReloadedAndSentAgainItBuysOnceAndAnotherPlanHasAnotherKey() {
        int before = books.executions().size();
        open(1280, "light", 900);
        browser.until("$('findings').textContent.includes('quota: ')");
        assertThat(text("findings")).contains("the default quota of a region is 100");
        buy();
        browser.until("$('deals').rows.length >= 3");
        browser.evaluate("$('stream').focus()");
        browser.press("Enter");
        browser.until("$('stream').textContent === 'Connect again'");
        int seen = deals().size();
        await(before + 30);
        assertThat(text("state")).contains("Buying continues without this page");
        assertThat(deals()).as("disconnected").hasSize(seen).hasSizeLessThan(30);

        browser.press("Enter");
        browser.until("!$('another').hidden");
        Set<String> bought = books.executions().stream()
                .skip(before)
                .map(Execution::dealName)
                .collect(toSet());
        assertThat(deals()).hasSize(30).containsExactlyInAnyOrderElementsOf(bought);

        browser.evaluate("buy(run.order)");
        browser.until("!$('another').hidden");
        browser.evaluate("window.old = true, location.reload()");
        browser.until("!window.old && document.readyState === 'complete' && $('deals').rows.length === 30");
        assertThat(books.executions())
                .as("bought once, sent twice and loaded twice")
                .hasSize(before + 30);

        String key = key();
        browser.until("!$('another').hidden");
        browser.evaluate("$('another').click()");
        browser.until("!$('buy').hidden && !$('buy').disabled");
        assertThat(browser.evaluate("$('key').value").asString()).isNotEqualTo(key);
        assertThat(browser.evaluate("$('instances').rows.length + $('deals').rows.length")
                        .asInt())
                .isZero();
        assertThat(books.boughtTwice()).isEmpty();
    }

    @Test
    void aPageLoadedAgainWhileItBuysShowsThePlanAndNoFormThatDiffers() {
        open(1280, "light", 1510);
        buy();
        browser.until("run.outcomes.size > 0");
        String key = key();
        browser.evaluate("window.old = true, sessionStorage.clear(), location.reload()");
        browser.until("!window.old && run && run.source.readyState === 1");

        assertThat(text("state")).isNotEqualTo("Nothing is bought yet.");
        assertThat(text("preview")).contains("1,510 clones", key);
        assertThat(browser.evaluate("$('fields').checkVisibility() || $('buy').checkVisibility()")
                        .asBoolean())
                .as("a form with another number")
                .isFalse();
        browser.until("run.report && !$('another').hidden");
        assertThat(browser.evaluate("document.querySelectorAll('#grid i').length")
                        .asInt())
                .isEqualTo(1510);
        browser.evaluate("run.path = '/clones/nothing', connect()");
        browser.until("$('stream').textContent === 'Connect again'");
        browser.evaluate("$('another').hidden = false, $('another').click()");
        browser.until("!$('buy').disabled && $('fields').checkVisibility()");
        assertThat(browser.evaluate("$('grid').replaceChildren(), cell(3, 10), cell(0, 30).children.length")
                        .asInt())
                .as("whichever outcome is first")
                .isEqualTo(30);
    }

    /** Not a test: takes new pictures for the guide. */
    @Test
    @EnabledIfSystemProperty(named = "ramet.update-docs", matches = "true")
    void picturesForTheGuide() throws IOException {
        Path pictures = Files.createDirectories(Path.of(System.getProperty("shop.pictures", "target/pictures")));
        simulator().lifeCycle(LifeCycle.seeded(1, Duration.ofSeconds(2), Duration.ofSeconds(20), 0, 0));
        for (String scheme : List.of("light", "dark")) {
            open(1200, scheme, 1000);
            browser.until("$('price').textContent.includes('CNY')");
            buy();
            browser.until("document.querySelectorAll('#grid i.running').length >= 100");
            browser.evaluate("scrollTo(0, 0), document.activeElement.blur()");
            Files.write(pictures.resolve("page-" + scheme + ".png"), browser.screenshot());
            browser.until("$('state').textContent.startsWith('Done')");
        }
        instancesRun();
    }

    private List<String> deals() {
        return browser.evaluate("[...deals.rows].map(row => row.dataset.deal)")
                .valueStream()
                .map(JsonNode::asString)
                .toList();
    }

    private Set<String> destroyed() {
        return books.destructions().stream().map(InstanceChange::instanceId).collect(toSet());
    }

    private static List<String> lines(Path file, int expected) throws IOException {
        for (int i = 0; i < 3000; i++) {
            if (Files.exists(file) && Files.readAllLines(file).size() >= expected) {
                break;
            }
            Chromium.pause();
        }
        return Files.readAllLines(file);
    }

    private void await(int executions) {
        for (int i = 0; i < 3000 && books.executions().size() < executions; i++) {
            Chromium.pause();
        }
        assertThat(books.executions()).as("the service continues to buy").hasSize(executions);
    }
}
