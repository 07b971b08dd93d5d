package io.ramet.reactor;

import static org.assertj.core.api.Assertions.assertThat;

import io.ramet.error.RunFailure;
import io.ramet.outcome.ChunkOutcome;
import io.ramet.outcome.ChunkOutcome.Cloned;
import io.ramet.plan.ClonePlan;
import io.ramet.reactor.journal.CloneJournal;
import io.ramet.reactor.journal.JournalException;
import io.ramet.reactor.journal.PlanConflictException;
import io.ramet.reactor.journal.PlanJournal;
import io.ramet.reactor.shape.RequestShaper;
import io.ramet.simulator.Execution;
import io.ramet.simulator.RateLimit;
import io.ramet.simulator.Simulator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteDataSource;
import reactor.core.publisher.Mono;

/**
 * A journal in a SQLite file that was cut short or went bad: it is refused before anything is sent, or the plan is
 * resumed as it should; nothing is bought a second time. {@code -Dramet.damages} damages more often, {@code
 * -Dramet.seed} starts chance elsewhere.
 *
 * <p>The journal detects a file that is not as long as it was, pages that do not fit together, and entries of chunks
 * that do not fit their checksums. It cannot detect that the file is gone or empty, or is an older copy of itself.
 */
@Tag("slow")
class JournalDamageTest {

    private static final int SEED = Integer.getInteger("ramet.seed", 1);
    private static final int PAGE = 4096;
    private static final int CUTS = Integer.getInteger("ramet.damages", 2);
    private static final int BAD_BYTES = 2 * CUTS;
    /** Chunks that have their outcome when the half-finished run breaks off. */
    private static final int SETTLED = 12;

    @TempDir
    private Path folder;

    private final ClonePlan plan = Fixtures.plan("damaged", 1_000);
    private final Random random = new Random(SEED);
    private final Map<String, Integer> results = new TreeMap<>();
    private Simulator simulator;
    private int copies;
    /** Names that the undamaged journal knows of. */
    private Set<String> sentBefore = Set.of();

    @BeforeEach
    public void start() {
        simulator = Simulator.builder().limit(RateLimit.none()).start();
    }

    @AfterEach
    public void stop() {
        simulator.close();
    }

    @Test
    void aFinishedJournalThatIsCutAnywhereBuysNothingTwice() throws Exception {
        Journal finished = finished();
        for (int length : cuts(finished.file().length)) {
            tryOut("cut to " + length, finished.with(file -> Arrays.copyOf(file, length)));
        }
        print("finished, cut anywhere");
        assertThat(results).containsKey("refused");
    }

    @Test
    void aHalfFinishedJournalThatIsCutAtAPageBoundaryIsRefused() throws Exception {
        Journal half = halfFinished();
        for (int length : boundaries(half.file().length)) {
            tryOut("cut to " + length, half.with(file -> Arrays.copyOf(file, length)));
        }
        print("half-finished, cut at page boundaries");
        assertThat(results).containsOnlyKeys("refused");
    }

    /** A cut through the last page may take only what does not matter. */
    @Test
    void aHalfFinishedJournalThatIsCutAnywhereBuysNothingTwice() throws Exception {
        Journal half = halfFinished();
        for (int length : cuts(half.file().length)) {
            tryOut("cut to " + length, half.with(file -> Arrays.copyOf(file, length)));
        }
        print("half-finished, cut anywhere");
        assertThat(results).containsKey("refused");
    }

    @Test
    void aBadByteInAFinishedJournalBuysNothingTwice() throws Exception {
        Journal finished = finished();
        for (int i = 0; i < BAD_BYTES; i++) {
            tryOut("bad byte " + i, finished.with(this::withBadByte));
        }
        print("finished, bad byte");
    }

    @Test
    void aBadByteInAHalfFinishedJournalBuysNothingTwice() throws Exception {
        Journal half = halfFinished();
        for (int i = 0; i < BAD_BYTES; i++) {
            tryOut("bad byte " + i, half.with(this::withBadByte));
        }
        print("half-finished, bad byte");
    }

