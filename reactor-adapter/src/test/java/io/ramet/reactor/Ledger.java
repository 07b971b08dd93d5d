package io.ramet.reactor;

import io.ramet.error.LostResponse;
import io.ramet.error.LostResponse.Phase;
import io.ramet.error.NotSent;
import io.ramet.reactor.transport.ApiRequest;
import io.ramet.reactor.transport.ApiResponse;
import io.ramet.reactor.transport.ApiTransport;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import reactor.core.publisher.Mono;

/** A transport that is its own server: it responds at once, on the calling thread, and keeps books. */
public final class Ledger implements ApiTransport.Factory {

    private static final Pattern NAME = Pattern.compile("\"(?:InstanceName|SearchKey)\":\"([^\"]+)\"");
    private static final Pattern ONE = Pattern.compile("\"InstanceId\":\"([^\"]+)\"");
    private static final Pattern OFFSET = Pattern.compile("\"Offset\":(\\d+)");
    private static final Pattern GOODS_NUM = Pattern.compile("\"GoodsNum\":(\\d+)");

    /** The course of one exchange; cold, and subscribes to the request at most once. */
    public interface Course {
        Mono<ApiResponse> exchange(Mono<ApiRequest> call, Ledger books);
    }

    /** Instance name to executions. */
    final Map<String, Integer> executions = new ConcurrentHashMap<>();

    private final Map<String, Integer> sizes = new ConcurrentHashMap<>();

    /** Instance names that were requested, executed or not. */
    final Map<String, Integer> begun = new ConcurrentHashMap<>();

    final AtomicInteger mostInFlight = new AtomicInteger();
    private final AtomicInteger inFlight = new AtomicInteger();
    private final Course course;
    private final Function<Mono<ApiResponse>, Mono<ApiResponse>> lookups;

    public Ledger(Course course) {
        this(course, response -> response);
    }

    public Ledger(Course course, Function<Mono<ApiResponse>, Mono<ApiResponse>> lookups) {
        this.course = course;
        this.lookups = lookups;
    }

    static Ledger healthy() {
        return new Ledger(responding());
    }

    static Course responding() {
        return (call, books) -> call.map(books::deal);
    }

    @Override
    public ApiTransport open(ApiTransport.Settings settings) {
        boolean purchases = settings.name().contains("purchases");
        return new ApiTransport() {
            @Override
            public Mono<ApiResponse> exchange(Mono<ApiRequest> call) {
                return purchases ? purchase(call) : lookups.apply(call.map(Ledger.this::listing));
            }

            @Override
            public Mono<Void> disposeLater() {
                return Mono.empty();
            }
        };
    }

    private Mono<ApiResponse> purchase(Mono<ApiRequest> call) {
        return Mono.defer(() -> {
            mostInFlight.accumulateAndGet(inFlight.incrementAndGet(), Math::max);
            return course.exchange(
                            call.doOnNext(written -> {
                                written.begin();
                                written.written().run();
                            }),
                            this)
                    .doOnTerminate(inFlight::decrementAndGet)
                    .doOnCancel(inFlight::decrementAndGet);
        });
    }

    /** Executes the request and responds with the deal. */
    public ApiResponse deal(ApiRequest call) {
        return deal(call, Integer.MAX_VALUE);
    }

    /** Executes the request and names at most {@code named} of its instances. */
    public ApiResponse deal(ApiRequest call, int named) {
        String name = name(call);
        begun.merge(name, 1, Integer::sum);
        sizes.put(name, Integer.parseInt(first(GOODS_NUM, call)));
        executions.merge(name, 1, Integer::sum);
        return respond(call, named);
    }

    /** Responds with the deal and keeps no books, for plans that are too large for any. */
    static ApiResponse unrecorded(ApiRequest call) {
        return respond(call, Integer.MAX_VALUE);
    }

    private static ApiResponse respond(ApiRequest call, int named) {
        String name = name(call);
        int goodsNum = Integer.parseInt(first(GOODS_NUM, call));
        return response("{\"DealId\":\"deal-" + name + "\",\"InstanceIds\":[" + ids(name, Math.min(named, goodsNum))
                + "],\"RequestId\":\"r\"}");
    }

    public ApiResponse refusal(ApiRequest call, String code) {
        begun.merge(name(call), 1, Integer::sum);
        return response("{\"Error\":{\"Code\":\"" + code + "\",\"Message\":\"test\"},\"RequestId\":\"r\"}");
    }

    public static LostResponse lost() {
        return new LostResponse(Phase.WRITTEN, "test", null, null);
    }

    static NotSent noConnection() {
        return new NotSent(NotSent.Reason.NO_CONNECTION, "test", null);
    }

    private ApiResponse listing(ApiRequest call) {
        Matcher one = ONE.matcher(new String(call.body(), StandardCharsets.UTF_8));
        if (one.find()) {
            return response("{\"TotalCount\":1,\"InstanceSet\":[{\"InstanceId\":\"" + one.group(1)
                    + "\",\"InstanceName\":\"source\"}],\"RequestId\":\"r\"}");
        }
        String key = first(NAME, call);
        int offset = Integer.parseInt(first(OFFSET, call));
        // The search is fuzzy: a namesake that differs in one character is found as well.
        List<String> found = Stream.concat(
                        Stream.of("{\"InstanceId\":\"crs-other\",\"InstanceName\":\"" + key + "x\"}"),
                        new TreeMap<>(executions)
                                .entrySet().stream()
                                        .filter(executed -> executed.getKey().contains(key))
                                        .flatMap(executed -> IntStream.range(
                                                        0, executed.getValue() * sizes.get(executed.getKey()))
                                                .mapToObj(i -> "{\"InstanceId\":\"" + id(executed.getKey(), i)
                                                        + "\",\"InstanceName\":\"" + executed.getKey() + "\"}")))
                .toList();
        return response("{\"TotalCount\":" + found.size() + ",\"InstanceSet\":["
                + found.stream().skip(offset).limit(1_000).collect(Collectors.joining(",")) + "],\"RequestId\":\"r\"}");
    }

    private static ApiResponse response(String response) {
        return new ApiResponse(200, null, ("{\"Response\":" + response + "}").getBytes(StandardCharsets.UTF_8));
    }

    private static String ids(String name, int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> "\"" + id(name, i) + "\"")
                .collect(Collectors.joining(","));
    }

    private static String id(String name, int i) {
        return "crs-" + name + "-" + i;
    }

    public static String name(ApiRequest call) {
        return first(NAME, call);
    }

    private static String first(Pattern pattern, ApiRequest call) {
        Matcher found = pattern.matcher(new String(call.body(), StandardCharsets.UTF_8));
        if (!found.find()) {
            throw new IllegalArgumentException(pattern + " in " + call);
        }
        return found.group(1);
    }
}
