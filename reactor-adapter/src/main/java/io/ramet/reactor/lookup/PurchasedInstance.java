package io.ramet.reactor.lookup;

import io.ramet.model.Deal;
import io.ramet.model.InstanceState;
import io.ramet.model.InstanceState.Status;
import io.ramet.outcome.ChunkOutcome.Cloned;
import io.ramet.plan.CloneChunk;
import io.ramet.reactor.journal.PlacedOutcome;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** An instance that a plan has bought, as the journal knows it. */
record PurchasedInstance(
        String id, CloneChunk chunk, Deal deal, @Nullable Instant sentAt) {

    /** {@return the instances that an outcome reports; none if its chunk was not cloned} */
    static Stream<PurchasedInstance> of(PlacedOutcome placed) {
        return placed.outcome() instanceof Cloned cloned
                ? cloned.deal().instanceIds().stream()
                        .map(id -> new PurchasedInstance(id, cloned.chunk(), cloned.deal(), placed.sentAt()))
                : Stream.empty();
    }

    /**
     * {@return the time since its request was signed, or null if that is not known; never negative, although clocks
     * differ}
     */
    @Nullable
    Duration age(long now) {
        return sentAt == null ? null : Duration.ofSeconds(Math.max(0, now - sentAt.getEpochSecond()));
    }

    InstanceState unlisted(long now) {
        return new InstanceState(
                id,
                chunk.instanceName(),
                Status.ABSENT,
                null,
                null,
                null,
                deal.name().orElse(null),
                chunk.index(),
                age(now),
                "not listed");
    }
}
