package io.ramet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.ramet.plan.ClonePlan;
import io.ramet.reactor.CloneClient;
import io.ramet.reactor.shape.RequestShaper;
import io.ramet.sign.Credentials;
import io.ramet.sign.CredentialsProvider;
import io.ramet.simulator.Fate;
import io.ramet.simulator.Simulator;
import java.io.StringWriter;
import java.io.Writer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A run within the test, which is interrupted at the worst moments. */
@Timeout(60)
class CloneRunTest {

    private static final Pattern SAID = Pattern.compile("Interrupted: .* (\\d+)\\.");

    private final ClonePlan plan = Fixtures.plan("order-1", 6000);
    private final StringWriter out = new StringWriter();

    @Test
    void nothingIsSentAfterItWasReportedThatNothingIs() throws Exception {
        try (Simulator simulator = Simulator.builder()
                .latency(Duration.ofMillis(200), Duration.ofMillis(200))
                .start()) {
            AtomicInteger said = new AtomicInteger(-1);
            // A terminal that is slow to print that line: a request that may still be sent is sent meanwhile.
            Writer slow = new StringWriter() {
                @Override
                public void write(String text, int from, int length) {
                    super.write(text, from, length);
                    Matcher interrupted = SAID.matcher(text);
                    if (interrupted.find()) {
                        int written = (int) out.toString().lines().count();
                        said.set(written + Integer.parseInt(interrupted.group(1)));
                        awaitMoreThan(said.get(), simulator);
                    }
                }
            };
            CompletableFuture<SignalHandlers> signals = new CompletableFuture<>();
            CompletableFuture<Integer> code = CompletableFuture.supplyAsync(() -> {
                CloneRun run = run(slow);
                return run.through(client(run, simulator), (first, second) -> {
                    SignalHandlers installed = SignalHandlers.install(first, second);
                    signals.complete(installed);
                    return installed;
                });
            });
            awaitMoreThan(0, simulator);
            signals.get(20, TimeUnit.SECONDS).receive();

            assertThat(code.get(30, TimeUnit.SECONDS)).isEqualTo(130);
            assertThat(simulator.books().executions()).hasSizeLessThanOrEqualTo(said.get());
            assertThat(out.toString().lines().filter(line -> line.startsWith("cloned")))
                    .hasSameSizeAs(simulator.books().executions());
        }
    }

    @Test
    void aSignalEndsTheWaitAloneAndSaysHowToWaitAgain() throws Exception {
        ClonePlan three = Fixtures.plan("order-2", 3);
        StringWriter err = new StringWriter();
        CliContext context = Fixtures.context(out, err, false, System::nanoTime);
        NextSteps steps = new NextSteps.Commands(
                List.of("ramet"), List.of(), List.of(), List.of(), List.of(), List.of(), List.of());
        InstanceWait wait = new InstanceWait(context, Duration.ofSeconds(50), InstanceForm.table);
        CloneRun run = new CloneRun(context, three, new TextLines(), steps, BusyPlanRetry.NONE, Optional.of(wait));
        // The first one that runs shows that the wait has begun.
        try (Simulator simulator = Simulator.builder()
                .lifeCycle(ordinal -> ordinal % 3 == 1 ? Fate.runs(Duration.ZERO) : Fate.never())
                .start()) {
            CompletableFuture<SignalHandlers> signals = new CompletableFuture<>();
            CompletableFuture<Integer> code =
                    CompletableFuture.supplyAsync(() -> run.through(client(run, simulator), (first, second) -> {
                        SignalHandlers installed = SignalHandlers.install(first, second);
                        signals.complete(installed);
                        return installed;
                    }));
            while (!code.isDone() && !out.toString().contains("INSTANCE")) {
                LockSupport.parkNanos(5_000_000);
            }
            signals.get(20, TimeUnit.SECONDS).receive();

            assertThat(code.get(30, TimeUnit.SECONDS)).isEqualTo(130);
            assertThat(out.toString()).contains("3 of 3 cloned");
            assertThat(err.toString()).contains("  ramet wait order-2").doesNotContain("Exception");
            assertThat(simulator.books().bought()).isEqualTo(3);
        }
    }

    @Test
    void aRunThatIsInterruptedBeforeItsFirstRequestDoesNotNameAPlanThatNoJournalKnows() {
        StringWriter err = new StringWriter();
        CliContext context = Fixtures.context(out, err, false, System::nanoTime);
        NextSteps steps = new NextSteps.Commands(
                List.of("ramet"), List.of(), List.of(), List.of(), List.of(), List.of(), List.of());
        CloneRun run = new CloneRun(context, plan, new TextLines(), steps, BusyPlanRetry.NONE, Optional.empty());
        try (Simulator simulator = Simulator.builder().start()) {
            int code = run.through(client(run, simulator), (first, second) -> {
                SignalHandlers installed = SignalHandlers.install(first, second);
                installed.receive();
                return installed;
            });

            assertThat(code).isEqualTo(130);
            assertThat(out.toString()).isEmpty();
            assertThat(err.toString())
                    .contains("Nothing was sent: the same command starts again.")
                    .doesNotContain("ramet resume");
            assertThat(simulator.books().bought()).isZero();
        }
    }

    /** For half a second at most. */
    private static void awaitMoreThan(int executions, Simulator simulator) {
        long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(executions == 0 ? 20_000 : 500);
        while (simulator.books().executions().size() <= executions && System.nanoTime() < until) {
            LockSupport.parkNanos(5_000_000);
        }
    }

    private CloneRun run(Writer err) {
        CliContext context = Fixtures.context(out, err, false, System::nanoTime);
        return new CloneRun(context, plan, new TextLines(), NextSteps.needless(), BusyPlanRetry.NONE, Optional.empty());
    }

    /** It keeps an even pace: after a burst, no request would be due while a line is printed. */
    private static CloneClient client(CloneRun run, Simulator simulator) {
        return CloneClient.builder()
                .region("ap-guangzhou")
                .endpoint(simulator.uri())
                .credentials(CredentialsProvider.fixed(Credentials.of(simulator.secretId(), simulator.secretKey())))
                .observer(run.observer())
                .shaper(RequestShaper.paced(20))
                .maxInstances(6000)
                .build();
    }
}
