package io.ramet.simulator;

import io.ramet.simulator.Instance.Change;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Everything the account owns: the sources of clones, and what was bought. Each purchase is one atomic step. */
final class Inventory {

    private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789";
    private static final long FIRST_DEAL = 22_716;
    private static final long FIRST_TASK = 17_001;
    private static final Instant SOURCES_CREATED = Instant.parse("2025-01-01T00:00:00Z");

    private final Map<String, Source> sources;
    private final int quota;
    private final Map<String, Integer> quotas;
    private final Duration visibleAfter;
    private final Duration recycleBin;
    private final Duration changesTake;
    private final SplittableRandom random;
    private final Map<String, Instance> instances = new LinkedHashMap<>();
    private final List<Deal> deals = new ArrayList<>();
    private final Map<String, Instance> changedSources = new HashMap<>();
    private final List<Task> changes = new ArrayList<>();
    private final Set<String> ids = new HashSet<>();
    private LifeCycle lifeCycle;

    Inventory(SimulatorBuilder options) {
        this.sources = Map.copyOf(options.sources);
        this.quota = options.accountQuota;
        this.quotas = Map.copyOf(options.quotas);
        this.visibleAfter = options.visibleAfter;
        this.recycleBin = options.recycleBin;
        this.changesTake = options.changesTake;
        this.random = new SplittableRandom(options.seed);
        this.lifeCycle = options.lifeCycle;
    }

    /** The purchase of one executed request, as it was at that time. */
    record Deal(String id, String name, CloneOrder order, List<Instance> instances, Instant at) {

        List<String> instanceIds() {
            return instances.stream().map(Instance::id).toList();
        }

        double price() {
            return instances.stream()
                    .mapToDouble(
                            instance -> Prices.of(instance.specification(), order.billingMode(), order.period(), 1))
                    .sum();
        }
    }

    synchronized void lifeCycle(LifeCycle next) {
        lifeCycle = next;
    }

    boolean isKnownSource(String id) {
        return sources.containsKey(id);
    }

    /** The specification of a clone. If no source is configured, every id of the right form can be cloned. */
    Source specification(CloneOrder order) {
        return specification(order.sourceId()).orElseThrow(() -> notFound(order.sourceId()));
    }

    private Optional<Source> specification(String id) {
        return sources.isEmpty()
                ? Optional.of(id).filter(open -> open.startsWith("crs-")).map(Source::of)
                : Optional.ofNullable(sources.get(id));
    }

    static ApiError notFound(String id) {
        return new ApiError("ResourceNotFound.InstanceNotExists", "No instance has the id " + id);
    }

    /** The quota of a region counts its pay-as-you-go instances, isolated ones included. */
    synchronized void checkQuota(CloneOrder order, String region, Instant now) {
        boolean counts = order.billingMode() == CloneOrder.PAY_AS_YOU_GO && quotas.containsKey(region);
        long left = counts ? quotas.getOrDefault(region, 0) - owned(region, now) : Long.MAX_VALUE;
        if (order.goodsNum() > Math.min(left, quota - ids.size())) {
            throw new ApiError("LimitExceeded.ReachTheAmountLimit", "The account may have no more instances.");
        }
    }

    private long owned(String region, Instant now) {
        return visibleInstances(region, now).stream()
                .filter(instance -> instance.order().billingMode() == CloneOrder.PAY_AS_YOU_GO)
                .count();
    }

    /** Buys. There is no idempotency: the same order again is another deal. */
    synchronized Deal buy(CloneOrder order, String region, Fault fault, Instant now) {
        Source source = specification(order);
        Instant visibleAt = now.plus(Fault.longer(visibleAfter, fault.visibleAfter()));
        List<Instance> bought = IntStream.range(0, Math.min(order.goodsNum(), fault.instances()))
                .mapToObj(index -> create(order, source, region, now, visibleAt))
                .toList();
        long number = FIRST_DEAL + deals.size();
        String dealName = String.format(Locale.ROOT, "20261124%015d", number);
        Deal deal = new Deal(Long.toString(number), dealName, order, bought, now);
        deals.add(deal);
        return deal;
    }

