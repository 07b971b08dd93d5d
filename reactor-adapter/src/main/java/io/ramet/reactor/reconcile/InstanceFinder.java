package io.ramet.reactor.reconcile;

import io.ramet.json.CloneJson;
import io.ramet.json.Listing;
import io.ramet.plan.CloneChunk;
import java.util.List;
import reactor.core.publisher.Mono;

/**
 * Finds the instances of a chunk with DescribeInstances. The API's search by name is fuzzy, so names are compared exactly;
 * listings come in pages. Looking costs nothing and changes nothing, so it may be repeated at will.
 */
public final class InstanceFinder {

    private static final int PAGE = 1_000;

    private final CloneJson json;
    private final Lookup lookup;

    /** One DescribeInstances call. */
    @FunctionalInterface
    public interface Lookup {

        /**
         * Makes the call under the limit of its own.
         *
         * @param body the body of the call
         * @return the page
         */
        Mono<Listing> page(byte[] body);
    }

    /**
     * A finder that looks through a lookup.
     *
     * @param json writes the call
     * @param lookup makes the call
     */
    public InstanceFinder(CloneJson json, Lookup lookup) {
        this.json = json;
        this.lookup = lookup;
    }

    /**
     * Looks once.
     *
     * @param chunk the chunk
     * @return the ids of the instances that bear its name, none if there are none; fails if the looking failed
     */
    public Mono<List<String>> find(CloneChunk chunk) {
        return page(chunk, 0)
                .expand(page -> page.last() ? Mono.empty() : page(chunk, page.offset() + PAGE))
                .concatMapIterable(page -> page.listing().instances())
                .filter(instance -> instance.instanceName().equals(chunk.instanceName()))
                .map(Listing.Instance::instanceId)
                .distinct()
                .collectList();
    }

    private Mono<Page> page(CloneChunk chunk, int offset) {
        return lookup.page(json.describeByName(chunk.instanceName(), offset, PAGE))
                .map(listing -> new Page(offset, listing));
    }

    private record Page(int offset, Listing listing) {

        boolean last() {
            return listing.instances().isEmpty() || offset + PAGE >= listing.total();
        }
    }
}
