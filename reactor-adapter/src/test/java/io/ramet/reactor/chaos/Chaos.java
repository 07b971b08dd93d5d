package io.ramet.reactor.chaos;

import io.ramet.outcome.ChunkOutcome;
import io.ramet.outcome.ChunkOutcome.Cloned;
import io.ramet.outcome.ChunkOutcome.InDoubt;
import io.ramet.outcome.ChunkOutcome.NotCloned;
import io.ramet.plan.CloneChunk;
import io.ramet.plan.ClonePlan;
import io.ramet.reactor.CloneClient;
import io.ramet.reactor.DoubtPolicy;
import io.ramet.reactor.Fixtures;
import io.ramet.reactor.PassingJournal;
import io.ramet.reactor.PasswordProvider;
import io.ramet.reactor.journal.CloneJournal;
import io.ramet.reactor.journal.ForgottenPlanException;
import io.ramet.reactor.journal.JournalException;
import io.ramet.reactor.shape.RequestShaper;
import io.ramet.reactor.shape.Window;
import io.ramet.sign.Credentials;
import io.ramet.sign.CredentialsProvider;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;

/**
 * One run: some plans, some processes, two minutes of lies, then the truth, and the outcomes that a last process reads.
 */
final class Chaos implements AutoCloseable {

    /** How long events and lies begin; proof of absence takes longer. */
    private static final Duration EVENTS = Duration.ofMinutes(2);

    /** The longest lease that a clock which was ahead may have written. */
    private static final Duration LONGEST_HELD = Duration.ofMinutes(3);

    private static final Duration LEASE = Duration.ofSeconds(20);
    private static final Duration CALL_TIMEOUT = Duration.ofSeconds(10);

    private final Set<Lie> lies;
    private final Random random;
    private final World world;
    private final LyingDatabase database;
    private final Cloud cloud;
    private final RequestShaper shaper;
    private final CloneJournal memory;
    private final DoubtPolicy onDoubt;
    private final Duration visibilityLag;
    private final List<ClonePlan> plans = new ArrayList<>();
    private final List<Process> processes = new ArrayList<>();
    private final List<String> broken = new ArrayList<>();
    private final List<String> story = new ArrayList<>();
    private final Map<String, Integer> seen = new TreeMap<>();
    private final Set<String> carried = new HashSet<>();
    private Duration databaseOffset = Duration.ZERO;
    private String accepted = "key-0";
    private String key = accepted;
    private boolean lying = true;

    Chaos(long seed, Set<Lie> lies, Path folder) {
        this.lies = lies;
        this.random = new Random(seed);
        this.world = new World(seed);
        this.database = new LyingDatabase(
                folder,
                random,
                lies.contains(Lie.JOURNAL_LOSES),
                () -> world.instant().plus(databaseOffset).toEpochMilli());
        this.cloud = new Cloud(world, random);
        this.shaper = RequestShaper.window(20, RequestShaper.JITTER, Schedulers.parallel(), world::nanoTime);
        // A journal in memory cannot lie.
        this.memory = lies.stream().noneMatch(lie -> lie.name().startsWith("JOURNAL")) && random.nextInt(3) == 0
                ? CloneJournal.inMemory()
                : null;
        this.onDoubt = random.nextInt(3) == 0 ? DoubtPolicy.RESEND_WHEN_PROVEN : DoubtPolicy.HOLD;
        this.visibilityLag = Duration.ofSeconds(30);
        for (int i = 1 + random.nextInt(3); i > 0; i--) {
            plans.add(Fixtures.plan("seed-" + seed + "-" + i, 1 + random.nextInt(random.nextInt(4) == 0 ? 900 : 200)));
        }
    }

    /** A client, on a journal of its own. */
    private final class Process {
        private final String name = "process-" + processes.size();
        private final CloneJournal journal;
        private final CloneClient client;
        private final List<Reader> readers = new ArrayList<>();
        private boolean alive = true;
        private Duration offset = Duration.ZERO;

