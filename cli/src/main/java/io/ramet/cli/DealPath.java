package io.ramet.cli;

import io.ramet.error.ApiRefusal;
import io.ramet.model.DealState;
import io.ramet.model.InstanceState;
import io.ramet.model.InstanceState.Status;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The states that the deals of a purchase pass through.
 *
 * @param steps each state when it is first seen, in the order in which they are seen
 */
record DealPath(List<Step> steps) {

    /**
     * A state.
     *
     * @param state the state
     * @param after the time from the purchase to the look-up that shows it
     */
    record Step(DealState state, Duration after) {

        private boolean isSameAs(Step other) {
            return state.deal().equals(other.state.deal()) && state.status() == other.state.status();
        }
    }

    /**
     * Looks up the deals repeatedly until something else is over, and once after it. A look-up without a usable
     * response is skipped; a refused one fails.
     *
     * @param deals one look-up
     * @param time the time from the purchase
     */
    static Mono<DealPath> of(Flux<DealState> deals, Supplier<Duration> time, BooleanSupplier isOver) {
        Flux<DealState> look =
                deals.onErrorResume(failure -> !(failure instanceof ApiRefusal), skipped -> Flux.empty());
        return Flux.concat(
                        look,
                        look.delaySubscription(Verification.BETWEEN_LOOKS).repeat(() -> !isOver.getAsBoolean()),
                        look)
                .map(state -> new Step(state, time.get()))
                .distinctUntilChanged(Function.identity(), Step::isSameAs)
                .collectList()
                .map(DealPath::new);
    }

    /** {@return whether the last state is that which is assumed of the instances; unknown while some are late} */
    VerifyReport.Result judged(List<InstanceState> instances) {
        if (steps.isEmpty() || instances.stream().anyMatch(instance -> instance.status() == Status.TIMED_OUT)) {
            return VerifyReport.Result.UNKNOWN;
        }
        DealState last = steps.get(steps.size() - 1).state();
        boolean run = instances.stream().allMatch(instance -> instance.status() == Status.RUNNING);
        return (run ? last.isDelivered() : last.hasFailed()) ? VerifyReport.Result.HOLDS : VerifyReport.Result.DIFFERS;
    }

    /** {@return such as {@code 2 after 0 s, 3 after 4 s, 4 after 73 s}} */
    String words() {
        return steps.isEmpty()
                ? "the deal is not listed"
                : steps.stream()
                        .map(step ->
                                step.state().status() + " after " + step.after().toSeconds() + " s")
                        .collect(Collectors.joining(", "));
    }
}
