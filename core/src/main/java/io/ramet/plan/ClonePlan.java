package io.ramet.plan;

import io.ramet.model.CloneRequest;
import java.time.Duration;
import java.util.Iterator;
import java.util.Locale;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A clone request with a plan id, split into chunks: the least number of requests, each within the limit of its {@link
 * io.ramet.model.BillingMode}.
 *
 * <p>Pure and lazy. A chunk is computed when it is needed, so a plan for ten million instances takes no more memory
 * than one for ten. The same request and plan id always give the same chunks and marks.
 */
public final class ClonePlan implements Iterable<CloneChunk> {

    /** Requests per second that the API allows: "a maximum of 20 requests can be initiated per second". */
    public static final int CALLS_PER_SECOND = 20;

    /** The index in a mark has no sign and no leading zero; no plan has more than 71,582,789 chunks. */
    private static final Pattern INDEX = Pattern.compile("0|[1-9][0-9]{0,8}");

    private final PlanId id;
    private final CloneRequest request;
    private final boolean hasCallerId;
    private final String markRoot;
    private final String namePrefix;

    private ClonePlan(PlanId id, CloneRequest request, boolean hasCallerId) {
        this.id = id;
        this.request = request;
        this.hasCallerId = hasCallerId;
        this.markRoot = Mark.root(id);
        this.namePrefix = request.instanceName() == null ? "" : request.instanceName() + "-";
    }

    /**
     * Plans a request under a new random plan id. Never blocks, so it may be called on an event loop.
     *
     * @param request the request
     * @return the plan
     */
    public static ClonePlan of(CloneRequest request) {
        return new ClonePlan(PlanId.random(IdBits.SHARED), request, false);
    }

    /**
     * Plans a request under the caller's own plan id, which makes a purchase idempotent across processes.
     *
     * @param id the idempotency key
     * @param request the request
     * @return the plan
     */
    public static ClonePlan of(PlanId id, CloneRequest request) {
        return new ClonePlan(id, request, true);
    }

    /** {@return the idempotency key} */
    public PlanId id() {
        return id;
    }

    /** {@return the request} */
    public CloneRequest request() {
        return request;
    }

    /**
     * {@return whether the id is the caller's own. Such a plan may have been bought before by a process whose journal
     * is lost}
     */
    public boolean hasCallerId() {
        return hasCallerId;
    }

    /** {@return the beginning of the marks of all its chunks: twelve characters} */
    public String markRoot() {
        return markRoot;
    }

    /**
     * Reads the index of a chunk from an instance's name, whatever the name begins with: an earlier request with the
     * same plan id may have had another InstanceName.
     *
     * @param instanceName the name of an instance
     * @return the index, which may lie beyond this plan's last chunk; empty if the name does not end with a mark of
     *     this plan
     */
    public OptionalInt indexIn(String instanceName) {
        int hyphen = instanceName.lastIndexOf('-');
        if (hyphen < 0 || !INDEX.matcher(instanceName.substring(hyphen + 1)).matches()) {
            return OptionalInt.empty();
        }
        String before = instanceName.substring(0, hyphen);
        return before.equals(markRoot) || before.endsWith("-" + markRoot)
                ? OptionalInt.of(Integer.parseInt(instanceName.substring(hyphen + 1)))
                : OptionalInt.empty();
    }

    /** {@return the number of chunks} */
    public int size() {
        return request.billingMode().callsFor(request.goodsNum());
    }

    /**
     * Computes one chunk.
     *
     * @param index from 0 to {@code size() - 1}
     * @return the chunk
     * @throws IndexOutOfBoundsException if there is no such chunk
     */
    public CloneChunk chunk(int index) {
        Objects.checkIndex(index, size());
        int most = request.billingMode().maxGoodsNum();
        int goodsNum = index < size() - 1 ? most : request.goodsNum() - most * (size() - 1);
        Mark mark = Mark.of(markRoot, index);
        return new CloneChunk(id, index, goodsNum, mark, namePrefix + mark);
    }

    /** {@return the chunks in order, computed one by one} */
    public Stream<CloneChunk> chunks() {
        return IntStream.range(0, size()).mapToObj(this::chunk);
    }

    @Override
    public Iterator<CloneChunk> iterator() {
        return chunks().iterator();
    }

    /**
     * The least time between the first request and the last under the API's limit: twenty requests are sent at once,
     * and twenty more with each second.
     *
     * @return whole seconds; zero for a plan of up to {@link #CALLS_PER_SECOND} chunks
     */
    public Duration minimumDuration() {
        return Duration.ofSeconds((size() - 1) / CALLS_PER_SECOND);
    }

    /** {@return the plan in a few lines of text} */
    public String summary() {
        return String.format(
                Locale.ROOT,
                "%s: %,d %s clone%s of %s from backup %s%n%s%s",
                id,
                request.goodsNum(),
                request.billingMode().label(),
                request.goodsNum() == 1 ? "" : "s",
                request.instanceId(),
                request.backupId(),
                calls(),
                size() == 1
                        ? ""
                        : minimumDuration().isZero() ? ", all at once" : ", at least " + minimumDurationInWords());
    }

    private String calls() {
        int most = request.billingMode().maxGoodsNum();
        int rest = request.goodsNum() % most;
        int full = request.goodsNum() / most;
        String sizes = rest == 0
                ? String.format(Locale.ROOT, "%,d × %d", full, most)
                : full == 0
                        ? String.format(Locale.ROOT, "1 × %d", rest)
                        : String.format(Locale.ROOT, "%,d × %d + 1 × %d", full, most, rest);
        return String.format(Locale.ROOT, "%,d call%s: %s", size(), size() == 1 ? "" : "s", sizes);
    }

    private String minimumDurationInWords() {
        Duration least = minimumDuration();
        return least.toMinutes() < 2
                ? least.toSeconds() + " s"
                : least.toHours() < 2
                        ? least.toMinutes() + " min " + least.toSecondsPart() + " s"
                        : least.toHours() + " h " + least.toMinutesPart() + " min";
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ClonePlan that && id.equals(that.id) && request.equals(that.request);
    }

    @Override
    public int hashCode() {
        return id.hashCode();
    }

    /** {@return the plan id and the numbers of instances and calls} */
    @Override
    public String toString() {
        return "ClonePlan[" + id + ", " + request.goodsNum() + " instances, " + size() + " calls]";
    }
}