    private Instance create(CloneOrder order, Source source, String region, Instant now, Instant visibleAt) {
        String id = newId();
        Fate fate = lifeCycle.of(ids.size());
        Change creation = Change.creation(fate, now, recycleBin);
        Instance instance = new Instance(id, ids.size(), order, source, region, fate, now, visibleAt, creation);
        instances.put(id, instance);
        return instance;
    }

    /** The instances of a region that the listings show, oldest first. Sources are listed only by their id. */
    synchronized List<Instance> visibleInstances(String region, Instant now) {
        return instances.values().stream()
                .filter(instance -> instance.region().equals(region) && instance.isVisible(now))
                .toList();
    }

    /** The source of clones with this id, which is in every region; empty if there is none. */
    synchronized Optional<Instance> source(String id, String region) {
        return Optional.ofNullable(changedSources.get(id))
                .or(() ->
                        specification(id).filter(source -> !ids.contains(id)).map(source -> ofSource(source, region)));
    }

    private static Instance ofSource(Source source, String region) {
        return new Instance(
                source.instanceId(),
                0,
                CloneOrder.ofSource(source),
                source,
                region,
                Fate.runs(Duration.ZERO),
                SOURCES_CREATED,
                SOURCES_CREATED,
                new Change(source.status(), SOURCES_CREATED, SOURCES_CREATED, SOURCES_CREATED, Instant.MAX));
    }

    /** The instance with this id that a request of this region can name: one that was bought, or a source. */
    synchronized Instance get(String id, String region, Instant now) {
        return Optional.ofNullable(instances.get(id))
                .filter(instance -> instance.region().equals(region))
                .or(() -> source(id, region))
                .filter(instance -> instance.isVisible(now))
                .orElseThrow(() -> notFound(id));
    }

    synchronized List<Deal> deals() {
        return List.copyOf(deals);
    }

    synchronized List<Task> tasks() {
        return Stream.concat(
                        deals.stream()
                                .flatMap(deal -> deal.instances().stream())
                                .map(Task::creating),
                        changes.stream())
                .toList();
    }

    /** Returns an instance. One whose purchase is not complete cannot be returned yet. */
    synchronized Task isolate(String id, int billingMode, Exchange exchange) {
        Instance instance = get(id, exchange.region(), exchange.now());
        boolean prepaid = billingMode == CloneOrder.PREPAID;
        if (instance.order().billingMode() != billingMode) {
            throw new ApiError("InvalidParameterValue.UnSupportedType", id + " has the other billing mode.");
        }
        int status = instance.status(exchange.now());
        if (status != Instance.RUNNING) {
            String code = !prepaid ? "InstanceStatusError" : status < 0 ? "InstanceIsolated" : "InstanceNoDeal";
            throw new ApiError("ResourceUnavailable." + code, id + " has the status " + status);
        }
        return change("003", instance, Change.isolation(exchange.now(), changesTake, recycleBin));
    }

    /** Restores an instance from the recycle bin. */
    synchronized Task startUp(String id, Exchange exchange) {
        Instance instance = get(id, exchange.region(), exchange.now());
        checkStatus(instance.status(exchange.now()) == Instance.ISOLATED, instance);
        return change("005", instance, Change.startup(exchange.now(), changesTake));
    }

    /** Deletes an isolated instance for good. */
    synchronized Task delete(String id, Exchange exchange) {
        Instance instance = get(id, exchange.region(), exchange.now());
        checkStatus(instance.isIsolated(exchange.now()), instance);
        return change("006", instance, Change.deletion(exchange.now()));
    }

    private static void checkStatus(boolean fits, Instance instance) {
        if (!fits) {
            throw new ApiError(
                    "ResourceUnavailable.InstanceStatusAbnormal", instance.id() + " has not the status for this.");
        }
    }

    private Task change(String type, Instance before, Change change) {
        Instance after = before.changed(change);
        (after.ordinal() == 0 ? changedSources : instances).put(after.id(), after);
        Task task = new Task(FIRST_TASK + changes.size(), type, after, change.since(), change.doneAt(), false);
        changes.add(task);
        return task;
    }

    private String newId() {
        String id;
        do {
            StringBuilder text = new StringBuilder("crs-");
            random.ints(8, 0, ALPHABET.length()).forEach(index -> text.append(ALPHABET.charAt(index)));
            id = text.toString();
        } while (!ids.add(id));
        return id;
    }
}
