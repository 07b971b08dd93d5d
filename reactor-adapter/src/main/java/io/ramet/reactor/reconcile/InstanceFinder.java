package io.ramet.reactor.reconcile;

import io.ramet.json.CloneJson;
import io.ramet.json.Listing;
import io.ramet.model.Deal;
import io.ramet.plan.CloneChunk;
import io.ramet.plan.ClonePlan;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Finds the instances of a chunk: by its name with DescribeInstances, and by its deal with DescribeInstanceDealDetail where a
 * deal is known. The API's search by name is fuzzy, so names are compared exactly; listings come in pages. Looking costs
 * nothing and changes nothing, so it may be repeated at will.
 */
public final class InstanceFinder {

    private static final int PAGE = 1_000;

    private final CloneJson json;
    private final Lookup lookup;

    /** The calls that look. */
    public interface Lookup {

        /**
         * Makes a DescribeInstances call.
         *
         * @param body the body of the call
         * @return the page and the server's time
         */
        Mono<Page> instances(byte[] body);

        /**
         * Makes a DescribeInstanceDealDetail call.
         *
         * @param body the body of the call
         * @return the ids of the deal's instances
         */
        Mono<List<String>> deal(byte[] body);
    }

    /**
     * A page of a listing.
     *
     * @param listing the page
     * @param at the server's time of it, or null
     */
    public record Page(Listing listing, @Nullable Instant at) {}

    /**
     * A finder that looks through a lookup.
     *
     * @param json writes the calls
     * @param lookup makes them
     */
    public InstanceFinder(CloneJson json, Lookup lookup) {
        this.json = json;
        this.lookup = lookup;
    }

    /**
     * Looks once for the name of a chunk.
     *
     * @param chunk the chunk
     * @return the instances that bear its name, none if there are none; fails if the looking failed
     */
    public Mono<Sighting> find(CloneChunk chunk) {
        return page(chunk, 0)
                .expand(page -> page.last() ? Mono.empty() : page(chunk, page.offset + PAGE))
                .collectList()
                .map(pages -> sighting(chunk, pages));
    }

    /**
     * Looks once for a chunk of which a deal is known.
     *
     * @param chunk the chunk
     * @param deal the deal, with an id or a name
     * @return the instances that bear the chunk's name or belong to its deal; fails if the looking failed
     */
    public Mono<Sighting> find(CloneChunk chunk, Deal deal) {
        return find(chunk).zipWith(lookup.deal(json.describeDeal(deal)), (byName, byDeal) -> {
            Set<String> both = new LinkedHashSet<>(byName.instanceIds());
            both.addAll(byDeal);
            return new Sighting(new ArrayList<>(both), byName.at());
        });
    }

    /**
     * Looks once for any instance of a plan.
     *
     * @param plan the plan
     * @return the instances that bear one of its marks, at most a page of them; fails if the looking failed
     */
    public Mono<List<String>> find(ClonePlan plan) {
        return lookup.instances(json.describeByName(plan.markRoot(), 0, PAGE))
                .map(page -> page.listing().instances().stream()
                        .filter(instance -> instance.instanceName().contains(plan.markRoot() + "-"))
                        .map(Listing.Instance::instanceId)
                        .toList());
    }

    /**
     * Looks once for an instance by its id.
     *
     * @param instanceId the id
     * @return whether the credentials, region and endpoint that are looked with show it; fails if the looking failed
     */
    public Mono<Boolean> sees(String instanceId) {
        return lookup.instances(json.describeById(instanceId))
                .map(page -> page.listing().instances().stream()
                        .anyMatch(instance -> instance.instanceId().equals(instanceId)));
    }

    private Mono<Offset> page(CloneChunk chunk, int offset) {
        return lookup.instances(json.describeByName(chunk.instanceName(), offset, PAGE))
                .map(page -> new Offset(offset, page));
    }

    private static Sighting sighting(CloneChunk chunk, List<Offset> pages) {
        List<String> ids = pages.stream()
                .flatMap(page -> page.page.listing().instances().stream())
                .filter(instance -> instance.instanceName().equals(chunk.instanceName()))
                .map(Listing.Instance::instanceId)
                .distinct()
                .toList();
        return new Sighting(ids, pages.get(0).page.at());
    }

    private record Offset(int offset, Page page) {

        boolean last() {
            return page.listing().instances().isEmpty()
                    || offset + PAGE >= page.listing().total();
        }
    }
}
