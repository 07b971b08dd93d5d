package io.ramet.reactor;

import static java.util.Objects.requireNonNull;

import io.ramet.model.Secret;
import io.ramet.plan.PlanId;
import reactor.core.publisher.Mono;

/**
 * Provides the password of a plan's request, because no journal stores passwords. It is called when a plan is
 * {@linkplain CloneClient#resume resumed} or {@linkplain CloneClient#recover recovered} by its id, and only if the
 * request has a password.
 */
@FunctionalInterface
public interface PasswordProvider {

    /**
     * Looks up a password. Called on one of the client's threads; must not block.
     *
     * @param plan the plan's id
     * @return the password that the plan was started with. The journal cannot verify it, so the remaining chunks are
     *     sent with whatever password is provided. If the Mono is empty, fails, or does not emit within 30 s, the plan
     *     is not sent
     */
    Mono<Secret> password(PlanId plan);

    /**
     * {@return a provider that has no password: plans whose request has one can be neither resumed nor recovered by id}
     */
    static PasswordProvider none() {
        return plan -> Mono.empty();
    }

    /**
     * A provider for plans that all have the same password.
     *
     * @param password the password
     * @return the provider
     */
    static PasswordProvider fixed(Secret password) {
        requireNonNull(password, "password");
        return plan -> Mono.just(password);
    }
}
