package io.ramet.reactor.lookup;

import static java.util.Objects.requireNonNull;

import io.ramet.error.ApiRefusal;
import io.ramet.error.ErrorCode.Kind;
import io.ramet.error.RametException;
import io.ramet.json.JsonFields;
import io.ramet.model.Backup;
import io.ramet.model.BillingMode;
import io.ramet.model.CloneRequest;
import io.ramet.model.PreflightReport;
import io.ramet.model.PreflightReport.Check;
import io.ramet.model.PreflightReport.Finding;
import io.ramet.model.PreflightReport.Level;
import io.ramet.model.Price;
import io.ramet.plan.ClonePlan;
import io.ramet.reactor.call.CallResources;
import io.ramet.reactor.call.Lookups;
import io.ramet.reactor.journal.CloneJournal;
import io.ramet.reactor.journal.JournalException;
import io.ramet.reactor.journal.UndoEntry;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The checks before a purchase. All checks run at the same time, each no longer than the deadline; a check that fails
 * is a finding.
 */
final class Preflight {

    private static final Duration DEADLINE = Duration.ofSeconds(10);
    /**
     * The assumed time from the check to the end of the purchase, in addition to the least time that its requests take.
     */
    private static final Duration LEEWAY = Duration.ofHours(1);

    private static final Duration TOLERATED_SKEW = Duration.ofSeconds(60);
    private static final int DEFAULT_QUOTA = 100;

    private static final Set<Integer> NOT_CLONED = Set.of(2, 3, 4, 5);
    private static final BigDecimal FEN = BigDecimal.valueOf(100);

    private final CallResources resources;
    private final CloneJournal journal;
    private final ReadActions redis;
    private final Map<String, Lookups> services;

    /** {@code services} sends to vpc, billing and sts. */
    Preflight(CallResources resources, CloneJournal journal, ReadActions redis, Map<String, Lookups> services) {
        this.resources = resources;
        this.journal = journal;
        this.redis = redis;
        this.services = services;
    }

    Mono<PreflightReport> report(ClonePlan plan) {
        return Mono.defer(() -> {
            CloneRequest request = plan.request();
            Mono<ListedInstance> source = redis.source(request.instanceId()).cache();
            Mono<Price> price = new PriceInquiry(redis).price(request).cache();
            List<Mono<Finding>> checks = new ArrayList<>();
            checks.add(guarded(Check.ACCOUNT, "sts:GetCallerIdentity", account()));
            checks.add(guarded(Check.SOURCE, "redis:DescribeInstances", source(request, source)));
            checks.add(guarded(Check.BACKUP, "redis:DescribeInstanceBackups", backup(plan)));
            if (request.billingMode() == BillingMode.PAY_AS_YOU_GO) {
                checks.add(guarded(Check.QUOTA, "redis:DescribeInstances", quota(request)));
            }
            checks.add(guarded(Check.STOCK, "redis:DescribeProductInfo", new StockCheck(redis).finding(plan, source)));
            checks.add(guarded(Check.PRICE, "redis:InquiryPriceCreateInstance", price.map(Preflight::priced)));
            checks.add(guarded(Check.BALANCE, "finance:DescribeAccountBalance", price.flatMap(this::balance)));
            checks.add(guarded(
                    Check.SUBNET, "vpc:DescribeSubnets", new SubnetCheck(service("vpc"), journal).finding(plan)));
            checks.add(guarded(Check.SECURITY_GROUPS, "redis:DescribeProjectSecurityGroups", securityGroups(request)));
            if (request.templateId() != null) {
                checks.add(guarded(
                        Check.TEMPLATE, "redis:DescribeParamTemplates", template(request.templateId(), source)));
            }
            checks.add(guarded(Check.CLOCK, "redis:DescribeInstances", clock(request)));
            checks.add(guarded(Check.JOURNAL, "", journal(plan)));
            return Flux.mergeSequential(checks, checks.size(), 1).collectList().map(PreflightReport::new);
        });
    }

