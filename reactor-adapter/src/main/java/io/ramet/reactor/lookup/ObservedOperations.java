package io.ramet.reactor.lookup;

import io.ramet.error.ClientClosedException;
import io.ramet.plan.PlanId;
import io.ramet.reactor.call.CallResources;
import io.ramet.reactor.journal.CloneJournal;
import io.ramet.reactor.journal.StoredPlan;
import io.ramet.reactor.journal.UnknownPlanException;
import io.ramet.reactor.observe.CloneObserver.OperationObserver;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The common part of all operations that buy nothing: each is observed, and fails when the client is closed. */
record ObservedOperations(CallResources resources, CloneJournal journal) {

    private static final Logger log = LoggerFactory.getLogger(ObservedOperations.class);

    /** {@return the work, which fails once the client is closed} */
    <T> Flux<T> observed(String name, Flux<T> work) {
        Flux<T> untilClosed = work.takeUntilOther(resources.closing().then(Mono.error(ClientClosedException::new)));
        return Flux.deferContextual(context -> {
            OperationObserver observer = resources.observer().operating(name, context);
            return untilClosed
                    .doOnComplete(observer::completed)
                    .doOnComplete(() -> log.debug("{} completed", name))
                    .doOnError(observer::failed)
                    .doOnError(failure -> log.debug("{} failed: {}", name, failure.getMessage()))
                    .doOnCancel(observer::cancelled);
        });
    }

    /** {@return the work, which fails once the client is closed} */
    <T> Mono<T> observed(String name, Mono<T> work) {
        return observed(name, work.flux()).singleOrEmpty();
    }

    /** {@return the plan; fails if the journal does not know it} */
    Mono<StoredPlan> stored(PlanId id) {
        return journal.find(id).switchIfEmpty(Mono.error(() -> new UnknownPlanException(id)));
    }
}
