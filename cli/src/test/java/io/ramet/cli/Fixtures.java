package io.ramet.cli;

import io.ramet.model.CloneRequest;
import io.ramet.plan.ClonePlan;
import io.ramet.plan.PlanId;
import io.ramet.reactor.journal.CloneJournal;
import io.ramet.sign.CredentialsProvider;
import java.io.BufferedReader;
import java.io.StringReader;
import java.io.Writer;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.sqlite.SQLiteDataSource;

/** The request of the tests, as options and as a value, and contexts to run it in. */
final class Fixtures {

    /** The options of the request, without number and billing mode. */
    static final List<String> REQUEST = List.of(
            "--instance-id=crs-source12",
            "--backup-id=154572601",
            "--zone-id=100003",
            "--security-group=sg-bmadczm1",
            "--no-auth");

    private Fixtures() {}

    /** {@return a plan for the same request, pay as you go} */
    static ClonePlan plan(String id, int goodsNum) {
        return ClonePlan.of(
                PlanId.of(id),
                CloneRequest.builder()
                        .instanceId("crs-source12")
                        .backupId("154572601")
                        .goodsNum(goodsNum)
                        .payAsYouGo()
                        .zoneId(100003)
                        .securityGroups("sg-bmadczm1")
                        .noAuth()
                        .build());
    }

    static CloneJournal journal(Path file) {
        return journal(file, CloneJournal.LEASE);
    }

    static CloneJournal journal(Path file, Duration lease) {
        SQLiteDataSource database = new SQLiteDataSource();
        database.setUrl("jdbc:sqlite:" + file);
        return CloneJournal.jdbcBuilder(database).lease(lease).build();
    }

    /** {@return a context without input, key and folder} */
    static CliContext context(Writer out, Writer err, boolean terminal, LongSupplier nanoTime) {
        return context(out, err, terminal, nanoTime, 120);
    }

    static CliContext context(Writer out, Writer err, boolean terminal, LongSupplier nanoTime, int columns) {
        return new CliContext(
                new TerminalWriter(out, () -> columns),
                new TerminalWriter(err, () -> columns),
                new BufferedReader(new StringReader("")),
                terminal,
                terminal,
                question -> Optional.empty(),
                List.of("ramet"),
                Map.of(),
                network -> CredentialsProvider.environment(Map.of()),
                Path.of("nowhere"),
                Path.of("nowhere"),
                Clock.systemUTC(),
                nanoTime);
    }
}
