package shop;

import static org.assertj.core.api.Assertions.assertThat;

import io.ramet.simulator.Fate;
import io.ramet.simulator.Fault;
import io.ramet.simulator.Fault.Stage;
import io.ramet.simulator.Misbehaviour;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The page when requests or instances fail. */
class PageInTroubleTest extends LivePage {

    @Test
    void anApiThatMisbehavesIsShownAsItIsAndReconciled() {
        int before = books.executions().size();
        open(1280, "light", 300);
        trouble(true);
        // Each tenth fails in a way that is seen at once: why an instance does not start is only looked up at times.
        simulator()
                .lifeCycle(ordinal ->
                        ordinal % 10 == 0 ? Fate.isolated(Duration.ofSeconds(1)) : Fate.runs(Duration.ofSeconds(1)));
        try {
            buy();
            browser.until("!$('another').hidden");
        } finally {
            trouble(false);
            instancesRun();
        }
        browser.until("$('stream').hidden");
        for (int i = 0; i < 3 && !hidden("reconcile"); i++) {
            browser.evaluate("$('reconcile').click()");
            browser.until("!$('another').hidden && $('stream').hidden");
        }

        assertThat(bought(before)).as("each is shown").isEqualTo(shown("[...run.instances.keys()]"));
        assertThat(books.boughtTwice()).isEmpty();
    }

    @Test
    void eachDotIsBoughtAtFirstAndThenRunningOrFailed() {
        int before = books.executions().size();
        open(1280, "light", 3);
        browser.until("$('price').textContent.includes('CNY')");
        simulator().lifeCycle(ordinal -> switch ((int) (ordinal % 3)) {
            case 0 -> Fate.runs(Duration.ZERO);
            case 1 -> Fate.isolated(Duration.ZERO);
            default -> Fate.never();
        });
        try {
            assertThat(dots()).isEqualTo("waiting 3");
            buy();
            browser.until("$('grid').querySelectorAll('i.running').length === 1"
                    + " && $('grid').querySelectorAll('i.failed').length === 1");
            assertThat(dots()).isEqualTo("bought 1, running 1, failed 1");
            assertThat(text("instances")).contains("bought", "running", "failed: it is isolated");
            assertThat(text("failed")).isEqualTo("1");
        } finally {
            instancesRun();
        }
        assertThat(bought(before)).hasSize(3);
    }

    @Test
    void aChunkInDoubtIsFoundByTheButtonThatReconciles() {
        int before = books.executions().size();
        open(1280, "light", 2);
        simulator()
                .misbehave(Misbehaviour.scripted(
                        Fault.reset(Stage.AFTER_EXECUTING).and(Fault.lateVisibility(Duration.ofSeconds(10)))));
        buy();
        browser.until("!$('reconcile').hidden");
        assertThat(text("state")).contains("2 in doubt");
        assertThat(browser.evaluate("$('grid').querySelectorAll('li.in-doubt').length")
                        .asInt())
                .isOne();
        browser.until("$('reconcile').hidden || $('reconcile').click(), $('state').textContent.startsWith('Done')");
        assertThat(bought(before)).hasSize(2).isEqualTo(shown("[...run.instances.keys()]"));
        assertThat(books.executions()).hasSize(before + 1);
    }

    /** Uses the switch of the page, and waits until the service has heard of it. */
    private void trouble(boolean on) {
        assertThat(browser.evaluate("$('trouble').checked").asBoolean()).isEqualTo(!on);
        int status = browser.evaluate("""
                        (async () => {
                          const fetched = fetch;
                          let response;
                          window.fetch = (...request) => response = fetched(...request);
                          $('trouble').click();
                          window.fetch = fetched;
                          return (await response).status;
                        })()
                        """).asInt();
        assertThat(status).isEqualTo(204);
    }

    /** {@return how many dots there are of each kind} */
    private String dots() {
        return browser.evaluate("""
                        ['waiting', 'bought', 'running', 'failed']
                            .map(kind => [kind, $('grid').querySelectorAll('i.' + kind).length])
                            .filter(([kind, many]) => many)
                            .map(pair => pair.join(' '))
                            .join(', ')
                        """).asString();
    }

    private boolean hidden(String id) {
        return browser.evaluate("$('" + id + "').hidden").asBoolean();
    }
}