        Process(Duration patience) {
            processes.add(this);
            journal = memory != null
                    ? memory
                    : PassingJournal.waiting(
                            CloneJournal.jdbcBuilder(database.source(() -> alive))
                                    .lease(LEASE)
                                    .time(Schedulers.parallel(), world::nanoTime)
                                    .build(),
                            patience);
            var builder = CloneClient.builder()
                    .region(Fixtures.REGION)
                    .credentials(provider())
                    .transport(cloud.transport(name, () -> alive))
                    .journal(journal)
                    .shaper(shaper)
                    .time(Schedulers.parallel(), world::nanoTime)
                    .clock(world.clock(() -> offset))
                    .callTimeout(CALL_TIMEOUT)
                    .reconcileFor(Duration.ofSeconds(20))
                    .onDoubt(onDoubt)
                    .visibilityLag(visibilityLag)
                    .maxInFlight(1 + random.nextInt(40))
                    .maxInDoubt(1 + random.nextInt(6))
                    .stopOnRefusal(random.nextBoolean())
                    .random(new Random(random.nextLong()));
            if (random.nextInt(4) == 0) {
                builder.passwords(PasswordProvider.fixed(
                                Fixtures.request(1).build().password()))
                        .recoverEvery(Duration.ofSeconds(5));
            }
            client = builder.build();
        }

        void note(String what) {
            story.add(world.nanoTime() / 1_000_000 + " ms " + name + " " + what);
        }

        Reader read(ClonePlan plan, long demand) {
            note("clones " + plan);
            Reader reader = new Reader(plan, demand, () -> alive, this::received);
            readers.add(reader);
            guarded(client.clone(plan)).subscribe(reader);
            return reader;
        }

        private void received(Reader reader, ChunkOutcome outcome) {
            note("receives " + brief(outcome));
            String name = outcome.chunk().instanceName();
            List<Cloud.Execution> executed = cloud.executions(name);
            if (outcome instanceof Cloned cloned) {
                seen("cloned");
                assertCloned(cloned, executed);
            } else if (outcome instanceof NotCloned) {
                seen("not cloned");
                executed.stream()
                        .filter(one -> one.process().equals(this.name))
                        .forEach(one -> broken("silently not cloned: " + brief(outcome) + " though " + one.deal()));
            } else {
                seen("in doubt");
            }
        }

        void kill() {
            note("is killed");
            alive = false;
        }

        void close() {
            note("closes");
            client.disposeLater()
                    .then(journal.disposeLater())
                    .subscribe(nothing -> {}, failure -> broken("closing failed: " + failure), () -> {
                        note("is closed");
                        closed = true;
                    });
        }

        private boolean closed;
    }

    private void assertCloned(Cloned cloned, List<Cloud.Execution> executed) {
        List<String> ids = executed.stream().flatMap(one -> one.ids().stream()).toList();
        List<String> named = cloned.deal().instanceIds();
        if (!ids.containsAll(named) || (cloned.missing() == 0 && named.size() != ids.size())) {
            broken("cloned, but not these: " + brief(cloned) + ", bought: " + executed);
        }
    }

    private static String brief(@Nullable ChunkOutcome outcome) {
        if (outcome == null) {
            return "nothing";
        }
        String what = outcome.fold(
                cloned -> "Cloned " + cloned.deal().instanceIds().size() + " of "
                        + cloned.deal().dealId(),
                notCloned -> "NotCloned " + notCloned.failure().getMessage(),
                inDoubt -> "InDoubt " + inDoubt.failure().getMessage());
        return outcome.chunk().instanceName() + " " + what;
    }

    private void seen(String what) {
        seen.merge(what, 1, Integer::sum);
    }

    private void broken(String what) {
        broken.add(what);
        story.add(world.nanoTime() / 1_000_000 + " ms BROKEN: " + what);
    }

    Map<String, Integer> seen() {
        return seen;
    }

    List<String> story() {
        List<String> all = new ArrayList<>(story);
        all.addAll(database.story);
        all.addAll(cloud.story);
        return all;
    }

    private static Flux<ChunkOutcome> guarded(Flux<ChunkOutcome> outcomes) {
        // An exception thrown by clone() itself would end the whole test.
        return Flux.defer(() -> outcomes);
    }