    private Mono<Finding> guarded(Check check, String permission, Mono<Finding> finding) {
        return finding.timeout(DEADLINE, resources.timer())
                .switchIfEmpty(Mono.error(() -> new IllegalStateException("a check without a finding")))
                .onErrorResume(failure -> Mono.just(new Finding(
                        check,
                        failure instanceof JournalException ? Level.BLOCKER : Level.UNKNOWN,
                        failure instanceof TimeoutException
                                ? "no response within " + DEADLINE.toSeconds() + " s"
                                : failure instanceof RametException
                                        ? String.valueOf(failure.getMessage())
                                        : failure.getClass().getName(),
                        failure instanceof ApiRefusal refusal && refusal.code().kind() == Kind.ACCESS
                                ? permission
                                : "")));
    }

    static Finding ok(Check check, String text) {
        return finding(check, Level.OK, text);
    }

    static Finding finding(Check check, Level level, String text) {
        return new Finding(check, level, text, "");
    }

    private ReadActions service(String name) {
        return new ReadActions(requireNonNull(services.get(name), name));
    }

    private Mono<Finding> account() {
        return service("sts")
                .send("GetCallerIdentity", Map.of())
                .map(identity -> ok(
                        Check.ACCOUNT,
                        "account " + identity.id("AccountId").orElse("?") + " as "
                                + identity.text("Arn").orElse("?")));
    }

    private static Mono<Finding> source(CloneRequest request, Mono<ListedInstance> source) {
        return source.map(listed -> {
                    Integer type = listed.number("Type");
                    if (type != null && NOT_CLONED.contains(type)) {
                        return finding(Check.SOURCE, Level.BLOCKER, "instances of type " + type + " cannot be cloned");
                    }
                    return listed.isRunning()
                            ? ok(Check.SOURCE, request.instanceId() + " is running")
                            : finding(
                                    Check.SOURCE,
                                    listed.isIsolated() ? Level.BLOCKER : Level.WARNING,
                                    request.instanceId() + " is not running: status " + listed.status());
                })
                .defaultIfEmpty(finding(
                        Check.SOURCE,
                        Level.BLOCKER,
                        request.instanceId() + " is not listed in this region for these credentials"));
    }

    private Mono<Finding> backup(ClonePlan plan) {
        CloneRequest request = plan.request();
        Instant end = Instant.ofEpochSecond(resources.signer().timestamp())
                .plus(plan.minimumDuration())
                .plus(LEEWAY);
        return redis.backups(request.instanceId())
                .map(backups -> backups.stream()
                        .filter(backup -> backup.backupId().equals(request.backupId()))
                        .findFirst()
                        .map(backup -> judged(backup.verdict(end)))
                        .orElseGet(() -> finding(
                                Check.BACKUP,
                                Level.BLOCKER,
                                request.backupId() + " is not among the backups of " + request.instanceId() + " ("
                                        + backups.size() + ")")));
    }

    private static Finding judged(Backup.Verdict verdict) {
        return switch (verdict.clonable()) {
            case YES -> ok(Check.BACKUP, "it can be cloned");
            case PERHAPS -> finding(Check.BACKUP, Level.WARNING, verdict.reason());
            case NO -> finding(Check.BACKUP, Level.BLOCKER, verdict.reason());
        };
    }

    private Mono<Finding> quota(CloneRequest request) {
        return redis.send("DescribeInstances", Map.of("BillingMode", "postpaid", "Limit", 1))
                .map(listing -> {
                    long all = listing.number("TotalCount").orElseThrow(() -> without("TotalCount", listing))
                            + request.goodsNum();
                    return all <= DEFAULT_QUOTA
                            ? ok(Check.QUOTA, "pay-as-you-go instances after the purchase: " + all)
                            : finding(
                                    Check.QUOTA,
                                    Level.WARNING,
                                    "pay-as-you-go instances after the purchase: " + all
                                            + "; the default quota of a region is "
                                            + DEFAULT_QUOTA);
                });
    }

    private static Finding priced(Price price) {
        return price.fold(
                known -> ok(Check.PRICE, known.summary()),
                unknown -> finding(Check.PRICE, Level.WARNING, unknown.summary()));
    }

