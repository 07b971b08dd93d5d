package io.ramet.reactor.run;

import io.ramet.error.InvalidValueException;
import io.ramet.json.RequestJson;
import io.ramet.model.Secret;
import io.ramet.plan.ClonePlan;
import io.ramet.plan.PlanId;
import io.ramet.reactor.concurrent.FatalErrors;
import io.ramet.reactor.journal.PlanPasswordException;
import io.ramet.reactor.journal.StoredPlan;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/** Reads plans from the journal, which stores no passwords. */
public record StoredRequests(Function<PlanId, Mono<Secret>> passwords, Scheduler timer) {

    private static final Duration LONGEST_PASSWORD = Duration.ofSeconds(30);
    private static final Secret ANY_PASSWORD = Secret.of("Not-a-passw0rd-of-any-plan");

    /**
     * Reads a plan in order to send it.
     *
     * @param stored the plan as the journal has it
     * @return the plan; fails with {@link PlanPasswordException} if its request has a password and none is provided
     */
    public Mono<ClonePlan> sendable(StoredPlan stored) {
        // A claimed plan would otherwise be held for ever.
        return FatalErrors.contained("the provider of passwords", () -> {
            try {
                return Mono.just(read(stored));
            } catch (InvalidValueException incomplete) {
                return passwords
                        .apply(stored.id())
                        .timeout(LONGEST_PASSWORD, timer)
                        .map(password -> read(stored, password))
                        .onErrorMap(TimeoutException.class, late -> missing(stored, "was not provided within 30 s"))
                        .switchIfEmpty(
                                Mono.error(() -> missing(stored, "is needed to send this plan, and is not provided")));
            }
        });
    }

    /**
     * Reads a plan in order to list its instances, for which its password is not needed. The result must not be sent.
     *
     * @param stored the plan as the journal has it
     * @return the plan, with a placeholder for its password if it has one
     * @throws InvalidValueException if its request cannot be read
     */
    public ClonePlan listable(StoredPlan stored) {
        try {
            return read(stored);
        } catch (InvalidValueException incomplete) {
            return read(stored, ANY_PASSWORD);
        }
    }

    private ClonePlan read(StoredPlan stored) {
        return ClonePlan.of(stored.id(), RequestJson.shared().read(stored.request()));
    }

    private ClonePlan read(StoredPlan stored, Secret password) {
        return ClonePlan.of(stored.id(), RequestJson.shared().read(stored.request(), password));
    }

    private static PlanPasswordException missing(StoredPlan stored, String why) {
        return new PlanPasswordException(stored.id(), why);
    }
}