    /** {@return what was broken} */
    List<String> run() {
        cloud.accept(key);
        begin();
        new Process(LEASE);
        int events = 5 + random.nextInt(20);
        for (int i = 0; i < events; i++) {
            world.after(Duration.ofMillis(random.nextLong(EVENTS.toMillis())), this::event);
        }
        lies.forEach(this::schedule);
        plans.forEach(plan ->
                world.after(Duration.ofMillis(random.nextInt(2_000)), () -> living().read(plan, Long.MAX_VALUE)));
        world.advance(EVENTS);
        if (onDoubt == DoubtPolicy.RESEND_WHEN_PROVEN) {
            // Proof takes minutes, and the listings that give it may lie as well.
            world.advance(Duration.ofMinutes(8));
        }
        heal();
        await(
                Duration.ofMinutes(25),
                () -> processes.stream()
                        .flatMap(process -> process.readers.stream())
                        .noneMatch(Reader::waits));
        judgeStreams();
        processes.stream().filter(process -> process.alive && !process.closed).forEach(Process::close);
        await(Duration.ofMinutes(3), () -> processes.stream().allMatch(process -> process.closed || !process.alive));
        processes.stream()
                .filter(process -> process.alive && !process.closed)
                .forEach(process -> broken("closing hangs: " + process.name + " " + process.client));
        judgeEnd();
        // A double purchase has other symptoms as well: it comes first.
        broken.sort(Comparator.comparing(what -> !what.startsWith("BOUGHT")));
        return broken.stream().limit(3).toList();
    }

    /** Lets time pass until it is done, and no more than this. */
    private void await(Duration longest, BooleanSupplier done) {
        for (long s = 0; s < longest.toSeconds() && !done.getAsBoolean(); s += 5) {
            world.advance(Duration.ofSeconds(5));
        }
    }

    private void begin() {
        if (lies.contains(Lie.RESPONSES)) {
            double most = 0.05 + random.nextDouble(0.25);
            for (Cloud.Trouble trouble : List.of(
                    Cloud.Trouble.NO_CONNECTION,
                    Cloud.Trouble.LOST_ON_THE_WAY,
                    Cloud.Trouble.RESPONSE_LOST,
                    Cloud.Trouble.RESPONSE_BROKE_OFF,
                    Cloud.Trouble.THROTTLED,
                    Cloud.Trouble.SOLD_OUT,
                    Cloud.Trouble.FAILED_BUT_EXECUTED,
                    Cloud.Trouble.FEWER_IDS,
                    Cloud.Trouble.NO_DEAL,
                    Cloud.Trouble.ERROR_AND_DEAL)) {
                cloud.chance(trouble, random.nextDouble(most));
            }
        }
        if (lies.contains(Lie.DELAYED)) {
            cloud.chance(Cloud.Trouble.DELAYED, 0.1);
        }
        if (lies.contains(Lie.LISTINGS)) {
            cloud.chance(Cloud.Trouble.SHORT_LISTING, random.nextDouble(0.7));
            cloud.chance(Cloud.Trouble.NO_INSTANCE_SET, random.nextDouble(0.3));
            cloud.chance(Cloud.Trouble.LISTING_REFUSED, random.nextDouble(0.3));
            cloud.chance(Cloud.Trouble.LISTING_THROTTLED, random.nextDouble(0.3));
            cloud.chance(Cloud.Trouble.LISTING_LOST, random.nextDouble(0.2));
        }
        if (lies.contains(Lie.FOREIGN_DEALS)) {
            cloud.chance(Cloud.Trouble.FOREIGN_DEALS, random.nextDouble(0.5));
        }
        if (lies.contains(Lie.STALE_LISTINGS)) {
            cloud.visibleAfter(Duration.ofSeconds(1 + random.nextInt(28)));
        }
        if (lies.contains(Lie.JOURNAL_FAILS)) {
            for (LyingDatabase.Trouble trouble : LyingDatabase.Trouble.values()) {
                database.chance(trouble, random.nextDouble(0.04));
            }
        }
        if (!lies.contains(Lie.JOURNAL_LOSES)) {
            cloud.transit(RequestShaper.JITTER);
        }
        if (lies.contains(Lie.JOURNAL_SLOW)) {
            double stalls = random.nextDouble(0.1);
            world.journalLatency(() -> !lying || random.nextDouble() > stalls
                    ? Duration.ofNanos(random.nextInt(3_000_000))
                    : Duration.ofMillis(random.nextInt(random.nextInt(8) == 0 ? 30_000 : 1_500)));
        }
    }

