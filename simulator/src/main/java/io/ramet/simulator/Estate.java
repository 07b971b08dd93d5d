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

/** Everything the account owns: it only grows, and each purchase is one step. */
final class Estate {

    private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789";
    private static final long FIRST_DEAL = 22_716;

    private final int quota;
    private final Duration visibleAfter;
    private final SplittableRandom chance;
    private final List<Instance> instances = new ArrayList<>();
    private final List<BoughtDeal> deals = new ArrayList<>();
    private final Set<String> ids = new HashSet<>();

    Estate(int quota, Duration visibleAfter, long seed) {
        this.quota = quota;
        this.visibleAfter = visibleAfter;
        this.chance = new SplittableRandom(seed);
    }

    /** Buys; there is no idempotency: the same order again is another deal. */
    synchronized BoughtDeal buy(CloneOrder order, Course course, Instant now) {
        if (instances.size() + order.goodsNum() > quota) {
            throw new Refusal("LimitExceeded.ReachTheAmountLimit", "The account may have " + quota + " instances.");
        }
        Instant visibleAt = now.plus(Course.longer(visibleAfter, course.visibleAfter()));
        List<Instance> bought = IntStream.range(0, Math.min(order.goodsNum(), course.instances()))
                .mapToObj(index -> new Instance(newId(), order, now, visibleAt))
                .toList();
        long number = FIRST_DEAL + deals.size();
        String dealName = String.format(Locale.ROOT, "20261124%015d", number);
        BoughtDeal deal = new BoughtDeal(Long.toString(number), dealName, order, bought, now);
        instances.addAll(bought);
        deals.add(deal);
        return deal;
    }

    /** The instances that the listings show, oldest first. */
    List<Instance> visibleInstances(Instant now) {
        return snapshot().stream().filter(instance -> instance.visible(now)).toList();
    }

    private synchronized List<Instance> snapshot() {
        return List.copyOf(instances);
    }

    synchronized List<BoughtDeal> deals() {
        return List.copyOf(deals);
    }

    private String newId() {
        String id;
        do {
            StringBuilder text = new StringBuilder("crs-");
            chance.ints(8, 0, ALPHABET.length()).forEach(index -> text.append(ALPHABET.charAt(index)));
            id = text.toString();
        } while (!ids.add(id));
        return id;
    }
}
