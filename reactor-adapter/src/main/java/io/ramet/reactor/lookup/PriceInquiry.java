package io.ramet.reactor.lookup;

import io.ramet.error.ApiRefusal;
import io.ramet.error.ErrorCode.Kind;
import io.ramet.json.JsonFields;
import io.ramet.model.BillingMode;
import io.ramet.model.CloneRequest;
import io.ramet.model.Price;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import reactor.core.publisher.Mono;

/**
 * The price of a request's clones: that of one new instance with the specification of the source, times their number.
 * The price is unknown if a value cannot be mapped with certainty.
 *
 * @param actions looks up the source and the price
 */
record PriceInquiry(ReadActions actions) {

    /** The units that a response may name for the amount, and how many of each make one unit of the currency. */
    private static final Map<String, BigDecimal> UNITS =
            Map.of("pent", BigDecimal.valueOf(100), "microPent", BigDecimal.valueOf(100_000_000));

    /**
     * The parameters, and the fields of the source that provide them. MemSize is that of a shard; a standard instance
     * has one.
     */
    private static final Map<String, String> SPECIFICATION = Map.of(
            "TypeId", "Type",
            "MemSize", "RedisShardSize",
            "RedisShardNum", "RedisShardNum",
            "RedisReplicasNum", "RedisReplicasNum");

    private static final int ALL_READS_ON_REPLICAS = 100;

    Mono<Price> price(CloneRequest request) {
        return actions.source(request.instanceId())
                .map(source -> inquiry(request, source))
                .defaultIfEmpty(Optional.empty())
                .flatMap(inquiry -> inquiry.isEmpty()
                        ? unknown("the specification of " + request.instanceId() + " is not listed")
                        : "localv2".equals(request.productVersion())
                                ? unknown("the API names no price for productVersion localv2")
                                : actions.price(inquiry.get()).map(response -> read(request, response)))
                .onErrorResume(
                        failure -> failure instanceof ApiRefusal refusal
                                && refusal.code().kind() == Kind.REQUEST,
                        refusal -> unknown(String.valueOf(refusal.getMessage())));
    }

    private static Mono<Price> unknown(String reason) {
        return Mono.just(new Price.Unknown(reason));
    }

    /** {@return the parameters of the inquiry; empty if the source lacks one of them} */
    private static Optional<Map<String, Object>> inquiry(CloneRequest request, ListedInstance source) {
        Map<String, Object> whole = new LinkedHashMap<>();
        SPECIFICATION.forEach((parameter, field) -> {
            Integer value = source.number(field);
            if (value != null) {
                whole.put(parameter, value);
            }
        });
        if (whole.size() < SPECIFICATION.size()) {
            return Optional.empty();
        }
        whole.put("GoodsNum", 1);
        whole.put("Period", request.period().months());
        whole.put("BillingMode", request.billingMode().wireValue());
        whole.put("ZoneId", request.zoneId());
        whole.put("ReplicasReadonly", Integer.valueOf(ALL_READS_ON_REPLICAS).equals(source.number("SlaveReadWeight")));
        source.fields().text("ProductVersion").ifPresent(version -> whole.put("ProductVersion", version));
        return Optional.of(whole);
    }

    private static Price read(CloneRequest request, JsonFields response) {
        Optional<BigDecimal> amount = response.decimal("HighPrecisionPrice").or(() -> response.decimal("Price"));
        String unit = response.text("AmountUnit").orElse("pent");
        if (amount.isEmpty() || amount.get().signum() < 0) {
            return new Price.Unknown("the response names no price");
        }
        if (!UNITS.containsKey(unit)) {
            return new Price.Unknown("the response has an unknown unit, " + unit);
        }
        BigDecimal each = amount.get().divide(UNITS.get(unit));
        return new Price.Known(
                each,
                request.goodsNum(),
                response.text("Currency").orElse("CNY"),
                request.billingMode(),
                request.period(),
                notes(request, response));
    }

    private static List<String> notes(CloneRequest request, JsonFields response) {
        List<String> notes = new ArrayList<>();
        notes.add("The API has no price for clones: this is the price of a new instance like the source.");
        if (request.billingMode() == BillingMode.PAY_AS_YOU_GO) {
            notes.add("The rate is that of the first four days: a quarter less from day 5 on, half from day 16 on.");
        }
        if (request.nodes().size() > 0) {
            notes.add("Fees between zones are not part of it.");
        }
        if (response.text("Currency").isEmpty()) {
            notes.add("The response names no currency; the API's documents say CNY.");
        }
        return notes;
    }
}
