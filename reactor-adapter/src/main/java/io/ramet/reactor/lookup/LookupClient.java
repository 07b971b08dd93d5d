package io.ramet.reactor.lookup;

import static java.util.Objects.requireNonNull;

import io.ramet.model.Backup;
import io.ramet.model.CloneRequest;
import io.ramet.model.DealState;
import io.ramet.model.InstanceState;
import io.ramet.model.Placement;
import io.ramet.model.PointInTime;
import io.ramet.model.PreflightReport;
import io.ramet.model.Price;
import io.ramet.plan.ClonePlan;
import io.ramet.plan.PlanId;
import java.time.Instant;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Look-ups around a purchase. It is a view of a {@link io.ramet.reactor.CloneClient}, and is closed with it.
 *
 * <p><b>It changes nothing.</b> No method buys or destroys, so the view can be passed to code that must do neither.
 * Each action of the API has its own limit, so no look-up uses a permit of the purchases.
 *
 * <p>All publishers are cold and may be subscribed to more than once. Cancelling stops the look-up. A publisher fails
 * with {@link io.ramet.error.ClientClosedException} once the client is closed, and with {@link
 * io.ramet.reactor.journal.JournalException} if the journal cannot be read. It fails with {@link
 * io.ramet.error.ApiRefusal} if the API refuses a look-up; the code of a missing permission begins with {@code
 * UnauthorizedOperation}. It fails with {@link io.ramet.error.LostResponse} or {@link io.ramet.error.NotSent} if there
 * is no usable response. Signals are emitted on the client's own threads, which must not be blocked. A null argument is
 * rejected at once with a {@link NullPointerException} that names it.
 */
public interface LookupClient {

    /**
     * Waits for the instances of a plan with {@link AwaitOptions#defaults}.
     *
     * @param id a plan that the journal knows
     * @return as {@link #awaitRunning(PlanId, AwaitOptions)}
     */
    default Flux<InstanceState> awaitRunning(PlanId id) {
        return awaitRunning(id, AwaitOptions.defaults());
    }

    /**
     * Waits until the instances that a plan has bought are running.
     *
     * <p>The journal names the instances, so the wait can begin before the plan is complete, after it, and in another
     * process. While the plan is running, in any process, newly settled instances join the wait, and so do instances
     * that a look-up adds to an open chunk. Therefore both {@code
     * client.clone(plan).thenMany(lookups.awaitRunning(plan.id()))} and {@code
     * client.submit(plan).thenMany(lookups.awaitRunning(plan.id()))} work; the second one emits the first instances
     * while the last ones are being bought.
     *
     * <p>All subscribers of a client share one poll of DescribeInstances, with up to 100 instances per request. The
     * pause between polls grows from 5 s to 15 s. Every fourth poll also looks up the deals and the failed tasks of
     * instances that do not run yet. A failed poll is logged and repeated, unless the API refuses it for a permission
     * or a parameter.
     *
     * @param id a plan that the journal knows
     * @param options how long to wait
     * @return each instance once: as {@code RUNNING}; as {@code FAILED} if its deal or a task that creates it has
     *     failed, or if it is isolated or no longer listed; as {@code TIMED_OUT} if it is not running at the deadline.
     *     Completes at the deadline, or earlier when no instance is left to wait for and the plan is not running. Fails
     *     with {@link io.ramet.reactor.journal.UnknownPlanException} if there is no such plan. Cancelling stops the
     *     poll if no other subscriber is waiting
     */
    Flux<InstanceState> awaitRunning(PlanId id, AwaitOptions options);

    /**
     * Looks up once the instances that a plan has bought.
     *
     * @param id a plan that the journal knows
     * @return every instance whose id the journal knows, in the order in which the chunks were settled, with state
     *     {@code STARTING}, {@code RUNNING}, {@code ISOLATED} or {@code ABSENT}; fails with {@link
     *     io.ramet.reactor.journal.UnknownPlanException} if there is no such plan
     */
    Flux<InstanceState> instances(PlanId id);

    /**
     * Looks up once the state of a plan's deals.
     *
     * @param id a plan that the journal knows
     * @return every deal whose name the journal knows and that the API lists, in the order in which the chunks were
     *     settled; fails with {@link io.ramet.reactor.journal.UnknownPlanException} if there is no such plan
     */
    Flux<DealState> deals(PlanId id);

    /**
     * Checks a plan before its purchase, with all checks at once: the account that would pay, source, backup, quota,
     * stock, price, balance, subnet, security groups, template, clock and journal.
     *
     * @param plan the plan
     * @return one finding for each check, after 10 s at most. A check that fails, for example because a permission is
     *     missing, is a finding as well
     */
    Mono<PreflightReport> preflight(ClonePlan plan);

    /**
     * Looks up the price of a plan.
     *
     * @param plan the plan, bought or not
     * @return as {@link #price(CloneRequest)}
     */
    default Mono<Price> price(ClonePlan plan) {
        requireNonNull(plan, "plan");
        return price(plan.request());
    }

    /**
     * Looks up the price of a request's clones.
     *
     * @param request the request
     * @return the price, or the reason why it is not known, for example because the specification is no longer sold
     */
    Mono<Price> price(CloneRequest request);

    /**
     * Looks up the location of an instance.
     *
     * @param instanceId the instance, such as {@code crs-xjhsdj12}
     * @return its zone, network and project; empty if it is not listed in the client's region
     */
    Mono<Placement> placement(String instanceId);

    /**
     * Looks up the security groups of an instance.
     *
     * @param instanceId the instance, such as {@code crs-xjhsdj12}
     * @return their ids, such as {@code sg-bmadczm1}, each once; fails with {@link io.ramet.error.ApiRefusal} if there
     *     is no such instance
     */
    Flux<String> securityGroups(String instanceId);

    /**
     * Lists the backups of an instance.
     *
     * @param instanceId the instance, such as {@code crs-xjhsdj12}
     * @return its backups, newest first, at most 10,000. {@link Backup#verdict} says whether one can be cloned
     */
    Flux<Backup> backups(String instanceId);

    /**
     * Looks up the newest backup that can be cloned.
     *
     * @param instanceId the instance, such as {@code crs-xjhsdj12}
     * @return the newest backup that can be cloned and does not expire within 24 h; empty if there is none
     */
    Mono<Backup> latestBackup(String instanceId);

    /**
     * Looks up the backup for a clone of an instance at a point in time. The instance must have second-level backup.
     *
     * @param instanceId the instance, such as {@code crs-xjhsdj12}
     * @param time a second of the last seven days
     * @return the backup, and the time, to the second, that the API offers; fails with {@link
     *     io.ramet.error.ApiRefusal} if the instance has no second-level backup
     */
    Mono<PointInTime> pointInTime(String instanceId, Instant time);
}
