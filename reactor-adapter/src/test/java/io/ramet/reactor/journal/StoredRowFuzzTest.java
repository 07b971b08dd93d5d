package io.ramet.reactor.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.ramet.error.ApiRefusal;
import io.ramet.error.ErrorCodes;
import io.ramet.error.LostResponse;
import io.ramet.error.RunFailure;
import io.ramet.model.Deal;
import io.ramet.outcome.ChunkOutcome;
import io.ramet.outcome.ChunkOutcome.Cloned;
import io.ramet.outcome.ChunkOutcome.InDoubt;
import io.ramet.outcome.ChunkOutcome.NotCloned;
import io.ramet.plan.ClonePlan;
import io.ramet.reactor.Fixtures;
import io.ramet.reactor.journal.PlanJournal.PendingChunk;
import io.ramet.reactor.journal.PlanJournal.Recovered;
import io.ramet.reactor.journal.UndoEntry.Step;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.AnnotatedElementContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.io.TempDirFactory;
import org.sqlite.SQLiteDataSource;
import reactor.core.publisher.Mono;

/**
 * One value of a stored plan is replaced by any other. What the journal then says of the plan is what was written, or a
 * typed failure: no chunk that was sent looks as if it never was, and no outcome turns into another. A row whose key
 * has changed is a row that was lost, which only the listing before a run can show. {@code -Dramet.fuzz=N} replaces
 * more often, {@code -Dramet.seed=N} once.
 */
@Tag("slow")
class StoredRowFuzzTest {

    private static final Duration PATIENCE = Fixtures.PATIENCE;
    private static final int INPUTS = Integer.getInteger("ramet.fuzz", 2_000) / 20;
    private static final Integer ONLY = Integer.getInteger("ramet.seed");

    private static final Map<String, List<String>> COLUMNS = Map.of(
            "ramet_plan",
            List.of(
                    "number",
                    "fingerprint",
                    "region",
                    "request",
                    "goods_num",
                    "seal",
                    "owner",
                    "lease_until",
                    "fence",
                    "underway"),
            "ramet_chunk",
            List.of(
                    "chunk",
                    "goods_num",
                    "mark",
                    "instance_name",
                    "attempts",
                    "signed_at",
                    "place",
                    "still_open",
                    "outcome",
                    "seal"),
            "ramet_refusal",
            List.of("place", "chunk", "outcome", "seal", "settled_at", "reopened_at"),
            "ramet_undo",
            List.of("instance_id", "step", "reference", "changed_at", "seal"));

    @TempDir(factory = InMemory.class)
    private Path folder;

    private final ClonePlan plan = Fixtures.plan("fuzzed", 250);
    private final ClonePlan undone = Fixtures.plan("undone", 60);
    private final Set<String> undoneSteps = new HashSet<>();
    private final List<ChunkOutcome> written = new ArrayList<>();
    private CloneJournal journal;
    private Connection database;
    private Recovered whole;

    @BeforeEach
    void fill() throws SQLException {
        SQLiteDataSource file = new SQLiteDataSource();
        file.setUrl("jdbc:sqlite:" + folder.resolve("journal.db"));
        journal = CloneJournal.jdbcBuilder(file).lease(Duration.ofMinutes(10)).build();
        PlanJournal open = journal.open(plan, Fixtures.REGION).block(PATIENCE);
        for (int chunk = 0; chunk < 7; chunk++) {
            open.sending(plan.chunk(chunk), 1_000 + chunk).block(PATIENCE);
        }
        settle(open, new Cloned(plan.chunk(0), new Deal("d-0", null, List.of("crs-1", "crs-2"), "r")));
        ApiRefusal soldOut = new ApiRefusal(ErrorCodes.of("ResourceUnavailable.SaleOut"), "none left", "r");
        settle(open, new NotCloned(plan.chunk(1), soldOut));
        settle(open, new InDoubt(plan.chunk(2), LostResponse.brokenOff()));
        open.responded(new InDoubt(plan.chunk(3), soldOut.unconfirmed())).block(PATIENCE);
        open.settled(new NotCloned(plan.chunk(4), soldOut)).block(PATIENCE);
        open.reopened(plan.chunk(4)).block(PATIENCE);
        open.withdrawn(plan.chunk(5)).block(PATIENCE);
        open.release().block(PATIENCE);
        undo();
        database = file.getConnection();
        for (String table : COLUMNS.keySet()) {
            execute("CREATE TABLE whole_" + table + " AS SELECT * FROM " + table);
        }
        open = journal.open(plan, Fixtures.REGION).block(PATIENCE);
        whole = open.known();
        open.release().block(PATIENCE);
    }

