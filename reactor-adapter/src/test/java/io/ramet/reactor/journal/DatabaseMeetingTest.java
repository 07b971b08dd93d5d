package io.ramet.reactor.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.ramet.plan.ClonePlan;
import io.ramet.reactor.Fixtures;
import io.ramet.reactor.Meeting;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteDataSource;
import reactor.core.publisher.Mono;

/** A write and a read meet the closing of their journal. {@code -Dramet.meetings=N} lets them meet more often. */
@Tag("slow")
class DatabaseMeetingTest {

    private static final Duration PATIENCE = Duration.ofSeconds(40);
    private static final int ROUNDS = Integer.getInteger("ramet.meetings", 1_000) / 20;

    @TempDir
    private Path folder;

    @Test
    void aWriteAndAReadEndThoughTheJournalIsClosedJustThenAndWhatIsWrittenStays() throws Exception {
        SQLiteDataSource file = new SQLiteDataSource();
        file.setUrl("jdbc:sqlite:" + folder.resolve("journal.db"));
        try (Meeting threads = new Meeting(3)) {
            for (int round = 0; round < ROUNDS; round++) {
                ClonePlan plan = Fixtures.plan("round-" + round, 30);
                CloneJournal journal = CloneJournal.jdbcBuilder(file)
                        .lease(Duration.ofSeconds(1))
                        .build();
                PlanJournal open = journal.open(plan, Fixtures.REGION).block(PATIENCE);
                List<String> results = threads.of(
                        round,
                        () -> end(open.sending(plan.chunk(0), 100)),
                        () -> end(journal.sending(plan.id()).then()),
                        () -> end(journal.disposeLater()));
                assertThat(results).as("round %d", round).allMatch(result -> result.matches("done|JournalException"));
                if (results.get(0).equals("done")) {
                    CloneJournal next = CloneJournal.jdbc(file);
                    assertThat(next.sending(plan.id()).collectList().block(PATIENCE))
                            .as("round %d", round)
                            .hasSize(1);
                    next.disposeLater().block(PATIENCE);
                }
            }
        }
    }

    private static String end(Mono<Void> work) {
        return work.thenReturn("done")
                .onErrorResume(JournalException.class, failure -> Mono.just("JournalException"))
                .block(PATIENCE);
    }
}