    private void heal() {
        lying = false;
        cloud.heal();
        database.heal();
        databaseOffset = Duration.ZERO;
        story.add(world.nanoTime() / 1_000_000 + " ms healed");
    }

    private Process living() {
        List<Process> living = processes.stream()
                .filter(process -> process.alive && !process.closed)
                .toList();
        return living.isEmpty() ? new Process(LEASE) : living.get(random.nextInt(living.size()));
    }

    /** Something that an application or an operator does. */
    private void event() {
        Process process = living();
        ClonePlan plan = plans.get(random.nextInt(plans.size()));
        switch (random.nextInt(10)) {
            case 0, 1 -> process.read(plan, Long.MAX_VALUE);
            case 2 -> {
                Reader leaving = process.read(plan, Long.MAX_VALUE);
                world.after(Duration.ofMillis(random.nextInt(5_000)), leaving::cancel);
            }
            case 3 -> {
                Reader slow = process.read(plan, 1 + random.nextInt(3));
                world.after(Duration.ofMillis(random.nextInt(40_000)), slow::cancel);
            }
            case 4 -> {
                process.note("submits " + plan);
                process.client.submit(plan).subscribe(nothing -> {}, failure -> carried(failure));
            }
            case 5 -> {
                if (memory != null) {
                    // The journal would be gone with the process.
                    return;
                }
                process.kill();
                new Process(LEASE).read(plan, Long.MAX_VALUE);
            }
            case 6 -> {
                if (memory == null) {
                    process.close();
                    new Process(LEASE).read(plan, Long.MAX_VALUE);
                }
            }
            case 7 -> new Process(LEASE).read(plan, Long.MAX_VALUE);
            case 8 -> process.client.report(plan.id()).subscribe(report -> {}, failure -> {});
            default -> process.client.reconcile(plan.id()).subscribe(report -> {}, failure -> {});
        }
    }

    private void schedule(Lie lie) {
        int times = 1 + random.nextInt(3);
        for (int i = 0; i < times; i++) {
            Duration when = Duration.ofMillis(random.nextLong(EVENTS.toMillis()));
            switch (lie) {
                case JOURNAL_LOSES -> world.after(when, this::loseSomething);
                case JOURNAL_FAILS -> world.after(when, this::goAway);
                case CREDENTIALS -> world.after(when, this::rotate);
                case CLOCKS -> world.after(when, this::step);
                default -> {}
            }
        }
    }

    private void loseSomething() {
        if (random.nextBoolean()) {
            database.loseRow();
            return;
        }
        // A standby is not promoted at once: until then nothing can be written, so requests in flight arrive.
        database.down(true);
        world.after(Duration.ofMillis(1_500 + random.nextInt(6_000)), () -> {
            database.failOver(random.nextInt(5));
            database.down(false);
        });
    }

    private void goAway() {
        boolean readOnly = random.nextBoolean();
        if (readOnly) {
            database.readOnly(true);
        } else {
            database.down(true);
        }
        world.after(Duration.ofMillis(random.nextInt(20_000)), () -> {
            database.readOnly(false);
            database.down(false);
        });
    }

    private void step() {
        Duration by = Duration.ofMillis(random.nextLong(-400_000, 400_000));
        switch (random.nextInt(3)) {
            case 0 -> databaseOffset = databaseOffset.plus(by.dividedBy(20));
            case 1 -> world.stepWallClock(by.multipliedBy(9));
            default -> {
                Process process = living();
                process.offset = process.offset.plus(by);
            }
        }
    }

    private void rotate() {
        accepted = "key-" + random.nextInt(1_000);
        cloud.accept(accepted);
        // The newest key: of two rotations that overlap, the first would otherwise end with a key that is never
        // accepted again.
        world.after(Duration.ofMillis(random.nextInt(3_000)), () -> key = accepted);
    }