    /** A plan that buys no more, with a chunk left to buy. */
    private void undo() {
        journal.open(undone, Fixtures.REGION).flatMap(PlanJournal::release).block(PATIENCE);
        PlanJournal open = journal.openToUndo(undone.id(), Fixtures.REGION).block(PATIENCE);
        for (Step step : Step.values()) {
            UndoEntry entry = new UndoEntry("crs-" + step.ordinal(), step, "task " + step.ordinal());
            open.undo(entry).block(PATIENCE);
            undoneSteps.add(text(entry));
        }
        open.release().block(PATIENCE);
    }

    private static String text(UndoEntry entry) {
        return entry.instanceId() + " " + entry.step() + " " + entry.reference();
    }

    private void settle(PlanJournal open, ChunkOutcome outcome) {
        open.settled(outcome).block(PATIENCE);
        written.add(outcome);
    }

    @AfterEach
    void close() throws SQLException {
        database.close();
        journal.disposeLater().block(PATIENCE);
    }

    @Test
    void aDamagedValueIsATypedFailureOrChangesNothingThatMatters() throws SQLException {
        assertThat(whole.settled().cardinality()).isEqualTo(3);
        assertThat(whole.pending()).hasSize(2);
        for (int seed = ONLY == null ? 0 : ONLY; seed < (ONLY == null ? INPUTS : ONLY + 1); seed++) {
            String damage = damage(new Random(seed));
            try {
                judge();
            } catch (RuntimeException | AssertionError failure) {
                throw new AssertionError("seed " + seed + ": " + damage, failure);
            }
            restore();
        }
    }

    private void judge() {
        Recovered known = typed(() -> journal.open(plan, Fixtures.REGION)
                .flatMap(open -> open.release().thenReturn(open.known())));
        if (known != null) {
            assertThat(touched(known)).containsAll(touched(whole));
            assertThat(known.pending())
                    .allMatch(pending ->
                            pending.chunk().equals(plan.chunk(pending.chunk().index())));
        }
        List<ChunkOutcome> outcomes = typed(
                () -> journal.outcomes(plan.id(), 0).map(PlacedOutcome::outcome).collectList());
        if (outcomes != null) {
            Set<String> expected = written.stream().map(Object::toString).collect(Collectors.toSet());
            assertThat(outcomes)
                    .allMatch(outcome -> expected.contains(outcome.toString())
                            || whole.pending().stream()
                                    .anyMatch(pending -> pending.chunk().equals(outcome.chunk())));
        }
        StoredPlan stored = typed(() -> journal.find(plan.id()));
        if (stored != null) {
            assertThat(stored.goodsNum()).isEqualTo(plan.request().goodsNum());
        }
        assertThat(typed(() -> journal.open(undone, Fixtures.REGION)))
                .as("an undone plan buys no more")
                .isNull();
        List<String> steps = typed(
                () -> journal.undone(undone.id()).map(StoredRowFuzzTest::text).collectList());
        if (steps != null) {
            assertThat(undoneSteps).containsExactlyInAnyOrderElementsOf(steps);
        }
        typed(() -> journal.plans().collectList());
        typed(() -> journal.history(plan.id()).collectList());
        typed(() -> journal.sending(plan.id()).collectList());
        typed(() -> journal.pending(plan.id()).collectList());
        typed(() -> journal.claimAbandoned(Fixtures.REGION, Set.of()).flatMap(claimed -> {
            assertThat(claimed.plan().id()).isNotEqualTo(undone.id());
            return claimed.journal().release().thenReturn(claimed);
        }));
    }

