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
 * Looks up what surrounds a purchase. A view of a {@link io.ramet.reactor.CloneClient}, which it lives and closes with.
 *
 * <p><b>It changes nothing.</b> No method buys or destroys, so the view can be handed to code that must do neither.
 * Each of the API's actions has a limit of its own, and none uses a permit of the purchases.
 *
 * <p>All publishers are cold and may be subscribed to again. They fail with
 * {@link io.ramet.error.ClientClosedException} once the client is closed, with {@link io.ramet.error.ApiRefusal} if the
 * API refuses a look-up (the code of a missing permission begins with {@code UnauthorizedOperation}), with
 * {@link io.ramet.error.LostResponse} or {@link io.ramet.error.NotSent} if there is no response that can be used, and
 * with {@link io.ramet.reactor.journal.JournalException} if the journal cannot be read. Signals are emitted on the
 * client's own threads, which must not be blocked. A null argument is rejected at once with a
 * {@link NullPointerException} that names it.
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
     * Waits until the instances that a plan has bought run.
     *
     * <p>The journal names the instances, so the wait can begin before the plan is complete, after it, and in another
     * process. While the plan is running, in any process, or has chunks that are open, instances that are settled
     * meanwhile join. So both {@code client.clone(plan).thenMany(lookups.awaitRunning(plan.id()))} and
     * {@code client.submit(plan).thenMany(lookups.awaitRunning(plan.id()))} compose; the second emits the first
     * instances while the last ones are being bought.
     *
     * <p>All that wait in a client share one poll of DescribeInstances, with up to 100 instances per request, 5 s after
     * the last one at first and 15 s later. Every fourth poll looks up the deals, and failed tasks, of what does not
     * run yet. A poll that fails is logged and repeated, unless the API refuses it for a permission or a parameter.
     *
     * @param id a plan that the journal knows
     * @param options how long to wait
     * @return each instance once: {@code RUNNING}; {@code FAILED} if its deal has failed, a task that creates it has
     *     failed, or it is isolated or no longer listed; {@code TIMED_OUT} if it did not run by the deadline. Completes
     *     when no instance is left to wait for and the plan is not running, and at the deadline. Fails with
     *     {@link io.ramet.reactor.journal.UnknownPlanException} if there is no such plan. Cancelling stops the poll
     *     when no other subscriber waits
     */
    Flux<InstanceState> awaitRunning(PlanId id, AwaitOptions options);

    /**
     * Looks up once what a plan has bought.
     *
     * @param id a plan that the journal knows
     * @return every instance whose id the journal knows, in the order in which the chunks were settled, as
     *     {@code STARTING}, {@code RUNNING}, {@code ISOLATED} or {@code ABSENT}; fails with
     *     {@link io.ramet.reactor.journal.UnknownPlanException} if there is no such plan
     */
    Flux<InstanceState> instances(PlanId id);

    /**
     * Looks up once how far the deals of a plan are.
     *
     * @param id a plan that the journal knows
     * @return every deal whose name the journal knows and that the API lists, in the order in which the chunks were
     *     settled; fails with {@link io.ramet.reactor.journal.UnknownPlanException} if there is no such plan
     */
    Flux<DealState> deals(PlanId id);

    /**
     * Checks what can be known before a plan is bought, all at once: the account that would pay, source, backup, quota,
     * stock, price, balance, subnet, security groups, template, clock and journal.
     *
     * @param plan the plan
     * @return one finding for each check, after 10 s at most; a check that fails, or that a permission is missing for, is
     *     a finding as well
     */
    Mono<PreflightReport> preflight(ClonePlan plan);

    /**
     * Looks up what a plan costs.
     *
     * @param plan the plan, bought or not
     * @return as {@link #price(CloneRequest)}
     */
    default Mono<Price> price(ClonePlan plan) {
        requireNonNull(plan, "plan");
        return price(plan.request());
    }

    /**
     * Looks up what the clones of a request cost.
     *
     * @param request the request
     * @return the price, or why it is not known, such as a specification that is no longer sold
     */
    Mono<Price> price(CloneRequest request);

    /**
     * Looks up where an instance is.
     *
     * @param instanceId the instance, such as {@code crs-xjhsdj12}
     * @return its zone, network and project; empty if it is not listed in the client's region
     */
    Mono<Placement> placement(String instanceId);

    /**
     * Looks up the security groups of an instance.
     *
     * @param instanceId the instance, such as {@code crs-xjhsdj12}
     * @return their ids, such as {@code sg-bmadczm1}, each once; fails with {@link io.ramet.error.ApiRefusal} if there is
     *     no such instance
     */
    Flux<String> securityGroups(String instanceId);

    /**
     * Lists the backups of an instance.
     *
     * @param instanceId the instance, such as {@code crs-xjhsdj12}
     * @return its backups, newest first, at most the newest 10,000 that the API lists. {@link Backup#verdict} says
     *     whether one can be cloned
     */
    Flux<Backup> backups(String instanceId);

    /**
     * Looks up the backup to clone.
     *
     * @param instanceId the instance, such as {@code crs-xjhsdj12}
     * @return its newest backup that can be cloned and does not expire within 24 h; empty if there is none
     */
    Mono<Backup> latestBackup(String instanceId);

    /**
     * Looks up what a clone request needs to restore an instance to a point in time. The instance must have
     * second-level backup.
     *
     * @param instanceId the instance, such as {@code crs-xjhsdj12}
     * @param time a second of the last seven days
     * @return the backup and the second that the API offers; fails with {@link io.ramet.error.ApiRefusal} if the
     *     instance has no second-level backup
     */
    Mono<PointInTime> pointInTime(String instanceId, Instant time);
}
