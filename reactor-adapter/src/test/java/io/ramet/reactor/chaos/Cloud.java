package io.ramet.reactor.chaos;

import io.ramet.error.LostResponse;
import io.ramet.error.LostResponse.Phase;
import io.ramet.error.NotSent;
import io.ramet.reactor.transport.ApiRequest;
import io.ramet.reactor.transport.ApiResponse;
import io.ramet.reactor.transport.ApiTransport;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import reactor.core.publisher.Mono;

/** The API and the network to it in virtual time. It lies, and keeps books of what was really bought. */
final class Cloud {

    /** The faults of an exchange, each with a probability. */
    enum Trouble {
        NO_CONNECTION,
        LOST_ON_THE_WAY,
        RESPONSE_LOST,
        RESPONSE_BROKE_OFF,
        /** The request arrives after its client has given up on it, and before its signature expires. */
        DELAYED,
        THROTTLED,
        SOLD_OUT,
        FAILED_BUT_EXECUTED,
        FEWER_IDS,
        NO_DEAL,
        ERROR_AND_DEAL,
        /** A page with fewer instances than TotalCount, or none. */
        SHORT_LISTING,
        NO_INSTANCE_SET,
        LISTING_REFUSED,
        LISTING_THROTTLED,
        LISTING_LOST,
        FOREIGN_DEALS
    }

    private static final Pattern NAME = Pattern.compile("\"(?:InstanceName|SearchKey)\":\"([^\"]+)\"");
    private static final Pattern GOODS_NUM = Pattern.compile("\"GoodsNum\":(\\d+)");
    private static final Pattern INSTANCE_ID = Pattern.compile("\"InstanceId\":\"([^\"]+)\"");
    private static final Pattern DEAL = Pattern.compile("\"(?:DealName|DealIds)\":\\[?\"([^\"]+)\"");
    private static final Pattern OFFSET = Pattern.compile("\"Offset\":(\\d+)");
    private static final Pattern KEY = Pattern.compile("Credential=([^/]+)/");
    private static final Duration SIGNATURE_LIFE = Duration.ofSeconds(300);
    private static final int PER_SECOND = 20;

    /** One purchase. */
    record Execution(String process, String name, String deal, List<String> ids, long at) {

        @Override
        public String toString() {
            return deal + " by " + process + " at " + at / 1_000_000 + " ms";
        }
    }

    final List<Execution> executions = new ArrayList<>();
    /** When purchases arrived, executed or not. */
    final List<Long> arrivals = new ArrayList<>();

    private final World world;
    private final Random random;
    private final Map<Trouble, Double> chances = new EnumMap<>(Trouble.class);
    private final Set<String> keys = new HashSet<>();
    private Duration transit = Duration.ZERO;
    private Duration visibleAfter = Duration.ZERO;
    private int number;
    /** The events, for the message of a failure. */
    final List<String> story = new ArrayList<>();

    Cloud(World world, Random random) {
        this.world = world;
        this.random = random;
    }

    void chance(Trouble trouble, double chance) {
        chances.put(trouble, chance);
    }

    /** Sets how long a request takes at most. */
    void transit(Duration most) {
        transit = most;
    }

    void visibleAfter(Duration lag) {
        visibleAfter = lag;
    }

    /** Accepts this key and no other. */
    void accept(String key) {
        keys.clear();
        keys.add(key);
    }

    void heal() {
        chances.clear();
    }

    List<Execution> executions(String name) {
        return executions.stream().filter(one -> one.name().equals(name)).toList();
    }

    /** The transport of one process, until it is killed. */
    ApiTransport.Factory transport(String process, Supplier<Boolean> alive) {
        return settings -> new ApiTransport() {
            @Override
            public Mono<ApiResponse> exchange(Mono<ApiRequest> call) {
                return Mono.defer(() -> Cloud.this.exchange(process, alive, settings, call));
            }

            @Override
            public Mono<Void> disposeLater() {
                return Mono.empty();
            }
        };
    }

