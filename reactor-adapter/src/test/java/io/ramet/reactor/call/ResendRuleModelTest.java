package io.ramet.reactor.call;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The rule for sending again, searched exhaustively: one chunk, a process that may be killed or paused at any step,
 * requests that arrive late, responses that are lost, purchases that show late, and a clock that is wrong by as much as
 * the server tolerates. Time is in ticks; a signature is valid for two, and a purchase may stay invisible for two.
 */
class ResendRuleModelTest {

    private static final int LIFE = 2;
    private static final int LAG = 2;
    private static final int HORIZON = 13;
    private static final int MOST_ATTEMPTS = 3;
    private static final int NONE = Integer.MIN_VALUE;

    /** The parts of the rule, each left out in turn. */
    enum Mutation {
        SIGN_WITH_THE_TIME_OF_SENDING,
        JOURNAL_AFTER_SENDING,
        TRUST_ONE_EMPTY_LISTING,
        TAKE_A_TIMEOUT_FOR_A_REFUSAL,
        IGNORE_THE_VISIBILITY_LAG,
        IGNORE_THE_LIFE_OF_A_SIGNATURE,
        TRUST_OUR_OWN_CLOCK
    }

    private enum Phase {
        IDLE,
        ENTERED,
        SENT,
        DOUBT,
        DONE
    }

    /** A purchase: when it was executed, and whether it shows. */
    private record Order(int executed, boolean visible) {}

    /**
     * The state of everything.
     *
     * @param now the server's time
     * @param skew our clock less the server's
     * @param journal the timestamp in the journal of a request without an outcome, or NONE
     * @param phase what the process does
     * @param signed the timestamp of its present attempt
     * @param calls timestamps of requests in flight
     * @param paused the timestamp that a paused process has entered and not yet sent with, or NONE
     */
    private record World(
            int now,
            int skew,
            int journal,
            Phase phase,
            int signed,
            int attempts,
            List<Integer> calls,
            int paused,
            List<Order> orders) {

        World at(Phase next) {
            return new World(now, skew, journal, next, signed, attempts, calls, paused, orders);
        }

        World journal(int entry) {
            return new World(now, skew, entry, phase, signed, attempts, calls, paused, orders);
        }

        World signing(int timestamp) {
            return new World(now, skew, journal, phase, timestamp, attempts + 1, calls, paused, orders);
        }

        World calls(List<Integer> more) {
            return new World(
                    now,
                    skew,
                    journal,
                    phase,
                    signed,
                    attempts,
                    more.stream().sorted().toList(),
                    paused,
                    orders);
        }

        World paused(int timestamp) {
            return new World(now, skew, journal, phase, signed, attempts, calls, timestamp, orders);
        }

        World orders(List<Order> all) {
            return new World(now, skew, journal, phase, signed, attempts, calls, paused, all);
        }

        World sending(int timestamp) {
            return calls(Stream.concat(calls.stream(), Stream.of(timestamp)).toList());
        }

        int ourTime() {
            return now + skew;
        }
    }

    private record Search(int worlds, List<String> boughtTwice) {}

    @Test
    void theRuleNeverBuysTwice() {
        Search search = search(EnumSet.noneOf(Mutation.class));
        assertThat(search.boughtTwice()).as("a trace that buys twice").isEmpty();
        assertThat(search.worlds())
                .as("worlds searched, as the failure model says")
                .isEqualTo(95_152);
    }

    @ParameterizedTest
    @EnumSource
    void withoutAnyOneOfItsPartsItBuysTwice(Mutation mutation) {
        assertThat(search(EnumSet.of(mutation)).boughtTwice())
                .as("a trace that buys twice")
                .isNotEmpty();
    }

    /** Breadth first, so that a trace is a shortest one. */
    private static Search search(Set<Mutation> mutations) {
        Map<World, String> seen = new HashMap<>();
        Map<World, World> cameFrom = new HashMap<>();
        Deque<World> open = new ArrayDeque<>();
        // A clock that is wrong by no more than the server tolerates.
        for (int skew = -LIFE; skew <= LIFE; skew++) {
            World start = new World(0, skew, NONE, Phase.IDLE, NONE, 0, List.of(), NONE, List.of());
            seen.put(start, "start with a clock that is off by " + skew);
            open.add(start);
        }
        while (!open.isEmpty()) {
            World world = open.remove();
            if (world.orders().size() > 1) {
                return new Search(seen.size(), trace(world, seen, cameFrom));
            }
            steps(world, mutations).forEach((step, next) -> {
                if (seen.putIfAbsent(next, step) == null) {
                    cameFrom.put(next, world);
                    open.add(next);
                }
            });
        }
        return new Search(seen.size(), List.of());
    }

    private static List<String> trace(World end, Map<World, String> steps, Map<World, World> cameFrom) {
        List<String> trace = new ArrayList<>();
        for (World world = end; world != null; world = cameFrom.get(world)) {
            trace.add(0, steps.get(world) + " [" + world.now() + "]");
        }
        return trace;
    }