    @Test
    void aBadPageInAHalfFinishedJournalBuysNothingTwice() throws Exception {
        Journal half = halfFinished();
        for (int page = 0; page < half.file().length / PAGE; page++) {
            int from = page * PAGE;
            tryOut("empty page " + page, half.with(file -> {
                Arrays.fill(file, from, from + PAGE, (byte) 0);
                return file;
            }));
        }
        print("half-finished, empty page");
    }

    @Test
    void aWriteThatBrokeOffIsTakenBackOrTheJournalIsRefused() throws Exception {
        Journal broken = brokenOffInAWrite();
        assertThat(broken.rollback()).isNotEmpty();
        tryOut("whole", broken);
        assertThat(results).containsOnlyKeys("resumed");
        for (int length : cuts(broken.rollback().length)) {
            tryOut(
                    "rollback journal cut to " + length,
                    new Journal(broken.file(), Arrays.copyOf(broken.rollback(), length)));
        }
        tryOut("rollback journal gone", new Journal(broken.file(), new byte[0]));
        for (int i = 0; i < BAD_BYTES; i++) {
            tryOut(
                    "bad byte " + i,
                    new Journal(broken.file(), withBadByte(broken.rollback().clone())));
        }
        print("broken off in a write, rollback journal damaged");
    }

    @Test
    void everyCommitIsInTheFileItselfSoThereIsNoLogToLose() throws Exception {
        Path file = folder.resolve("alone.db");
        CloneJournal journal = CloneJournal.jdbc(source(file));
        PlanJournal open = journal.open(plan, Fixtures.REGION).block(Fixtures.PATIENCE);
        open.sending(plan.chunk(3), 100).block(Fixtures.PATIENCE);
        // As after a power cut: the other files of the folder are lost, the process never closed this one.
        Path copy = Files.copy(file, folder.resolve("copy.db"));
        CloneJournal again = CloneJournal.jdbcBuilder(source(copy))
                .lease(Duration.ofSeconds(1))
                .build();
        execute(copy, "UPDATE ramet_plan SET lease_until = 0");
        assertThat(again.open(plan, Fixtures.REGION)
                        .block(Fixtures.PATIENCE)
                        .known()
                        .pending())
                .containsExactly(new PlanJournal.PendingChunk(plan.chunk(3), 100, null));
        journal.close();
        again.close();
    }

    @Test
    void anEmptyFileIsANewJournalAndNothingCanTellThatItIsNot() throws Exception {
        Path file = Files.createFile(folder.resolve("empty.db"));
        CloneJournal journal = CloneJournal.jdbc(source(file));
        assertThat(journal.open(plan, Fixtures.REGION)
                        .block(Fixtures.PATIENCE)
                        .known()
                        .settled()
                        .isEmpty())
                .isTrue();
        journal.close();
    }

    /** The files of a journal. */
    private record Journal(byte[] file, byte[] rollback) {

        Journal with(UnaryOperator<byte[]> damage) {
            return new Journal(damage.apply(file.clone()), rollback);
        }
    }

    private static List<Integer> boundaries(int length) {
        List<Integer> boundaries = new ArrayList<>();
        for (int boundary = PAGE; boundary < length; boundary += PAGE) {
            boundaries.add(boundary);
        }
        return boundaries;
    }

    /** Every page boundary, and some more; never nothing at all. */
    private List<Integer> cuts(int length) {
        List<Integer> cuts = boundaries(length);
        for (int i = 0; i < CUTS; i++) {
            cuts.add(1 + random.nextInt(length - 1));
        }
        return cuts;
    }

    private byte[] withBadByte(byte[] file) {
        file[random.nextInt(file.length)] ^= (byte) (1 + random.nextInt(255));
        return file;
    }

    private void print(String what) {
        System.out.println("seed " + SEED + ", " + what + ": " + results);
    }

