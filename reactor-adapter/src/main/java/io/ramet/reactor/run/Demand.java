package io.ramet.reactor.run;

import java.util.HashSet;
import java.util.Set;

/** The demand of one subscriber or one submission: its priority, and how many outcomes it has requested. */
public final class Demand {

    private final int priority;
    private final boolean submitted;
    private long wanted;

    private Demand(int priority, boolean submitted, long wanted) {
        this.priority = priority;
        this.submitted = submitted;
        this.wanted = wanted;
    }

    /** {@return the demand of a subscriber, which grows by what it requests and ends when it cancels} */
    public static Demand subscriber(int priority) {
        return new Demand(priority, false, 0);
    }

    /** {@return the demand of a submission, which is unbounded and is never cancelled} */
    public static Demand submitter(int priority) {
        return new Demand(priority, true, Long.MAX_VALUE);
    }

    /** {@code more} is 1 or more. */
    void add(long more) {
        wanted = wanted + more < 0 ? Long.MAX_VALUE : wanted + more;
    }

    /** All demand on one run. Not thread-safe. */
    static final class Group {

        private final Set<Demand> all = new HashSet<>();

        boolean add(Demand demand) {
            return all.add(demand);
        }

        /** {@return whether it was the last one} */
        boolean removeLast(Demand demand) {
            return all.remove(demand) && all.isEmpty();
        }

        boolean isEmpty() {
            return all.isEmpty();
        }

        int size() {
            return all.size();
        }

        boolean isSubmitted() {
            return all.stream().anyMatch(demand -> demand.submitted);
        }

        /** {@return the highest priority} */
        int priority() {
            return all.stream().mapToInt(demand -> demand.priority).max().orElse(Integer.MIN_VALUE);
        }

        /** {@return the highest number of outcomes that any of them has requested} */
        long wanted() {
            return all.stream().mapToLong(demand -> demand.wanted).max().orElse(0);
        }
    }
}
