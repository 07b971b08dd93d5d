package io.ramet.reactor.lookup;

import io.ramet.model.CloneRequest;
import io.ramet.model.PreflightReport.Check;
import io.ramet.model.PreflightReport.Finding;
import io.ramet.model.PreflightReport.Level;
import io.ramet.plan.ClonePlan;
import io.ramet.reactor.journal.CloneJournal;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import reactor.core.publisher.Mono;

/** Checks whether the subnet has addresses for the plan and for the other plans of the journal that are running. */
record SubnetCheck(ReadActions vpc, CloneJournal journal) {

    /** A margin, because the API does not document how many addresses an instance takes. */
    private static final int RESERVE = 5;

    private static final int LIMIT = 20;

    Mono<Finding> finding(ClonePlan plan) {
        CloneRequest request = plan.request();
        String id = request.subnetId();
        String network = request.vpcId();
        if (id == null || network == null) {
            return Mono.just(
                    Preflight.finding(Check.SUBNET, Level.WARNING, "the classic network accepts no new instances"));
        }
        List<Map<String, Object>> filters = List.of(
                Map.of("Name", "subnet-id", "Values", List.of(id)),
                Map.of("Name", "vpc-id", "Values", List.of(network)));
        return vpc.send("DescribeSubnets", Map.of("Filters", filters, "Offset", "0", "Limit", String.valueOf(LIMIT)))
                .zipWith(neededByOthers(plan))
                .map(found -> ReadActions.page(found.getT1(), "SubnetSet", 0, LIMIT).stream()
                        .filter(subnet -> id.equals(subnet.text("SubnetId").orElse("")))
                        .findFirst()
                        .map(subnet ->
                                judged(request.goodsNum(), found.getT2(), subnet.number("AvailableIpAddressCount")))
                        .orElseGet(() ->
                                Preflight.finding(Check.SUBNET, Level.BLOCKER, id + " is not a subnet of " + network)));
    }

    private static Finding judged(int wanted, long byOthers, OptionalLong stated) {
        if (stated.isEmpty()) {
            return Preflight.finding(
                    Check.SUBNET, Level.UNKNOWN, "the response does not say how many addresses are free");
        }
        long free = stated.getAsLong();
        String text = "free addresses: " + free + ", needed: " + wanted
                + (byOthers > 0 ? ", needed by other running plans: " + byOthers : "");
        return Preflight.finding(
                Check.SUBNET,
                free < wanted ? Level.BLOCKER : free < wanted + byOthers + RESERVE ? Level.WARNING : Level.OK,
                text);
    }

    private Mono<Long> neededByOthers(ClonePlan plan) {
        return journal.plans()
                .filter(other -> other.held()
                        && !other.id().equals(plan.id())
                        && other.fields()
                                .text("SubnetId")
                                .equals(Optional.ofNullable(plan.request().subnetId())))
                .concatMap(journal::report, 1)
                .map(report -> (long) report.pending() + report.sending())
                .reduce(0L, Long::sum);
    }
}
