package io.ramet.reactor.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

/**
 * Whole clients on the real journal in a world where everything they rely on lies: the database, the network, the
 * listings, the credentials, the clocks. Time is virtual and there is one thread, so a seed repeats its schedule
 * exactly.
 *
 * <p>{@code -Dramet.seed=N} runs one seed and prints its story, {@code -Dramet.chaos=N} runs N seeds, from {@code
 * -Dramet.from=N}, for no longer than {@code -Dramet.chaosSeconds=N}; {@code -Dramet.lies=A,B} permits only these lies,
 * {@code -Dramet.honest=C} all but these; {@code -Dramet.first=true} stops at the first red seed.
 */
@Tag("slow")
class ChaosTest {

    /** Unless a number is set: as many as there is time for. */
    private static final int SEEDS = Integer.getInteger("ramet.chaos", 400);

    private static final Duration TIME = Duration.ofSeconds(
            Integer.getInteger("ramet.chaosSeconds", Integer.getInteger("ramet.chaos") == null ? 12 : 36_000));
    private static final Integer ONLY = Integer.getInteger("ramet.seed");
    private static final int FROM = ONLY == null ? Integer.getInteger("ramet.from", 0) : ONLY;
    private static final String LIES = System.getProperty("ramet.lies");
    private static final String HONEST = System.getProperty("ramet.honest", "");

    private static final boolean FIRST = Boolean.getBoolean("ramet.first");

    private final Logger log = (Logger) LoggerFactory.getLogger("io.ramet");
    private final Logger reactor = (Logger) LoggerFactory.getLogger("reactor");
    private Path folder;

    @BeforeEach
    void begin() throws IOException {
        if (ONLY == null) {
            // Failures are expected here.
            log.setLevel(Level.OFF);
            reactor.setLevel(Level.OFF);
        } else {
            log.setLevel(Level.DEBUG);
        }
        Path memory = Path.of("/dev/shm");
        folder = Files.isWritable(memory)
                ? Files.createTempDirectory(memory, "ramet-chaos")
                : Files.createTempDirectory("ramet-chaos");
    }

    @AfterEach
    void end() throws IOException {
        log.setLevel(null);
        reactor.setLevel(null);
        try (Stream<Path> left = Files.walk(folder)) {
            left.sorted(Comparator.reverseOrder()).forEach(path -> path.toFile().delete());
        }
    }

    @Test
    @Timeout(value = 60, unit = TimeUnit.MINUTES)
    void nothingIsBoughtTwiceOrLostAndNothingHangsWhicheverPartLies() throws IOException {
        List<String> failures = new ArrayList<>();
        Map<String, Integer> seen = new TreeMap<>();
        int seeds = 0;
        long began = System.nanoTime();
        for (int seed = FROM; seed < FROM + (ONLY == null ? SEEDS : 1); seed++) {
            if (System.nanoTime() - began > TIME.toNanos() || (FIRST && !failures.isEmpty())) {
                break;
            }
            seeds++;
            Path own = Files.createDirectories(folder.resolve("seed-" + seed));
            Set<Lie> lies = LIES == null ? Lie.of(seed) : named(LIES);
            lies.removeAll(named(HONEST));
            try (Chaos chaos = new Chaos(seed, lies, own)) {
                List<String> broken = chaos.run();
                chaos.seen().forEach((what, count) -> seen.merge(what, count, Integer::sum));
                if (!broken.isEmpty()) {
                    failures.add("seed " + seed + " " + lies + ": " + broken);
                    System.out.println(failures.get(failures.size() - 1));
                    for (Lie lie : lies) {
                        seen.merge("red with " + lie, 1, Integer::sum);
                    }
                }
                if (ONLY != null) {
                    System.out.println(String.join("\n", chaos.story()));
                }
            }
            try (Stream<Path> left = Files.list(own)) {
                left.forEach(path -> path.toFile().delete());
            }
        }
        System.out.println("chaos: " + seeds + " seeds from " + FROM + ", " + seen);
        assertThat(failures)
                .as("%d of %d seeds; one of them: -Dramet.seed=N", failures.size(), seeds)
                .isEmpty();
        if (ONLY == null && LIES == null && seeds >= 20) {
            assertThat(seen.keySet()).as("not idle: " + seen).contains("cloned", "in doubt", "not cloned");
        }
    }

    private static Set<Lie> named(String names) {
        Set<Lie> lies = EnumSet.noneOf(Lie.class);
        Stream.of(names.split(","))
                .filter(name -> !name.isEmpty())
                .map(Lie::valueOf)
                .forEach(lies::add);
        return lies;
    }
}