    private Mono<ApiResponse> exchange(
            String process, Supplier<Boolean> alive, ApiTransport.Settings settings, Mono<ApiRequest> call) {
        boolean purchase = settings.name().contains("purchases");
        if (happens(Trouble.NO_CONNECTION)) {
            return Mono.delay(Duration.ofMillis(5), settings.timer())
                    .then(Mono.error(new NotSent(NotSent.Reason.NO_CONNECTION, "test", null)));
        }
        return call.flatMap(written -> Mono.create(sink -> {
            if (!alive.get()) {
                return;
            }
            written.begin();
            written.written().run();
            world.after(settings.callTimeout(), () -> sink.error(lost(Phase.WRITTEN)));
            if (happens(purchase ? Trouble.LOST_ON_THE_WAY : Trouble.LISTING_LOST)) {
                return;
            }
            Duration there = Duration.ofNanos(transit.isZero() ? 1 : random.nextLong(transit.toNanos()));
            if (purchase && happens(Trouble.DELAYED)) {
                there = there.plus(settings.callTimeout()).plusSeconds(untilArrival(settings.callTimeout()));
            }
            world.after(there, () -> {
                Response response = purchase ? purchase(process, written) : lookUp(written);
                world.after(Duration.ofMillis(1 + random.nextInt(40)), () -> {
                    if (response.broken() != null) {
                        sink.error(lost(response.broken()));
                    } else {
                        sink.success(new ApiResponse(200, date(), envelope(response.body())));
                    }
                });
            });
        }));
    }

    /** Half of them arrive so late that their instances may show only after the signature has expired. */
    private int untilArrival(Duration callTimeout) {
        int longest = (int) SIGNATURE_LIFE.minus(callTimeout).toSeconds() - 3;
        return random.nextBoolean() ? longest - random.nextInt(30) : random.nextInt(longest);
    }

    private record Response(String body, Phase broken) {
        static Response of(String body) {
            return new Response(body, null);
        }

        static Response refusal(String code) {
            return of("\"Error\":{\"Code\":\"" + code + "\",\"Message\":\"test\"}");
        }
    }

    private static LostResponse lost(Phase reached) {
        return new LostResponse(reached, "test", null, null);
    }

    private String date() {
        return DateTimeFormatter.RFC_1123_DATE_TIME.format(world.instant().atOffset(ZoneOffset.UTC));
    }

    private static byte[] envelope(String response) {
        return ("{\"Response\":{" + response + ",\"RequestId\":\"r\"}}").getBytes(StandardCharsets.UTF_8);
    }

    private Response purchase(String process, ApiRequest call) {
        arrivals.add(world.nanoTime());
        String name = find(NAME, call);
        String refused = refusal(call);
        if (refused != null) {
            return Response.refusal(refused);
        }
        int most = happens(Trouble.FEWER_IDS) ? 7 : Integer.MAX_VALUE;
        Execution bought = buy(process, name, Integer.parseInt(find(GOODS_NUM, call)));
        if (happens(Trouble.RESPONSE_LOST)) {
            return new Response("", Phase.WRITTEN);
        }
        if (happens(Trouble.RESPONSE_BROKE_OFF)) {
            return new Response("", Phase.ANSWERING);
        }
        if (happens(Trouble.FAILED_BUT_EXECUTED)) {
            return Response.refusal("InternalError");
        }
        if (happens(Trouble.NO_DEAL)) {
            return Response.of("\"InstanceIds\":[]");
        }
        String deal = "\"DealId\":\"" + bought.deal() + "\",\"InstanceIds\":[" + quoted(bought.ids(), most) + "]";
        return Response.of(
                happens(Trouble.ERROR_AND_DEAL)
                        ? deal + ",\"Error\":{\"Code\":\"ResourceUnavailable.SaleOut\",\"Message\":\"test\"}"
                        : deal);
    }

    private String refusal(ApiRequest call) {
        if (!keys.contains(key(call))) {
            return "AuthFailure.SecretIdNotFound";
        }
        if (Math.abs(call.headers().timestamp() - world.instant().getEpochSecond()) > SIGNATURE_LIFE.toSeconds()) {
            return "AuthFailure.SignatureExpire";
        }
        long second = world.nanoTime() - 1_000_000_000L;
        if (arrivals.stream().filter(at -> at > second).count() > PER_SECOND || happens(Trouble.THROTTLED)) {
            return "RequestLimitExceeded";
        }
        return happens(Trouble.SOLD_OUT) ? "ResourceUnavailable.SaleOut" : null;
    }

