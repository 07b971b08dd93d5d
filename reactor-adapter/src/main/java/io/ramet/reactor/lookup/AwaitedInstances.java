package io.ramet.reactor.lookup;

import io.ramet.model.InstanceState;
import io.ramet.model.InstanceState.Status;
import io.ramet.reactor.journal.PlacedOutcome;
import io.ramet.reactor.lookup.InstancePoll.Round;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The instances that one subscriber still waits for. Changed by one thread at a time; the poll reads them concurrently.
 */
final class AwaitedInstances {

    private final AwaitOptions options;
    private final LongSupplier now;
    private final LongSupplier nanoTime;
    private final Map<String, Waiting> waiting = new ConcurrentHashMap<>();
    private final Set<String> joined = new HashSet<>();
    private volatile boolean held = true;
    private volatile long place;

    /** {@code now} is the server's time in UNIX seconds. */
    AwaitedInstances(AwaitOptions options, LongSupplier now, LongSupplier nanoTime) {
        this.options = options;
        this.now = now;
        this.nanoTime = nanoTime;
    }

    /** An instance, the time when it was last listed or joined, and its last state. */
    private record Waiting(PurchasedInstance bought, long listedAt, InstanceState last) {}

    Collection<PurchasedInstance> instances() {
        return waiting.values().stream().map(Waiting::bought).toList();
    }

    boolean isDone() {
        return waiting.isEmpty() && !held;
    }

    /**
     * Determines from where to read the journal. When the plan is no longer run, it is read once more from the start,
     * because a database that has lost commits assigns their places again.
     *
     * @param stillHeld whether the plan is being run
     * @return the place after which the journal may have outcomes that have not joined
     */
    long place(boolean stillHeld) {
        return held && !stillHeld ? 0 : place;
    }

    /** Adds the instances of outcomes; {@code held} says whether the plan was being run before they were read. */
    void join(List<PlacedOutcome> outcomes, boolean held) {
        outcomes.stream().flatMap(PurchasedInstance::of).forEach(bought -> {
            if (joined.add(bought.id())) {
                waiting.put(bought.id(), new Waiting(bought, nanoTime.getAsLong(), bought.unlisted(now.getAsLong())));
            }
        });
        // An open outcome may be replaced, in the same place, by one that names more instances.
        place = outcomes.stream()
                .filter(placed -> placed.outcome().open())
                .findFirst()
                .map(open -> open.place() - 1)
                .orElseGet(() -> outcomes.isEmpty()
                        ? place
                        : outcomes.get(outcomes.size() - 1).place());
        this.held = held;
    }

    /** {@return the instances whose wait is over, which are removed} */
    List<InstanceState> look(Round round) {
        List<InstanceState> over = new ArrayList<>();
        waiting.replaceAll((id, before) -> after(before, round));
        waiting.values().removeIf(instance -> {
            InstanceState end = end(instance, round);
            return end != null && over.add(end);
        });
        return over;
    }

    private Waiting after(Waiting before, Round round) {
        PurchasedInstance bought = before.bought();
        ListedInstance shown = round.shown().get(bought.id());
        if (shown != null) {
            return new Waiting(bought, nanoTime.getAsLong(), shown.state(bought, bought.age(now.getAsLong())));
        }
        String failure = round.notLookedUp().get(bought.id());
        return failure == null
                ? before
                : new Waiting(
                        bought,
                        before.listedAt(),
                        before.last().as(before.last().status(), "its last look-up failed: " + failure));
    }

    private @Nullable InstanceState end(Waiting instance, Round round) {
        String id = instance.bought().id();
        InstanceState last = instance.last();
        String failure = round.failures().get(id);
        Duration absence = Duration.ofNanos(nanoTime.getAsLong() - instance.listedAt());
        if (last.status() == Status.RUNNING) {
            return last;
        }
        if (last.status() == Status.ISOLATED) {
            return last.as(Status.FAILED, "it is isolated: " + last.detail());
        }
        if (failure != null) {
            return last.as(Status.FAILED, failure);
        }
        return isAbsent(id, round) && absence.compareTo(options.toleratedAbsence()) > 0
                ? last.as(Status.FAILED, "it has not been listed for " + absence.toSeconds() + " s")
                : null;
    }

    private static boolean isAbsent(String id, Round round) {
        return round.lookedUp().contains(id) && !round.shown().containsKey(id);
    }

    /** {@return the instances that are not running at the deadline, which are removed} */
    List<InstanceState> timeOut() {
        List<InstanceState> late = waiting.values().stream()
                .map(instance -> instance.last()
                        .as(
                                Status.TIMED_OUT,
                                "it was not running within "
                                        + options.deadline().toSeconds() + " s: "
                                        + instance.last().detail()))
                .toList();
        waiting.clear();
        return late;
    }
}
