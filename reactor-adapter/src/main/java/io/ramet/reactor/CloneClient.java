package io.ramet.reactor;

import io.ramet.error.ClientClosedException;
import io.ramet.model.Deal;
import io.ramet.model.UndoOutcome;
import io.ramet.outcome.ChunkOutcome;
import io.ramet.outcome.CloneReport;
import io.ramet.plan.ClonePlan;
import io.ramet.plan.PlanId;
import io.ramet.reactor.concurrent.AsyncCloseable;
import io.ramet.reactor.journal.UnverifiedPlanException;
import io.ramet.reactor.lookup.LookupClient;
import io.ramet.reactor.lookup.UndoConfirmation;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Clones TencentDB for Redis instances in bulk. Create one client and share it: it is thread-safe, and its callers
 * share the API's limit.
 *
 * <p><b>Methods that spend money say so.</b> Only methods whose names start with {@code clone}, {@code submit}, {@code
 * resume} or {@code recover} buy, and only {@link #undo} destroys. {@link #lookups} gives a view that can do neither.
 *
 * <p><b>Subscribing again never buys again.</b> A plan id is bought once, however often its plan is subscribed to, from
 * any caller, and also through {@code retry()} or {@code repeat()}. The outcomes of chunks that were bought or are in
 * doubt are replayed, and a run in progress is joined. Only chunks that were never sent, or that were refused and
 * therefore certainly had no effect, are sent.
 *
 * <p><b>Refused chunks</b> ({@code NotCloned}: a wrong key, an empty balance, a quota, a permission) are sent again by
 * the next run of their plan. It begins when the plan is subscribed to, submitted or {@linkplain #resume resumed} after
 * its last run has ended. A chunk that was refused for stock, quota or balance may have been delivered nevertheless, so
 * it stays refused until {@code visibilityLag} (2 minutes by default) has passed since it was settled. A run that
 * starts earlier emits the refusal again and logs why. A subscriber that joins a run in progress receives its refusals;
 * they are not sent again. {@link #recover}, {@link #follow}, {@link #reconcile} and {@link #report(PlanId)} do not
 * send refused chunks again either. The journal keeps the {@linkplain io.ramet.reactor.journal.CloneJournal#history
 * history} of refusals: which chunk, when and why.
 *
 * <p><b>Before its first request</b>, a run lists the instances that bear the plan's marks, unless the plan's id is
 * random and new. A chunk that exists on the server but is unknown to the journal is never sent. If the journal does
 * not know the plan at all, the run fails with {@link io.ramet.reactor.journal.ForgottenPlanException}. Otherwise such
 * chunks are in doubt, and are reconciled. If the plan cannot be listed, or the listing shows neither an instance of
 * the plan nor its source, nothing is sent ({@link UnverifiedPlanException}). This check has a limit: a purchase is
 * listed only after the visibility lag. If the journal is lost and the same named plan is run again within that time,
 * it is bought again; wait for the lag after such a loss.
 *
 * <p><b>When a run ends</b>, the instances are listed again and compared with what was reported; the streams complete
 * after this audit, which takes at most {@code auditFor} (5 seconds by default). See {@link CloneReport#audit}.
 *
 * <p><b>Cancelling</b> stops sending once the plan has no subscriber left; requests in flight are allowed to finish,
 * and their outcomes are kept for the next subscriber.
 *
 * <p><b>Errors.</b> A chunk's failure is data, because other chunks of the plan may have been paid for. {@code onError}
 * is for failures that stop the run itself:
 *
 * <ul>
 *   <li>{@link io.ramet.error.InvalidValueException} if the plan exceeds {@code maxInstances};
 *   <li>{@link ClientClosedException} if the client is closed;
 *   <li>{@link io.ramet.reactor.journal.JournalException} if the journal fails, or if another process has claimed the
 *       plan;
 *   <li>{@link io.ramet.reactor.journal.PlanConflictException} if the plan id belongs to another request or region;
 *   <li>{@link io.ramet.reactor.journal.PlanBusyException} if another process or client holds the plan;
 *   <li>{@link io.ramet.reactor.journal.PlanUndoneException} if the plan was undone;
 *   <li>{@link io.ramet.reactor.lookup.PreflightBlockedException} if a required preflight found a blocker;
 *   <li>{@link io.ramet.reactor.journal.ForgottenPlanException} if the journal does not know a plan that was bought;
 *   <li>{@link UnverifiedPlanException} if it could not be checked whether the plan was bought.
 * </ul>
 *
 * <p>A {@code request(n)} with n below 1 ends the subscription with {@link IllegalArgumentException} and buys nothing.
 * A null argument is rejected at once with a {@link NullPointerException} that names it.
 *
 * <p>All publishers are cold: nothing happens until they are subscribed to and an element is requested. Outcomes and
 * the results of purchases are emitted on Reactor's parallel scheduler, other results on the client's own threads.
 * Neither may be blocked.
 */
public interface CloneClient extends AsyncCloseable {

    /** {@return a new builder; only the region is required} */
    static CloneClientBuilder builder() {
        return new CloneClientBuilder();
    }

    /**
     * Buys a plan.
     *
     * <p>A failure that every further chunk would share (credentials, permission, balance, quota, sold out, a bad
     * parameter) stops the sending, and so do {@code maxInDoubt} chunks in doubt. The chunks that were not sent are
     * emitted as {@code NotCloned} with {@link io.ramet.error.NotSent}. These chunks, and those that were refused, are
     * sent if the plan is subscribed to again after this run has ended.
     *
     * @param plan the plan
     * @return exactly one final outcome for each chunk, in the order in which the chunks are settled; then completes.
     *     At most {@code maxInFlight} chunks are sent ahead of the subscriber's demand
     */
    Flux<ChunkOutcome> clone(ClonePlan plan);

    /**
     * Buys a plan and emits its deals only.
     *
     * @param plan the plan
     * @return the deals; fails at the end with {@link io.ramet.outcome.PlanIncompleteException}, which carries the
     *     report, if anything is missing
     */
    Flux<Deal> cloneDeals(ClonePlan plan);

    /**
     * Buys a plan and emits its report.
     *
     * @param plan the plan
     * @return the report of the plan, emitted when the run has ended, whether or not every chunk was cloned
     */
    Mono<CloneReport> cloneReport(ClonePlan plan);

    /**
     * Buys a plan that no subscriber can cancel: it runs until it is done or the client is closed. Subscribe to {@link
     * #clone} with the same plan, now or later, to see its outcomes. If the run is interrupted because the client is
     * closed, the journal fails or no connection can be made, {@link #recover} can resume the plan.
     *
     * @param plan the plan
     * @return completes when the plan is in the journal and running; cancelling after that has no effect. If the client
     *     is closed during submission, the Mono fails; only the journal can then tell whether the plan was recorded
     */
    Mono<Void> submit(ClonePlan plan);

    /**
     * Resumes a plan by its id: known outcomes are replayed, chunks that were about to be sent when a process was
     * interrupted are looked up, and chunks that were never sent, or were refused, are sent. If the request has a
     * password, it comes from the {@link CloneClientBuilder#passwords password provider}.
     *
     * @param id a plan that the journal knows
     * @return as {@link #clone}; fails with {@link io.ramet.reactor.journal.UnknownPlanException} if there is no such
     *     plan, and with {@link io.ramet.reactor.journal.PlanPasswordException} if its password is not provided
     */
    Flux<ChunkOutcome> resume(PlanId id);

    /**
     * Resumes plans that were abandoned by any process with the same journal, as if each had been submitted here. These
     * are plans whose process was killed or was paused for longer than its lease, and submitted plans whose run was
     * interrupted. A plan whose subscribers cancelled, or that was stopped by a refusal or by chunks in doubt, is not
     * abandoned; use {@link #resume} for such a plan. Passwords come from the {@link CloneClientBuilder#passwords
     * password provider}.
     *
     * <p>A process that wakes up after its plan was recovered elsewhere cannot send for it; its subscribers get a
     * {@link io.ramet.reactor.journal.JournalException}.
     *
     * @return the recovered plans of this client's region, at most 100 per subscription, each emitted once it is
     *     running; none while this client runs 1,000 plans or more. Cancelling stops the recovery of further plans. A
     *     plan that could not be started is left for other processes, and its failure is emitted at the end
     */
    Flux<PlanId> recover();

    /**
     * Follows a plan without buying, for example for a web page. Sends nothing, and does not keep the plan running.
     *
     * @param id a plan that the journal knows
     * @return the plan's outcomes in the order in which they were settled, from the first on; then, while the plan is
     *     running, in this process or another, those that follow. Completes when the plan no longer runs, whether all
     *     of its chunks were sent or not. If it runs in another process, the journal is read once per second. Fails
     *     with {@link io.ramet.reactor.journal.UnknownPlanException} if there is no such plan
     */
    Flux<ChunkOutcome> follow(PlanId id);

    /**
     * Looks up again everything that is open in a plan: chunks in doubt, chunks that were about to be sent when a
     * process was interrupted, and instances that a deal did not name. Then audits the plan as at the end of a run.
     * Sends look-ups only, and buys nothing.
     *
     * @param id a plan that the journal knows and that is not running
     * @return the plan's report after that; fails with {@link io.ramet.reactor.journal.UnknownPlanException} if there
     *     is no such plan, and with {@link io.ramet.reactor.journal.PlanBusyException} if it is running somewhere.
     *     Cancelling stops the look-ups and releases the plan
     */
    Mono<CloneReport> reconcile(PlanId id);

    /**
     * Summarizes what the journal knows about a plan, whether it is running or not. Sends nothing. A chunk that was
     * sent or about to be sent, and has no response yet, counts as sent while a process holds the plan; a dead process
     * holds it until its lease expires. After that, the chunk counts as in doubt.
     *
     * @param id a plan that the journal knows
     * @return the plan's report; fails with {@link io.ramet.reactor.journal.UnknownPlanException} if there is no such
     *     plan
     */
    Mono<CloneReport> report(PlanId id);

    /**
     * Summarizes what the journal knows about all plans. Sends nothing.
     *
     * @return the report of every plan, oldest first. If an entry is damaged, fails after the last plan with {@link
     *     io.ramet.reactor.journal.DamagedPlanException}
     */
    Flux<CloneReport> reports();

    /**
     * Undoes a purchase: isolates (returns) the instances that a plan has bought, and no others. They stop costing
     * money and stay in the recycle bin for hours or days; during that time {@link #restore} can start pay-as-you-go
     * instances again. No method deletes instances permanently.
     *
     * <p>The journal names the instances. Each instance is looked up first, and is kept if its name has changed since
     * the purchase, if it is protected from deletion, or if it is prepaid and the confirmation does not include prepaid
     * instances. Each request is recorded durably in the journal before it is sent. To resume an undo that was
     * interrupted, or that left instances refused or in doubt, undo the plan again. An undone plan buys nothing more:
     * its run has ended, and a new run is refused with {@link io.ramet.reactor.journal.PlanUndoneException} while any
     * of its instances may be isolated.
     *
     * @param id a plan that the journal knows
     * @param confirmation what a person has confirmed: this plan, and the exact number of instances
     * @return one outcome for each instance that the plan has bought. Fails before anything is sent with {@link
     *     io.ramet.reactor.journal.UnknownPlanException}, with {@link io.ramet.reactor.journal.PlanBusyException} if
     *     the plan is running somewhere, with {@link io.ramet.error.InvalidValueException} if the confirmation is for
     *     another plan, and with {@link io.ramet.reactor.lookup.UndoRefusedException} if it does not match what the
     *     plan has bought. Fails later with {@link io.ramet.error.CallFailure} if the instances cannot be listed, and
     *     with {@link io.ramet.reactor.journal.JournalException} if the journal fails. Cancelling stops further
     *     requests
     */
    Flux<UndoOutcome> undo(PlanId id, UndoConfirmation confirmation);

    /**
     * Starts again the instances that {@link #undo} has isolated, while they are in the recycle bin. They cost money
     * again, at the rate of a new instance. A prepaid instance stays isolated, because starting it would buy a renewal.
     *
     * @param id a plan that the journal knows
     * @return one outcome for each instance that the plan has bought; fails as {@link #undo} does. Cancelling stops
     *     further requests
     */
    Flux<UndoOutcome> restore(PlanId id);

    /**
     * Returns the look-ups around a purchase, such as backups, prices, and whether the instances run.
     *
     * @return a view of this client that changes nothing
     */
    LookupClient lookups();

    /**
     * Returns this client with another priority. Plans of the same priority take turns, one request each, so that a
     * small plan does not wait behind a large one. Plans of a lower priority wait until all requests of a higher
     * priority are sent. A plan with several subscribers has the highest of their priorities.
     *
     * @param priority any number; higher goes first, and the default is 0
     * @return a view of this client whose subscriptions have that priority; closing it closes the client
     */
    CloneClient withPriority(int priority);

    /**
     * Returns a builder for another client with the same settings, for example for another region.
     *
     * @return a new builder with all settings of this client. It uses this client's shaper and journal, even if this
     *     client created them, so that both clients share one limit and buy no plan twice. Close the new client before
     *     this one
     */
    CloneClientBuilder toBuilder();

    /**
     * Closes the client: no further request is sent, requests in flight are allowed to finish and are recorded, then
     * everything that the client has created is closed; everything that it was given stays open. Subscribers receive
     * the outcomes of the requests in flight and {@code NotCloned} for the rest. Closing takes up to the call timeout,
     * plus up to 1.05 s, so that no second at the server holds requests of both this client and the next one.
     *
     * @return a cold Mono that completes when everything is closed. Closing starts with the first subscription; later
     *     subscriptions share it, and cancelling does not stop it
     */
    @Override
    Mono<Void> disposeLater();
}