    private Execution buy(String process, String name, int goodsNum) {
        int number = this.number++;
        List<String> ids = IntStream.range(0, goodsNum)
                .mapToObj(i -> "crs-" + number + "x" + i)
                .toList();
        Execution bought = new Execution(process, name, "deal-" + number, ids, world.nanoTime());
        executions.add(bought);
        return bought;
    }

    private Response lookUp(ApiRequest call) {
        if (!keys.contains(key(call))) {
            return Response.refusal("AuthFailure.SecretIdNotFound");
        }
        if (happens(Trouble.LISTING_REFUSED)) {
            return Response.refusal("UnauthorizedOperation");
        }
        if (happens(Trouble.LISTING_THROTTLED)) {
            return Response.refusal("RequestLimitExceeded");
        }
        return Response.of(call.headers().action().contains("Deal") ? deals(call) : listing(call));
    }

    private String deals(ApiRequest call) {
        String wanted = find(DEAL, call);
        return executions.stream()
                .filter(one -> one.deal().equals(wanted) || happens(Trouble.FOREIGN_DEALS))
                .map(one -> "{\"DealId\":\"" + one.deal() + "\",\"DealName\":\"" + one.deal() + "\",\"InstanceIds\":["
                        + quoted(one.ids(), Integer.MAX_VALUE) + "]}")
                .collect(Collectors.joining(",", "\"DealDetails\":[", "]"));
    }

    private String listing(ApiRequest call) {
        Matcher byId = INSTANCE_ID.matcher(body(call));
        if (byId.find()) {
            return "\"TotalCount\":1,\"InstanceSet\":[" + instance(byId.group(1), "source") + "]";
        }
        String wanted = find(NAME, call);
        long seen = world.nanoTime() - visibleAfter.toNanos();
        Map<String, String> found = new LinkedHashMap<>();
        executions.stream()
                .filter(one -> one.at() <= seen && one.name().contains(wanted))
                .forEach(one -> one.ids().forEach(id -> found.put(id, one.name())));
        // The search is fuzzy: it finds similar names as well.
        found.put("crs-foreign", "of-" + wanted.substring(0, 6));
        if (happens(Trouble.NO_INSTANCE_SET)) {
            return "\"TotalCount\":" + found.size();
        }
        int offset = Integer.parseInt(find(OFFSET, call));
        boolean isShort = happens(Trouble.SHORT_LISTING);
        Stream<Map.Entry<String, String>> page =
                found.entrySet().stream().skip(offset).limit(isShort ? random.nextInt(found.size()) : 1_000);
        return "\"TotalCount\":" + found.size() + ",\"InstanceSet\":["
                + page.map(one -> instance(one.getKey(), one.getValue())).collect(Collectors.joining(",")) + "]";
    }

    private static String instance(String id, String name) {
        return "{\"InstanceId\":\"" + id + "\",\"InstanceName\":\"" + name + "\"}";
    }

    private static String quoted(List<String> ids, int most) {
        return ids.stream().limit(most).map(id -> '"' + id + '"').collect(Collectors.joining(","));
    }

    private boolean happens(Trouble trouble) {
        boolean happens = random.nextDouble() < chances.getOrDefault(trouble, 0.0);
        if (happens) {
            story.add(world.nanoTime() / 1_000_000 + " ms " + trouble);
        }
        return happens;
    }

    private static String key(ApiRequest call) {
        Matcher key = KEY.matcher(call.headers().authorization().reveal());
        return key.find() ? key.group(1) : "";
    }

    private static String body(ApiRequest call) {
        return new String(call.body(), StandardCharsets.UTF_8);
    }

    private static String find(Pattern pattern, ApiRequest call) {
        Matcher found = pattern.matcher(body(call));
        if (!found.find()) {
            throw new IllegalArgumentException(pattern + " in " + call.headers().action());
        }
        return found.group(1);
    }
}
