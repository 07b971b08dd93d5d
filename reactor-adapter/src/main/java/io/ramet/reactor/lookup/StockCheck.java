package io.ramet.reactor.lookup;

import static io.ramet.reactor.lookup.Preflight.ok;

import io.ramet.json.JsonFields;
import io.ramet.model.BillingMode;
import io.ramet.model.CloneRequest;
import io.ramet.model.PreflightReport.Check;
import io.ramet.model.PreflightReport.Finding;
import io.ramet.model.PreflightReport.Level;
import io.ramet.plan.ClonePlan;
import java.util.List;
import java.util.Map;
import reactor.core.publisher.Mono;

/** Checks whether the zone sells instances of the source's type, and as many per purchase as the plan requests. */
record StockCheck(ReadActions redis) {

    /** {@code source} is the instance to be cloned. */
    Mono<Finding> finding(ClonePlan plan, Mono<ListedInstance> source) {
        CloneRequest request = plan.request();
        return redis.send("DescribeProductInfo", Map.of()).zipWith(source).map(found -> {
            List<JsonFields> zones = found.getT1().objects("RegionSet").stream()
                    .flatMap(region -> region.objects("ZoneSet").stream())
                    .toList();
            return zones.stream()
                    .filter(zone -> number(zone) == request.zoneId())
                    .findFirst()
                    .map(zone -> judged(plan, zone, found.getT2()))
                    .orElseGet(() -> unlisted(request, zones));
        });
    }

    private static long number(JsonFields zone) {
        return zone.number("OldZoneId").orElse(0);
    }

    /** The example in the API's documents has 0 for the number of a zone, which says nothing about it. */
    private static Finding unlisted(CloneRequest request, List<JsonFields> zones) {
        return zones.stream().allMatch(zone -> number(zone) == 0)
                ? Preflight.finding(Check.STOCK, Level.UNKNOWN, "the response names no zone by its number")
                : Preflight.finding(Check.STOCK, Level.WARNING, "zone " + request.zoneId() + " is not listed as sold");
    }

    private static Finding judged(ClonePlan plan, JsonFields zone, ListedInstance source) {
        BillingMode mode = plan.request().billingMode();
        if (zone.isTrue("IsSaleout")) {
            return Preflight.finding(Check.STOCK, Level.BLOCKER, "the zone is sold out");
        }
        Integer type = source.number("Type");
        List<JsonFields> offers = zone.objects("ProductSet").stream()
                .filter(offer -> type != null
                        && offer.number("Type").orElse(0) == type
                        && offer.id("PayMode").orElse("").equals(String.valueOf(mode.wireValue())))
                .toList();
        if (offers.isEmpty()) {
            return Preflight.finding(Check.STOCK, Level.WARNING, "type " + type + " is not listed as sold in the zone");
        }
        if (offers.stream().allMatch(offer -> offer.isTrue("Saleout"))) {
            return Preflight.finding(Check.STOCK, Level.BLOCKER, "type " + type + " is sold out in the zone");
        }
        long most = offers.stream()
                .mapToLong(offer -> offer.number("MaxBuyNum").orElse(Long.MAX_VALUE))
                .max()
                .orElse(Long.MAX_VALUE);
        int largest = plan.chunk(0).goodsNum();
        return largest <= most
                ? ok(Check.STOCK, "type " + type + " is sold in the zone")
                : Preflight.finding(
                        Check.STOCK,
                        Level.WARNING,
                        "a purchase may have at most " + most + " instances, but the plan has requests for " + largest);
    }
}
