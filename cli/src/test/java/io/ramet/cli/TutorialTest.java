package io.ramet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.ramet.simulator.LifeCycle;
import io.ramet.simulator.Simulator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The commands of the tutorial, one after the other, against a simulator in this process: each does what the page says,
 * and prints what the page shows. Fewer instances are bought, and ids, numbers and line ends may differ.
 */
@Timeout(180)
class TutorialTest {

    private static final Pattern FENCED = Pattern.compile("(?ms)^```(\\w*)\\n(.*?)^```$");
    private static final int BOUGHT = 31;

    @TempDir
    private Path folder;

    @AutoClose
    private final Simulator simulator = Simulator.builder()
            .lifeCycle(LifeCycle.seeded(1, Duration.ZERO, Duration.ofMillis(200), 0, 0))
            .start();

    private final Session first = Session.withKeyOf(simulator);

    /** A command of the page, and the lines that the page shows after it. */
    private record Step(String command, List<String> shown) {}

    @Test
    void eachCommandDoesWhatThePageSays() throws IOException {
        // The region's default quota is 100, and the page has a warning about it.
        assertThat(first.next().clone(simulator, "--goods-num=100", "--billing=payg", "--yes"))
                .isZero();
        List<Step> steps = steps(Files.readString(Path.of("../src/site/markdown/tutorial.md")));
        assertThat(steps)
                .extracting(step -> step.command().replaceFirst("^ramet (\\w+).*", "$1"))
                .contains("verify", "backups", "preflight", "price", "clone", "wait", "instances", "undo", "restore");
        for (Step step : steps) {
            String printed = step.command().startsWith("ramet ") ? run(step) : read(step.command());
            assertShows(step, printed);
        }
        assertThat(simulator.books().bought()).isEqualTo(100 + BOUGHT);
        assertThat(simulator.books().boughtTwice()).isEmpty();
        assertThat(simulator.books().destructions()).hasSize(BOUGHT);
    }

    /** {@return the commands of the page in their order, without those that set up a shell or start the server} */
    private List<Step> steps(String page) throws IOException {
        List<Step> steps = new ArrayList<>();
        Matcher fenced = FENCED.matcher(page);
        while (fenced.find()) {
            if (fenced.group(1).equals("json")) {
                Files.writeString(
                        folder.resolve("request.json"),
                        fenced.group(2).replace("\"GoodsNum\": 1000", "\"GoodsNum\": " + BOUGHT));
            } else {
                Stream.of(fenced.group(2).split("(?m)^\\$ "))
                        .skip(1)
                        .map(step -> step.lines().toList())
                        .map(lines -> new Step(lines.get(0), lines.subList(1, lines.size())))
                        .filter(step -> step.command().startsWith("ramet ")
                                || step.command().startsWith("head "))
                        .filter(step -> !step.command().startsWith("ramet simulate"))
                        .forEach(steps::add);
            }
        }
        return steps;
    }

    private String run(Step step) throws IOException {
        String[] redirected = step.command().split(" > ");
        String[] arguments = redirected[0]
                .replace("ramet ", "")
                .replace("$here", "--endpoint " + simulator.uri())
                .replace("request.json", folder.resolve("request.json").toString())
                .replace("--count 1000", "--count " + BOUGHT)
                .split(" +");
        Session session = first.next().environment(Map.of("TENCENTCLOUD_REGION", "ap-guangzhou"));
        boolean refused = String.join(" ", step.shown()).matches(".*(is not undone|has been undone).*");
        assertThat(session.run(arguments))
                .as("%s: %s%s", step.command(), session.out(), session.err())
                .isEqualTo(refused ? ExitCode.USAGE : ExitCode.ALL_CLONED);
        if (redirected.length > 1) {
            Files.writeString(folder.resolve(redirected[1]), session.out());
            return session.err();
        }
        return session.out() + session.err();
    }

    private String read(String head) throws IOException {
        String[] words = head.split(" ");
        return Files.readAllLines(folder.resolve(words[2])).stream()
                .limit(-Long.parseLong(words[1]))
                .collect(Collectors.joining("\n"));
    }

    private static void assertShows(Step step, String printed) {
        String shape = shape(printed);
        assertThat(step.shown().stream().filter(line -> !line.equals("…")).map(TutorialTest::shape))
                .as("%s prints%n%s", step.command(), printed)
                .allMatch(shape::contains);
        if (!step.shown().contains("…")) {
            assertThat(shape)
                    .as("%s prints%n%s%nand nothing else", step.command(), printed)
                    .hasSameSizeAs(shape(String.join("\n", step.shown())));
        }
    }

    /** {@return the text without what differs from run to run, and on one line} */
    private static String shape(String text) {
        return text.replaceAll("\\bcrs-[a-z0-9]{8}\\b", "crs-ID")
                .replaceAll("\\bweb-[a-z0-9]{12}-\\d+", "NAME")
                .replaceAll("\\[[#.]+]", "[]")
                .replaceAll("--journal \\S+", "--journal FILE")
                // So few requests need no second.
                .replace("all at once", "at least 1 s")
                .replaceAll("\\d[\\d.,]*", "N")
                .replaceAll("\\bN (deal|state)s\\b", "N $1")
                .replaceAll("\\s+", " ")
                .strip();
    }
}