    private static Set<Integer> touched(Recovered known) {
        BitSet touched = (BitSet) known.settled().clone();
        known.pending().stream().map(PendingChunk::chunk).forEach(chunk -> touched.set(chunk.index()));
        return touched.stream().boxed().collect(Collectors.toSet());
    }

    /** {@return the result, or null if it fails with a type of the journal's own} */
    private static <T> T typed(Supplier<Mono<T>> reading) {
        try {
            return reading.get().block(PATIENCE);
        } catch (RunFailure typed) {
            assertThat(typed).hasMessageNotContaining("NullPointerException");
            return null;
        }
    }

    private String damage(Random random) throws SQLException {
        List<String> tables = COLUMNS.keySet().stream().sorted().toList();
        while (true) {
            String table = tables.get(random.nextInt(tables.size()));
            String column =
                    COLUMNS.get(table).get(random.nextInt(COLUMNS.get(table).size()));
            try (Statement query = database.createStatement();
                    ResultSet rows = query.executeQuery("SELECT rowid, " + column + " FROM " + table)) {
                List<Long> ids = new ArrayList<>();
                List<Object> values = new ArrayList<>();
                while (rows.next()) {
                    ids.add(rows.getLong(1));
                    values.add(rows.getObject(2));
                }
                int which = random.nextInt(ids.size());
                Object value = other(values.get(which), values, random);
                replace(table, column, ids.get(which), value);
                return table + "." + column + " of row " + which + " was " + values.get(which) + ", is " + value;
            } catch (SQLException refused) {
                // By a constraint: another one, then.
            }
        }
    }

    private static Object other(Object value, List<Object> values, Random random) {
        return switch (random.nextInt(8)) {
            case 0 -> null;
            case 1 -> random.nextInt(5) - 1;
            case 2 -> random.nextLong();
            case 3 -> random.nextDouble() * 1e300;
            case 4 -> "";
            case 5 -> values.get(random.nextInt(values.size()));
            case 6 -> new byte[] {(byte) random.nextInt(), 0};
            default -> changed(String.valueOf(value), random);
        };
    }

    private static String changed(String text, Random random) {
        int at = random.nextInt(text.length() + 1);
        return text.substring(0, at)
                + (char) (' ' + random.nextInt(95))
                + text.substring(Math.min(at + 1, text.length()));
    }

    private void replace(String table, String column, long row, Object value) throws SQLException {
        try (PreparedStatement update =
                database.prepareStatement("UPDATE " + table + " SET " + column + " = ? WHERE rowid = ?")) {
            update.setObject(1, value);
            update.setLong(2, row);
            update.executeUpdate();
        }
    }

    private void restore() throws SQLException {
        execute("BEGIN IMMEDIATE");
        for (String table : COLUMNS.keySet()) {
            execute("DELETE FROM " + table);
            execute("INSERT INTO " + table + " SELECT * FROM whole_" + table);
        }
        execute("COMMIT");
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = database.createStatement()) {
            statement.execute(sql);
        }
    }

    /** No disk has to confirm what is written to it. */
    static final class InMemory implements TempDirFactory {

        @Override
        public Path createTempDirectory(AnnotatedElementContext element, ExtensionContext test) throws IOException {
            Path memory = Path.of("/dev/shm");
            return Files.isWritable(memory)
                    ? Files.createTempDirectory(memory, "ramet")
                    : Files.createTempDirectory("ramet");
        }
    }
}