    private CredentialsProvider provider() {
        return () -> {
            CompletableFuture<Credentials> coming = new CompletableFuture<>();
            int what = lying && lies.contains(Lie.CREDENTIALS) ? random.nextInt(40) : 40;
            switch (what) {
                case 0 -> {} // never
                case 1 -> coming.completeExceptionally(new IllegalStateException("no keys today"));
                case 2, 3 -> {
                    Credentials late = Credentials.of(key, "secret");
                    world.after(Duration.ofMillis(random.nextInt(50_000)), () -> coming.complete(late));
                }
                default -> coming.complete(Credentials.of(key, "secret"));
            }
            return coming;
        };
    }

    private void carried(Throwable failure) {
        if (failure instanceof JournalException journal) {
            journal.unwritten().stream()
                    .filter(outcome -> !(outcome instanceof NotCloned))
                    .forEach(outcome -> carried.add(outcome.chunk().instanceName()));
            carried.add(String.valueOf(failure.getMessage()));
        }
        if (failure instanceof ForgottenPlanException forgotten) {
            carried.addAll(forgotten.instanceIds());
        }
    }

    private boolean isCarried(CloneChunk chunk, Cloud.Execution bought) {
        return carried.contains(chunk.instanceName())
                || bought.ids().stream().anyMatch(carried::contains)
                || carried.stream().anyMatch(text -> text.contains(chunk.instanceName()));
    }

    private void judgeStreams() {
        for (Process process : processes) {
            for (Reader reader : process.readers) {
                if (reader.waits()) {
                    broken("a stream hangs: " + process.name + " " + reader.plan + " " + process.client);
                }
                judge(reader);
            }
        }
    }

    private void judge(Reader reader) {
        if (!reader.twice.isEmpty()) {
            broken("two outcomes of one chunk: " + brief(reader.twice.get(0)));
        }
        if (reader.completed && reader.outcomes.size() != reader.plan.size()) {
            broken("completed with " + reader.outcomes.size() + " of " + reader.plan.size() + " outcomes: "
                    + reader.plan);
        }
        if (reader.failure != null) {
            seen("failed: " + reader.failure.getClass().getSimpleName());
            carried(reader.failure);
        }
        reader.outcomes.values().stream()
                .filter(outcome -> reader.failure != null && !(outcome instanceof NotCloned))
                .forEach(outcome -> carried.add(outcome.chunk().instanceName()));
    }

    private void judgeEnd() {
        processes.stream().filter(process -> process.alive).forEach(process -> process.readers.forEach(this::judge));
        Process last = new Process(LONGEST_HELD);
        Map<ClonePlan, Reader> ends = new LinkedHashMap<>();
        plans.forEach(plan -> ends.put(plan, last.read(plan, Long.MAX_VALUE)));
        await(Duration.ofMinutes(15), () -> ends.values().stream().noneMatch(Reader::waits));
        ends.forEach((plan, reader) -> {
            if (reader.waits()) {
                broken("the last stream hangs: " + plan + " " + last.client);
            }
            judge(reader);
            if (reader.failure != null && !lies.contains(Lie.JOURNAL_LOSES)) {
                broken("failed though nothing lies any more: " + reader.failure);
            }
            plan.forEach(chunk -> judge(chunk, reader));
        });
        if (Window.peak(cloud.arrivals) > 20) {
            broken(Window.peak(cloud.arrivals) + " in one second");
        }
        if (!world.thrown().isEmpty()) {
            broken("thrown to no subscriber: " + world.thrown().get(0));
        }
        seen.merge("executed", cloud.executions.size(), Integer::sum);
    }

    private void judge(CloneChunk chunk, Reader end) {
        List<Cloud.Execution> executed = cloud.executions(chunk.instanceName());
        if (executed.size() > 1) {
            broken("BOUGHT TWICE: " + chunk.instanceName() + " " + executed);
        }
        ChunkOutcome outcome = end.outcomes.get(chunk.index());
        for (Cloud.Execution bought : executed) {
            boolean reported = outcome instanceof Cloned || outcome instanceof InDoubt;
            if (!reported && !isCarried(chunk, bought)) {
                broken("LOST: " + chunk.instanceName() + " bought by " + bought.process() + ", at the end "
                        + brief(outcome) + " " + end.failure);
            }
        }
    }

    @Override
    public void close() {
        world.close();
    }
}
