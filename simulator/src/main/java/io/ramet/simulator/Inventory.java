package io.ramet.simulator;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** Everything the account owns: the sources of clones, and what was bought. Each purchase is one atomic step. */
final class Inventory {

    private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789";
    private static final long FIRST_DEAL = 22_716;

    private final Set<String> sources;
    private final int quota;
    private final Duration visibleAfter;
    private final SplittableRandom random;
    private final List<Instance> instances = new ArrayList<>();
    private final List<Deal> deals = new ArrayList<>();
    private final Set<String> ids = new HashSet<>();

    Inventory(Set<String> sources, int quota, Duration visibleAfter, long seed) {
        this.sources = Set.copyOf(sources);
        this.quota = quota;
        this.visibleAfter = visibleAfter;
        this.random = new SplittableRandom(seed);
    }

    /** An instance that was bought. */
    record Instance(String id, CloneOrder order, Instant createdAt, Instant visibleAt) {

        String name() {
            return order.instanceName();
        }
    }

    /** What one executed request has bought. */
    record Deal(String id, String name, CloneOrder order, List<Instance> instances, Instant at) {

        List<String> instanceIds() {
            return instances.stream().map(Instance::id).toList();
        }
    }

    /** Whether an instance can be cloned. If no source is configured, every id of the right form can. */
    boolean isSource(String id) {
        return sources.isEmpty() ? id.startsWith("crs-") : sources.contains(id);
    }

    void checkSource(String id) {
        if (!isSource(id)) {
            throw new ApiError("ResourceNotFound.InstanceNotExists", "No instance has the id " + id);
        }
    }

    /** Buys. There is no idempotency: the same order again is another deal. */
    synchronized Deal buy(CloneOrder order, Fault fault, Instant now) {
        if (instances.size() + order.goodsNum() > quota) {
            throw new ApiError("LimitExceeded.ReachTheAmountLimit", "The account may have " + quota + " instances.");
        }
        Instant visibleAt = now.plus(Fault.longer(visibleAfter, fault.visibleAfter()));
        List<Instance> bought = IntStream.range(0, Math.min(order.goodsNum(), fault.instances()))
                .mapToObj(index -> new Instance(newId(), order, now, visibleAt))
                .toList();
        long number = FIRST_DEAL + deals.size();
        String dealName = String.format(Locale.ROOT, "20261124%015d", number);
        Deal deal = new Deal(Long.toString(number), dealName, order, bought, now);
        instances.addAll(bought);
        deals.add(deal);
        return deal;
    }

    /** The instances that the listings show, oldest first. */
    synchronized List<Instance> visibleInstances(Instant now) {
        return instances.stream()
                .filter(instance -> !now.isBefore(instance.visibleAt()))
                .toList();
    }

    synchronized List<Deal> deals() {
        return List.copyOf(deals);
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