    /** Runs the plan on a damaged journal. What the plan had sent before must not be executed again. */
    private void tryOut(String label, Journal damaged) throws IOException {
        Path file = folder.resolve("damaged-" + copies++ + ".db");
        Files.write(file, damaged.file());
        if (damaged.rollback().length > 0) {
            Files.write(folder.resolve(file.getFileName() + "-journal"), damaged.rollback());
        }
        String what = "seed " + SEED + ", " + label;
        int before = simulator.books().executions().size();
        int arrived = simulator.books().arrivals("CloneInstances").size();
        try (CloneClient client = client(CloneJournal.jdbc(source(file)))) {
            List<ChunkOutcome> outcomes = client.clone(plan).collectList().block(Fixtures.PATIENCE);
            assertThat(outcomes).as(what).hasSize(plan.size());
            results.merge("resumed", 1, Integer::sum);
        } catch (JournalException | PlanConflictException refused) {
            results.merge(
                    simulator.books().arrivals("CloneInstances").size() == arrived ? "refused" : "refused on the way",
                    1,
                    Integer::sum);
        } catch (RunFailure other) {
            results.merge(other.getClass().getSimpleName(), 1, Integer::sum);
        }
        List<Execution> executed = simulator.books().executions();
        List<String> since = executed.subList(before, executed.size()).stream()
                .map(Execution::instanceName)
                .toList();
        assertThat(since).as(what + ": bought again").doesNotContainAnyElementsOf(sentBefore);
        assertThat(since).as(what + ": bought twice").doesNotHaveDuplicates();
    }

    private Journal finished() throws IOException {
        Path file = folder.resolve("finished.db");
        try (CloneClient client = client(CloneJournal.jdbc(source(file)))) {
            assertThat(client.clone(plan).collectList().block(Fixtures.PATIENCE))
                    .allMatch(Cloned.class::isInstance);
        }
        return read(file);
    }

    /** Some chunks have their outcome, some were sent and have none, some were never sent. */
    private Journal halfFinished() throws IOException {
        Path file = folder.resolve("half.db");
        try (CloneClient client = client(breakingOff(CloneJournal.jdbc(source(file))))) {
            client.clone(plan)
                    .onErrorResume(JournalException.class, failure -> Mono.empty())
                    .blockLast(Fixtures.PATIENCE);
        }
        return read(file);
    }

    private Journal read(Path file) throws IOException {
        sentBefore = simulator.books().executions().stream()
                .map(Execution::instanceName)
                .collect(Collectors.toSet());
        return new Journal(Files.readAllBytes(file), new byte[0]);
    }

    /** As a process leaves it that dies with a write half done: pages are in the file, and the commit is not. */
    private Journal brokenOffInAWrite() throws IOException, SQLException {
        Journal half = halfFinished();
        Path file = folder.resolve("half.db");
        try (Connection connection = source(file).getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA journal_mode=TRUNCATE");
            statement.execute("PRAGMA cache_size=1");
            statement.execute("PRAGMA cache_spill=1");
            connection.setAutoCommit(false);
            statement.execute("UPDATE ramet_plan SET lease_until = 4000000000000");
            try (PreparedStatement update = connection.prepareStatement(
                    "UPDATE ramet_chunk SET place = NULL, signed_at = NULL, outcome = ? WHERE place IS NOT NULL")) {
                update.setString(1, "x".repeat(2_000));
                update.execute();
            }
            statement.execute("UPDATE ramet_chunk SET outcome = NULL");
            Journal torn = new Journal(Files.readAllBytes(file), Files.readAllBytes(folder.resolve("half.db-journal")));
            assertThat(torn.file()).isNotEqualTo(half.file());
            connection.rollback();
            return torn;
        }
    }

    private CloneClient client(CloneJournal journal) {
        return Fixtures.client(simulator)
                .journal(journal)
                .shaper(RequestShaper.paced(5_000))
                .reconcileFor(Duration.ofMillis(15))
                .maxInFlight(4)
                .maxInDoubt(1_000)
                .build();
    }

    private static SQLiteDataSource source(Path file) {
        return KilledBuyer.file(file.toString());
    }

    private static void execute(Path file, String sql) throws SQLException {
        try (Connection connection = source(file).getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** Writes so many outcomes, and no more. */
    private static CloneJournal breakingOff(CloneJournal passed) {
        return new PassingJournal(
                passed,
                plan -> passed.open(plan, Fixtures.REGION).map(open -> new PassingJournal.Plan(open) {
                    private int settled;

                    @Override
                    public synchronized Mono<Void> settled(ChunkOutcome outcome) {
                        return ++settled <= SETTLED
                                ? super.settled(outcome)
                                : Mono.error(new JournalException("broken off", null));
                    }
                }));
    }
}
