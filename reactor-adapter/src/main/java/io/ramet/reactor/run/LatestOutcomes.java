package io.ramet.reactor.run;

import io.ramet.model.Deal;
import io.ramet.outcome.ChunkOutcome;
import io.ramet.outcome.ChunkOutcome.Cloned;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The latest outcomes of a run, of a hundred chunks at most: those that a journal loses first, and those that a mixed-up
 * response would belong to. Not thread-safe.
 */
final class LatestOutcomes {

    private static final int MOST = 100;

    private final Map<Integer, ChunkOutcome> latest = new LinkedHashMap<>();
    /** Which chunk each id of an instance or a deal was reported for. */
    private final Map<String, Integer> owners = new HashMap<>();

    /**
     * Keeps an outcome, in place of an earlier one of its chunk.
     *
     * @return an id of an instance or a deal that was reported for another chunk as well, with both chunks, in words; null if
     *     there is none
     */
    @Nullable
    public String add(ChunkOutcome outcome) {
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
        if (latest.size() > MOST) {
            remove(latest.keySet().iterator().next());
        }
        return twice;
    }

    /** {@return those of these chunks that are kept} */
    public List<ChunkOutcome> of(BitSet chunks) {
        return latest.values().stream()
                .filter(outcome -> chunks.get(outcome.chunk().index()))
                .toList();
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
