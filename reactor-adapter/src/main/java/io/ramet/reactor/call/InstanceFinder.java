package io.ramet.reactor.call;

import io.ramet.error.LostResponse;
import io.ramet.error.LostResponse.Phase;
import io.ramet.json.Listing;
import io.ramet.json.RequestJson;
import io.ramet.json.ResponseJson;
import io.ramet.model.Deal;
import io.ramet.plan.CloneChunk;
import io.ramet.plan.ClonePlan;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Finds the instances of a chunk: by its name with DescribeInstances and, if a deal is known, by its deal with
 * DescribeInstanceDealDetail. The API's search by name is fuzzy, so names are compared exactly; listings are paged. A
 * look-up costs nothing and changes nothing.
 *
 * @param lookups sends the requests
 * @param json reads the responses
 * @param checks limits the number of plans that are checked at a time
 * @param seeing the look-ups by id that are in progress
 */
public record InstanceFinder(
        Lookups lookups, ResponseJson json, LookupQueue checks, Map<String, Mono<Boolean>> seeing) {

    private static final RequestJson REQUESTS = RequestJson.shared();
    private static final int PAGE = 1_000;
    /** A bound for memory, because a look-up keeps the ids of all instances that it lists. */
    private static final int MAX = 1_000_000;

    /** Half of the connections: enough for 35 look-ups a second, the limit, if a response takes half a second. */
    private static final int CHECKS_AT_ONCE = 20;

    public InstanceFinder(Lookups lookups, ResponseJson json) {
        this(lookups, json, new LookupQueue(CHECKS_AT_ONCE), new ConcurrentHashMap<>());
    }

    /** {@return a finder whose look-ups wait until no urgent look-up is waiting} */
    public InstanceFinder patient() {
        return new InstanceFinder(lookups.patient(), json, checks, seeing);
    }

    /**
     * Delays the check of a plan until fewer than twenty others are in progress. Otherwise the first look-ups of all
     * plans that are submitted together would go before the second look-up of any of them, and before the look-ups of
     * chunks in doubt.
     *
     * @param check the look-ups of the check
     * @return the check, which is subscribed to when its turn comes
     */
    public <T> Mono<T> check(Mono<T> check) {
        return checks.pass(true, check);
    }

    /**
     * The result of one look-up of a chunk.
     *
     * @param instanceIds the instances of the chunk
     * @param at the server's time at the start of the look-up, or null if the server did not send it
     */
    record Sighting(List<String> instanceIds, @Nullable Instant at) {}

    /**
     * Looks up the name of a chunk once.
     *
     * @param chunk the chunk
     * @return the instances that bear its name, perhaps none; fails if a listing failed or was incomplete
     */
    Mono<Sighting> find(CloneChunk chunk) {
        return list(chunk.instanceName())
                .map(listed -> new Sighting(
                        listed.names().entrySet().stream()
                                .filter(instance -> instance.getValue().equals(chunk.instanceName()))
                                .map(Map.Entry::getKey)
                                .toList(),
                        listed.at()));
    }

    /**
     * Looks up the name and the deal of a chunk once.
     *
     * @param chunk the chunk
     * @param deal the deal, with an id or a name
     * @return the instances that bear the chunk's name or belong to its deal; fails if one of the look-ups failed
     */
    Mono<Sighting> find(CloneChunk chunk, Deal deal) {
        Mono<List<String>> ofDeal = lookups.send(
                "DescribeInstanceDealDetail",
                REQUESTS.describeDeal(deal),
                response -> json.readDealInstances(deal, response.status(), response.body()));
        return find(chunk).zipWith(ofDeal, (byName, byDeal) -> {
            Set<String> both = new LinkedHashSet<>(byName.instanceIds());
            both.addAll(byDeal);
            return new Sighting(List.copyOf(both), byName.at());
        });
    }

    /**
     * Looks up every instance of a plan once. A plan of n instances takes about n / 1,000 requests, one after the
     * other.
     *
     * @param plan the plan
     * @return the instances that bear its marks, perhaps none; fails if a listing failed or was incomplete
     */
    public Mono<PlanListing> find(ClonePlan plan) {
        return list(plan.markRoot()).map(listed -> {
            Map<Integer, List<String>> byChunk = new HashMap<>();
            List<String> unplaced = new ArrayList<>();
            listed.names().forEach((id, name) -> {
                OptionalInt index = plan.indexIn(name);
                if (index.isPresent()) {
                    byChunk.computeIfAbsent(index.getAsInt(), first -> new ArrayList<>())
                            .add(id);
                } else if (name.contains(plan.markRoot() + "-")) {
                    unplaced.add(id);
                }
            });
            return new PlanListing(byChunk, unplaced);
        });
    }

    /**
     * Looks up an instance by its id once. Concurrent look-ups of the same instance share one response.
     *
     * @param instanceId the id
     * @return whether the instance is visible to the credentials in this region and at this endpoint; fails if the
     *     listing failed or was incomplete
     */
    public Mono<Boolean> sees(String instanceId) {
        return Mono.defer(() -> seeing.computeIfAbsent(
                instanceId,
                id -> page(REQUESTS.describeById(id))
                        .map(page ->
                                names(List.of(page), page.listing().total()).containsKey(id))
                        .doFinally(signal -> seeing.remove(id))
                        .cache()));
    }

    /**
     * Lists what the fuzzy search finds, on as many pages as the first TotalCount requires. Each page must be full,
     * except the last one, and all pages together must hold that many different instances: a listing that was cut short
     * would look like absence.
     */
    private Mono<Listed> list(String searched) {
        return page(searched, 0).flatMap(first -> {
            int total = first.listing().total();
            if (total > MAX) {
                return Mono.error(
                        incomplete("a listing of " + total + " instances, which exceeds the maximum of " + MAX));
            }
            Flux<Page> more = Flux.range(1, Math.max(0, total - 1) / PAGE)
                    .concatMap(
                            number -> page(searched, number * PAGE).map(page -> page.holding(total - number * PAGE)),
                            0);
            return Flux.concat(Flux.just(Mono.just(first.holding(total)), more))
                    .collectList()
                    .map(pages -> new Listed(names(pages, total), first.at()));
        });
    }

    private Mono<Page> page(String searched, int offset) {
        return page(REQUESTS.describeByName(searched, offset, PAGE));
    }

    private Mono<Page> page(byte[] body) {
        return lookups.send(
                "DescribeInstances",
                body,
                response -> new Page(json.readListing(response.status(), response.body()), response.date()));
    }

    private static Map<String, String> names(List<Page> pages, int total) {
        Map<String, String> names = new LinkedHashMap<>();
        pages.forEach(page -> page.listing()
                .instances()
                .forEach(instance -> names.put(instance.instanceId(), instance.instanceName())));
        if (names.size() < total) {
            throw incomplete("a listing that holds " + names.size() + " of " + total + " instances (TotalCount)");
        }
        return names;
    }

    private static LostResponse incomplete(String what) {
        return new LostResponse(Phase.ANSWERED, what, null, null);
    }

    /** A page of a listing, and the server's time in its response. */
    private record Page(Listing listing, @Nullable Instant at) {

        Page holding(int remaining) {
            int share = Math.min(PAGE, remaining);
            int held = listing.instances().size();
            if (held < share) {
                throw incomplete("a page that holds " + held + " of " + share + " instances");
            }
            return this;
        }
    }

    /** Instance ids with their names, in the order of the listing. */
    private record Listed(
            Map<String, String> names, @Nullable Instant at) {}
}