    private static Map<String, World> steps(World world, Set<Mutation> mutations) {
        Map<String, World> next = new HashMap<>();
        if (world.now() < HORIZON) {
            add(next, "a tick", tick(world));
        }
        shows(world, next);
        arrives(world, next);
        process(world, mutations, next);
        killed(world, mutations, next);
        if (world.paused() != NONE) {
            int timestamp =
                    mutations.contains(Mutation.SIGN_WITH_THE_TIME_OF_SENDING) ? world.ourTime() : world.paused();
            add(next, "the paused process wakes and sends", world.paused(NONE).sending(timestamp));
        }
        return next;
    }

    /** Fails if two steps have one name, because one of them would not be searched. */
    private static void add(Map<String, World> next, String step, World world) {
        if (next.put(step, world) != null) {
            throw new AssertionError("two steps are called: " + step);
        }
    }

    private static World tick(World world) {
        int now = world.now() + 1;
        List<Order> orders = world.orders().stream()
                .map(order -> new Order(order.executed(), order.visible() || order.executed() + LAG <= now))
                .toList();
        return new World(
                now,
                world.skew(),
                world.journal(),
                world.phase(),
                world.signed(),
                world.attempts(),
                world.calls(),
                world.paused(),
                orders);
    }

    private static void shows(World world, Map<String, World> next) {
        IntStream.range(0, world.orders().size())
                .filter(i -> !world.orders().get(i).visible())
                .forEach(i -> {
                    List<Order> orders = new ArrayList<>(world.orders());
                    orders.set(i, new Order(orders.get(i).executed(), true));
                    add(next, "order " + i + " shows", world.orders(List.copyOf(orders)));
                });
    }

    /**
     * A request arrives, is executed unless its signature is too old or too young, and its response arrives or does
     * not.
     */
    private static void arrives(World world, Map<String, World> next) {
        for (int timestamp : Set.copyOf(world.calls())) {
            String request = "the request of " + timestamp + " ";
            List<Integer> others = new ArrayList<>(world.calls());
            others.remove((Integer) timestamp);
            World gone = world.calls(others);
            boolean waiting = world.phase() == Phase.SENT && world.signed() == timestamp;
            if (waiting) {
                add(
                        next,
                        request + "is throttled, and the response arrives",
                        gone.at(Phase.IDLE).journal(NONE));
            }
            if (Math.abs(timestamp - world.now()) > LIFE) {
                add(next, request + "arrives with an expired signature", gone);
                continue;
            }
            List<Order> orders = Stream.concat(world.orders().stream(), Stream.of(new Order(world.now(), false)))
                    .toList();
            World executed = gone.orders(orders);
            add(next, request + "is executed, and the response is lost", executed);
            if (waiting) {
                add(next, request + "is executed, and the response arrives", executed.at(Phase.DONE));
            }
        }
    }

    private static void process(World world, Set<Mutation> mutations, Map<String, World> next) {
        boolean journalLate = mutations.contains(Mutation.JOURNAL_AFTER_SENDING);
        switch (world.phase()) {
            case IDLE -> {
                if (world.attempts() < MOST_ATTEMPTS) {
                    World entered = world.signing(world.ourTime()).at(Phase.ENTERED);
                    add(next, "enters the journal", journalLate ? entered : entered.journal(world.ourTime()));
                }
            }
            case ENTERED -> {
                int timestamp =
                        mutations.contains(Mutation.SIGN_WITH_THE_TIME_OF_SENDING) ? world.ourTime() : world.signed();
                World sent = world.sending(timestamp).at(Phase.SENT);
                add(next, "sends", sent);
            }
            case SENT -> {
                World written = journalLate ? world.journal(world.signed()) : world;
                add(next, "writes, late", written);
                add(
                        next,
                        "times out",
                        mutations.contains(Mutation.TAKE_A_TIMEOUT_FOR_A_REFUSAL)
                                ? world.journal(NONE).at(Phase.IDLE)
                                : written.at(Phase.DOUBT));
            }
            case DOUBT -> add(next, "looks it up", looked(world, mutations));
            case DONE -> {}
        }
    }

    private static World looked(World world, Set<Mutation> mutations) {
        if (world.orders().stream().anyMatch(Order::visible)) {
            return world.at(Phase.DONE);
        }
        int life = mutations.contains(Mutation.IGNORE_THE_LIFE_OF_A_SIGNATURE) ? 0 : LIFE;
        int lag = mutations.contains(Mutation.IGNORE_THE_VISIBILITY_LAG) ? 0 : LAG;
        int time = mutations.contains(Mutation.TRUST_OUR_OWN_CLOCK) ? world.ourTime() : world.now();
        boolean proven = mutations.contains(Mutation.TRUST_ONE_EMPTY_LISTING) || time > world.journal() + life + lag;
        return proven ? world.journal(NONE).at(Phase.IDLE) : world;
    }

    /** Killed or paused: another process resumes from the journal. */
    private static void killed(World world, Set<Mutation> mutations, Map<String, World> next) {
        if (world.phase() == Phase.DONE) {
            return;
        }
        World after = world.journal() == NONE ? world.at(Phase.IDLE) : world.at(Phase.DOUBT);
        add(next, "is killed", after);
        if (world.phase() == Phase.ENTERED && world.paused() == NONE) {
            add(next, "is paused, and another process resumes", after.paused(world.signed()));
        }
    }
}
