package io.ramet.reactor.run;

import io.ramet.model.Deal;
import io.ramet.outcome.ChunkOutcome;
import io.ramet.outcome.ChunkOutcome.Cloned;
import io.ramet.outcome.ChunkOutcome.NotCloned;
import io.ramet.reactor.journal.JournalException;
import io.ramet.reactor.journal.PlanJournal.Recovered;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The outcomes that a run remembers in addition to the journal: those of the latest hundred chunks, because a journal
 * loses its latest commits first and a response that is attributed to the wrong request belongs to one of these chunks;
 * those that could not be written; and which chunks it has settled. Not thread-safe.
 */
final class RunOutcomes {

    private static final int MAX = 100;

    private final Map<Integer, ChunkOutcome> latest = new LinkedHashMap<>();
    /** The chunk that each id of an instance or a deal was reported for. */
    private final Map<String, Integer> owners = new HashMap<>();
    /** Settled chunks that may have been bought; the journal must still show them when the run ends. */
    private final BitSet settled = new BitSet();

    private final List<ChunkOutcome> unwritten = new ArrayList<>();
    private boolean any;

    /**
     * Remembers an outcome in place of an earlier one of its chunk.
     *
     * @return a message that names an id of an instance or a deal that was reported for another chunk as well; null if
     *     there is none
     */
    @Nullable
    String add(ChunkOutcome outcome) {
        int index = outcome.chunk().index();
        remove(index);
        latest.put(index, outcome);
        String twice = null;
        for (String id : ids(outcome)) {
            Integer other = owners.putIfAbsent(id, index);
            if (other != null && twice == null) {
                twice = id + " was reported for chunk " + other + " and for chunk " + index;
            }
        }
        if (latest.size() > MAX) {
            remove(latest.keySet().iterator().next());
        }
        return twice;
    }

    /** Adds the outcomes of earlier runs, which must not vanish from the journal either. */
    void found(Recovered known) {
        settled.or(known.settled());
        settled.andNot(known.refused());
    }

    /**
     * Notes that the outcome is in the journal. A refusal is not tracked, because the next run may reopen it before a
     * slow subscriber has read it.
     */
    void settled(ChunkOutcome outcome) {
        any = true;
        if (!(outcome instanceof NotCloned)) {
            settled.set(outcome.chunk().index());
        }
    }

    /** {@return whether any outcome of this run is in the journal} */
    boolean hasSettled() {
        return any;
    }

    /** Notes that the journal could not record the outcome. */
    void unwritten(ChunkOutcome outcome) {
        unwritten.add(outcome);
    }

    /** {@return the failure, which carries the outcomes that are recorded nowhere else} */
    Throwable carriedBy(Throwable failure) {
        if (unwritten.isEmpty()) {
            return failure;
        }
        JournalException journal = failure instanceof JournalException ours
                ? ours
                : new JournalException("the journal failed: " + failure.getMessage(), failure);
        return journal.carrying(unwritten);
    }

    /**
     * Compares the outcomes in the journal with those that this run has found in it or written to it.
     *
     * @param read the chunks that have an outcome in the journal
     * @return a failure that carries the outcomes that the journal has lost, as far as they are remembered; null if
     *     none is lost
     */
    @Nullable
    JournalException lost(BitSet read) {
        BitSet lost = (BitSet) settled.clone();
        lost.andNot(read);
        if (lost.isEmpty()) {
            return null;
        }
        String what = "the journal has lost the outcomes of chunks "
                + lost.stream().limit(MAX).boxed().toList() + ", which were written to it: do not buy them again";
        return new JournalException(what, null)
                .carrying(latest.values().stream()
                        .filter(outcome -> lost.get(outcome.chunk().index()))
                        .toList());
    }

    private void remove(int index) {
        ChunkOutcome removed = latest.remove(index);
        if (removed != null) {
            ids(removed).forEach(id -> owners.remove(id, index));
        }
    }

    private static List<String> ids(ChunkOutcome outcome) {
        if (!(outcome instanceof Cloned cloned)) {
            return List.of();
        }
        Deal deal = cloned.deal();
        List<String> ids = new ArrayList<>(deal.instanceIds());
        if (deal.dealId() != null) {
            ids.add("DealId " + deal.dealId());
        }
        if (deal.dealName() != null) {
            ids.add("DealName " + deal.dealName());
        }
        return ids;
    }
}