    private Mono<Finding> balance(Price price) {
        return price.fold(
                known -> service("billing")
                        .send("DescribeAccountBalance", Map.of())
                        .map(balance -> balance(known, balance)),
                unknown -> Mono.just(finding(Check.BALANCE, Level.UNKNOWN, unknown.summary())));
    }

    /** Vouchers are not part of the balance, so an insufficient balance is no blocker. */
    private static Finding balance(Price.Known price, JsonFields balance) {
        BigDecimal spendable = balance.decimal("RealBalance")
                .map(real -> real.max(balance.decimal("RealCreditBalance").orElse(real)))
                .orElseThrow(() -> without("RealBalance", balance))
                .divide(FEN);
        boolean suffices = spendable.compareTo(price.total()) >= 0;
        return finding(
                Check.BALANCE,
                suffices ? Level.OK : Level.WARNING,
                spendable.toPlainString() + (suffices ? " covers " : ", without vouchers, does not cover ")
                        + price.total().stripTrailingZeros().toPlainString() + " " + price.currency());
    }

    private Mono<Finding> securityGroups(CloneRequest request) {
        int project = request.projectId() == null ? 0 : request.projectId();
        return Flux.fromIterable(request.securityGroupIds())
                .filterWhen(
                        id -> redis.send(
                                        "DescribeProjectSecurityGroups",
                                        Map.of("Product", "redis", "ProjectId", project, "SearchKey", id))
                                .map(response -> objects(response, "Groups").stream()
                                        .noneMatch(group -> group.text("SecurityGroupId")
                                                .orElse("")
                                                .equals(id))),
                        1)
                .collectList()
                .map(missing -> missing.isEmpty()
                        ? ok(Check.SECURITY_GROUPS, "they exist")
                        : finding(
                                Check.SECURITY_GROUPS,
                                Level.BLOCKER,
                                missing.stream().collect(Collectors.joining(", ")) + " not found in project "
                                        + project));
    }

    private Mono<Finding> template(String id, Mono<ListedInstance> source) {
        return redis.send("DescribeParamTemplates", Map.of("TemplateIds", List.of(id)))
                .zipWith(source)
                .map(found -> objects(found.getT1(), "Items").stream()
                        .filter(item -> item.text("TemplateId").orElse("").equals(id))
                        .findFirst()
                        .map(item -> {
                            Integer type = found.getT2().number("Type");
                            long product = item.number("ProductType").orElse(0);
                            return type != null && product == type
                                    ? ok(Check.TEMPLATE, id + " exists")
                                    : finding(
                                            Check.TEMPLATE,
                                            Level.WARNING,
                                            id + " is for type " + product + ", the source is of type " + type);
                        })
                        .orElseGet(() -> finding(Check.TEMPLATE, Level.BLOCKER, id + " does not exist")));
    }

    /** Fails if the list is missing, because that would look like an empty one. */
    private static List<JsonFields> objects(JsonFields response, String field) {
        if (!response.has(field)) {
            throw without(field, response);
        }
        return response.objects(field);
    }

    private static RuntimeException without(String field, JsonFields response) {
        return ReadActions.incomplete("a response without " + field, response);
    }

    private Mono<Finding> clock(CloneRequest request) {
        return redis.date(request.instanceId()).map(date -> {
            Duration skew = Duration.between(
                            date, Instant.ofEpochSecond(resources.signer().timestamp()))
                    .abs();
            return skew.compareTo(TOLERATED_SKEW) <= 0
                    ? ok(Check.CLOCK, "within " + (skew.toSeconds() + 1) + " s of the server's")
                    : finding(Check.CLOCK, Level.WARNING, skew.toSeconds() + " s from the server's");
        });
    }

    private Mono<Finding> journal(ClonePlan plan) {
        Mono<Finding> known = journal.find(plan.id())
                .flatMap(stored -> journal.report(stored))
                .map(report -> finding(Check.JOURNAL, Level.WARNING, "the plan was begun before: " + report.summary()));
        return journal.undone(plan.id())
                .any(UndoEntry::isUndone)
                .flatMap(undone -> undone
                        ? Mono.just(finding(Check.JOURNAL, Level.BLOCKER, "the plan has been undone"))
                        : known.defaultIfEmpty(ok(Check.JOURNAL, "it does not know the plan")));
    }
}
