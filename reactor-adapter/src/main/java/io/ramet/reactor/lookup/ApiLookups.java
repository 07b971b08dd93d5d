package io.ramet.reactor.lookup;

import static java.util.Objects.requireNonNull;

import io.ramet.model.Backup;
import io.ramet.model.Backup.Clonable;
import io.ramet.model.CloneRequest;
import io.ramet.model.DealState;
import io.ramet.model.InstanceState;
import io.ramet.model.Placement;
import io.ramet.model.PointInTime;
import io.ramet.model.PreflightReport;
import io.ramet.model.Price;
import io.ramet.outcome.ChunkOutcome.Cloned;
import io.ramet.plan.ClonePlan;
import io.ramet.plan.PlanId;
import io.ramet.reactor.call.CallResources;
import io.ramet.reactor.call.Lookups;
import io.ramet.reactor.journal.CloneJournal;
import io.ramet.reactor.journal.StoredPlan;
import io.ramet.reactor.lookup.InstancePoll.Round;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Queries the API with a client's own signer and connections, and reads from its journal what was bought. */
public final class ApiLookups implements LookupClient {

    private final CallResources resources;
    private final CloneJournal journal;
    private final LongSupplier nanoTime;
    private final ObservedOperations operations;
    private final ReadActions actions;
    private final Preflight preflight;
    private final PriceInquiry prices;
    private final InstancePoll poll;

    /** {@code services} sends to vpc, billing and sts; {@code nanoTime} is in step with the timer of the client. */
    public ApiLookups(
            CallResources resources, CloneJournal journal, Map<String, Lookups> services, LongSupplier nanoTime) {
        this.resources = resources;
        this.journal = journal;
        this.nanoTime = nanoTime;
        this.operations = new ObservedOperations(resources, journal);
        this.actions = new ReadActions(resources.finder().lookups().patient());
        this.preflight = new Preflight(resources, journal, actions, services);
        this.prices = new PriceInquiry(actions);
        this.poll = new InstancePoll(actions, resources.timer());
    }

    @Override
    public Flux<InstanceState> awaitRunning(PlanId id, AwaitOptions options) {
        requireNonNull(id, "id");
        requireNonNull(options, "options");
        return operations.observed("awaitRunning", Flux.defer(() -> {
            AwaitedInstances wait = new AwaitedInstances(options, resources.signer()::timestamp, nanoTime);
            Mono<StoredPlan> join = join(id, wait);
            Flux<Optional<Round>> rounds = Flux.merge(
                    1,
                    poll.rounds(wait::instances).map(Optional::of),
                    Mono.delay(options.deadline(), resources.timer()).thenReturn(Optional.empty()));
            // An empty value is the deadline. As part of this stream it never overtakes a round that is being
            // evaluated.
            Flux<InstanceState> states = rounds.takeUntil(Optional::isEmpty)
                    .concatMap(
                            round -> round.map(shown -> Mono.fromSupplier(() -> wait.look(shown))
                                            .delayUntil(over -> join))
                                    .orElseGet(() -> Mono.fromSupplier(wait::timeOut)),
                            1)
                    .takeUntil(over -> wait.isDone())
                    .concatMapIterable(over -> over, 1);
            return join.flatMapMany(
                    plan -> wait.isDone() ? Flux.empty() : states.doOnNext(resources.observer()::awaited));
        }));
    }

    /** Reads whether a run holds the plan before it reads the outcomes, so that the last look misses none. */
    private Mono<StoredPlan> join(PlanId id, AwaitedInstances wait) {
        return operations
                .stored(id)
                .delayUntil(plan -> journal.outcomes(id, wait.place(plan.held()))
                        .collectList()
                        .doOnNext(outcomes -> wait.join(outcomes, plan.held())));
    }

    @Override
    public Flux<InstanceState> instances(PlanId id) {
        requireNonNull(id, "id");
        return operations.observed(
                "instances",
                operations
                        .stored(id)
                        .thenMany(journal.outcomes(id, 0))
                        .concatMapIterable(
                                placed -> PurchasedInstance.of(placed).toList(), 1)
                        .buffer(ReadActions.MAX_IDS)
                        .concatMap(this::states, 1));
    }

    @Override
    public Flux<DealState> deals(PlanId id) {
        requireNonNull(id, "id");
        return operations.observed(
                "deals",
                operations
                        .stored(id)
                        .thenMany(journal.outcomes(id, 0))
                        .concatMap(
                                placed -> placed.outcome() instanceof Cloned cloned
                                                && cloned.deal().name().isPresent()
                                        ? actions.deal(cloned.deal())
                                        : Mono.empty(),
                                1));
    }

    private Flux<InstanceState> states(List<PurchasedInstance> bought) {
        long now = resources.signer().timestamp();
        return actions.instances(bought.stream().map(PurchasedInstance::id).toList())
                .flatMapIterable(listed -> bought.stream()
                        .map(instance -> {
                            ListedInstance shown = listed.get(instance.id());
                            return shown == null ? instance.unlisted(now) : shown.state(instance, instance.age(now));
                        })
                        .toList());
    }

    @Override
    public Mono<PreflightReport> preflight(ClonePlan plan) {
        requireNonNull(plan, "plan");
        return operations.observed("preflight", preflight.report(plan));
    }

    @Override
    public Mono<Price> price(CloneRequest request) {
        requireNonNull(request, "request");
        return operations.observed("price", prices.price(request));
    }

    @Override
    public Mono<Placement> placement(String instanceId) {
        requireNonNull(instanceId, "instanceId");
        return operations.observed("placement", actions.source(instanceId).map(ListedInstance::placement));
    }

    @Override
    public Flux<String> securityGroups(String instanceId) {
        requireNonNull(instanceId, "instanceId");
        return operations.observed("securityGroups", actions.securityGroups(instanceId));
    }

    @Override
    public Flux<Backup> backups(String instanceId) {
        requireNonNull(instanceId, "instanceId");
        return operations.observed("backups", actions.backups(instanceId).flatMapIterable(backups -> backups));
    }

    @Override
    public Mono<Backup> latestBackup(String instanceId) {
        return backups(instanceId)
                .filter(backup ->
                        backup.verdict(Instant.ofEpochSecond(resources.signer().timestamp()))
                                        .clonable()
                                == Clonable.YES)
                .next();
    }

    @Override
    public Mono<PointInTime> pointInTime(String instanceId, Instant time) {
        requireNonNull(instanceId, "instanceId");
        requireNonNull(time, "time");
        return operations.observed("pointInTime", actions.pointInTime(instanceId, time));
    }
}
