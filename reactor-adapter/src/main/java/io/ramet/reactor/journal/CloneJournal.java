package io.ramet.reactor.journal;

import io.ramet.plan.ClonePlan;
import reactor.core.publisher.Mono;

/**
 * Where it stands that a chunk is about to be sent, before it is, and what became of it. One plan id stands for one
 * request, for ever: this is what makes it an idempotency key.
 */
public interface CloneJournal {

    /**
     * Takes up a plan: enters it if it is new, and tells what is known of it if it is not.
     *
     * @param plan the plan
     * @return the plan's own journal; fails with {@link PlanConflictException} if the plan id stands for another request,
     *     and with {@link JournalException} if the journal cannot be used
     */
    Mono<PlanJournal> open(ClonePlan plan);

    /** {@return completes when the journal is closed; idempotent} */
    Mono<Void> close();

    /**
     * A journal that lives as long as this object: a plan id is bought once within it, and is forgotten with it.
     *
     * @return the journal, good for a million chunks; it refuses a new plan past that rather than forget an old one
     */
    static CloneJournal inMemory() {
        return new MemoryJournal(1_000_000);
    }
}
