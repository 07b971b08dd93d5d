package shop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The page for those who use a keyboard, a screen reader or a phone, and what it says when it cannot do something. */
class PageAccessTest extends LivePage {

    /** Finds texts whose contrast is less than 4.5 to 1, which WCAG AA requires. */
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
              const speaks = e => e.matches('input:not([type=radio], [type=checkbox])')
                  || [...e.childNodes].some(node => node.nodeType === 3 && node.data.trim());
              return [...document.querySelectorAll('body *:not(script):not(.hidden)')]
                  .filter(e => e.checkVisibility() && speaks(e) && contrast(e) < 4.5)
                  .map(e => e.outerHTML.slice(0, 80) + ' ' + contrast(e).toFixed(1));
            })()
            """;

    private static final String INVALID =
            "[...document.querySelectorAll('[aria-invalid=true]')].map(field => field.id)";

    @Test
    void theFocusStaysWhereTheKeyboardWas() {
        open(1280, "light", 2);
        browser.evaluate("$('buy').focus()");
        browser.press("Enter");
        browser.until("$('ask').open");
        browser.evaluate("$('no').click()");
        browser.until("!$('ask').open && document.activeElement === $('buy')");
        buy();
        browser.until("$('state').textContent.startsWith('Done')");

        browser.evaluate("$('undo').focus()");
        browser.press("Enter");
        browser.until("$('ask').open");
        browser.type("2");
        browser.press("Enter");
        browser.until("!$('restore').hidden && $('undo').hidden");
        browser.evaluate("new Promise(requestAnimationFrame)");
        browser.evaluate("new Promise(requestAnimationFrame)");
        assertThat(browser.evaluate("document.activeElement.id").asString()).isEqualTo("state");
        browser.press("Tab");
        assertThat(browser.evaluate("document.activeElement.id").asString()).isEqualTo("restore");

        assertThat(browser.evaluate("""
                        (async () => {
                          const late = refresh();
                          buttons('another');
                          $('another').click();
                          await late;
                          return $('instances').rows.length;
                        })()
                        """).asInt()).as("of the plan before").isZero();
    }

    @Test
    void aConfirmationShowsThePriceThatArrivesLate() {
        open(1280, "light", 2);
        browser.evaluate("""
                const fetched = fetch;
                const released = new Promise(release => window.release = release);
                window.fetch = async (path, ...more) => {
                  if (path === '/clones/price') await released;
                  return fetched(path, ...more);
                };
                """);
        type("goodsNum", "3");
        browser.until("!$('buy').disabled && plan.requested === 3");
        browser.evaluate("$('buy').click()");
        browser.until("$('ask').open");
        assertThat(text("ask-text")).startsWith("Looking up the price");
        browser.evaluate("release()");
        browser.until("$('ask-text').textContent.includes('CNY per hour')");
        browser.evaluate("$('no').click()");
    }

    @Test
    void theIdsThatTheBrowserDoesNotCopyAreNotCalledCopied() {
        open(1280, "light", 1);
        buy();
        browser.until("!$('copy').disabled");
        browser.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined }), $('copy').click()");
        browser.until("$('copy').textContent === 'The browser does not allow it'");
    }

    @Test
    void anInvalidRequestIsReportedAndCannotBeBought() {
        browser.window(1280, 900, "light");
        browser.open(address());
        browser.until("!$('buy').disabled");

        type("goodsNum", "3001");
        browser.until("$('preview').classList.contains('refused')");

        assertThat(text("preview")).contains("must be at most 3000, the spending cap");
        assertThat(browser.evaluate("$('buy').disabled").asBoolean()).isTrue();
        assertThat(shown(INVALID)).containsExactly("goodsNum");

        browser.evaluate("$('more').open = true");
        type("goodsNum", "30");
        type("password", "short");
        browser.until("$('preview').textContent.includes('password')");
        assertThat(shown(INVALID)).containsExactly("password");
    }

    @Test
    void eachControlHasANameTheTextsStandOutAndNothingIsCutOffOnAPhone() {
        open(1280, "light", 31);
        buy();
        browser.until("$('state').textContent.startsWith('Done')");
        browser.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)");
        browser.evaluate("state('refused. ResourceUnavailable.InstanceStatusError.ALongCodeOfAnErrorOfTheApi: wait')");
        for (String scheme : List.of("light", "dark")) {
            for (int width : List.of(1280, 390, 320)) {
                browser.window(width, 844, scheme);
                assertThat(browser.evaluate(FAINT_TEXTS)).as(scheme).isEmpty();
                assertThat(browser.evaluate("document.documentElement.scrollWidth <= innerWidth"
                                        + " && [...document.querySelectorAll('.scroll, .card')]"
                                        + ".every(each => each.scrollWidth <= each.clientWidth)")
                                .asBoolean())
                        .as("fits into " + width)
                        .isTrue();
                assertThat(browser.evaluate(
                                        "innerWidth > 832 || [...document.querySelectorAll('.card')]"
                                                + ".map(each => each.offsetTop).every((top, i, all) => i === 0 || all[i - 1] < top)")
                                .asBoolean())
                        .as("is seen in the order of the Tab key at " + width)
                        .isTrue();
            }
        }
        assertThat(browser.namesOf(Set.of(
                        "textbox", "spinbutton", "radio", "checkbox", "combobox", "button", "progressbar", "table")))
                .hasSizeGreaterThanOrEqualTo(12)
                .doesNotContain("");
        assertThat(browser.namesOf(Set.of("region", "form")))
                .hasSizeGreaterThanOrEqualTo(6)
                .doesNotContain("")
                .doesNotHaveDuplicates();
    }
}
