package io.ramet.reactor;

import io.ramet.error.ClientClosedException;
import io.ramet.model.Deal;
import io.ramet.model.Secret;
import io.ramet.outcome.ChunkOutcome;
import io.ramet.outcome.CloneReport;
import io.ramet.plan.ClonePlan;
import io.ramet.plan.PlanId;
import io.ramet.reactor.journal.UnverifiedPlanException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Clones TencentDB for Redis instances in bulk. Make one client and share it: it is thread-safe, and its callers share the
 * API's limit.
 *
 * <p><b>Subscribing again never buys again.</b> A plan id is bought once, however often its plan is subscribed to, by
 * whomever, and whatever {@code retry()} or {@code repeat()} is in between: what was bought, and what is in doubt, is replayed,
 * a run in progress is joined, and only what was never sent, or was refused and so surely had no effect, is sent.
 *
 * <p><b>Refused chunks</b> ({@code NotCloned}: a wrong key, an empty balance, a quota, a permission) are sent again by the next
 * run of their plan: when the plan is subscribed to, submitted or {@linkplain #resume resumed} after its last run has ended. A
 * chunk refused for stock, quota or balance may have been delivered all the same, so it stays refused until {@code visibilityLag}
 * (2 minutes by default) has passed since it was settled: a run that begins earlier emits the refusal again and logs why. A
 * subscriber that joins a run gets its refusals and sends nothing; nor do {@link #recover}, {@link #follow}, {@link #reconcile} and
 * {@link #report(PlanId)}. The journal keeps who was refused when, and why
 * ({@link io.ramet.reactor.journal.CloneJournal#history}).
 *
 * <p><b>Before its first request</b>, a run lists the instances that bear the plan's marks, unless the plan's id is random and
 * new. What exists and the journal does not know of is never sent: if the journal knows nothing of the plan, the run fails with
 * {@link io.ramet.reactor.journal.ForgottenPlanException}; else such chunks are in doubt, and are reconciled. If the plan cannot be
 * listed, or the listing shows neither an instance of the plan nor its source, nothing is sent ({@link UnverifiedPlanException}).
 * Its limit: what was bought shows only after the visibility lag. If the journal is lost and the same named plan is posted again
 * within that time, it is bought again; wait for the lag after such a loss.
 *
 * <p><b>When a run ends</b>, the instances are listed again and compared with what was reported; the end of the streams waits for
 * it, a few seconds at most. See {@link io.ramet.outcome.CloneReport#audit}.
 *
 * <p><b>Cancelling</b> stops further calls once nobody is subscribed to the plan; calls on their way are let finish, and
 * their outcomes are kept for the next subscriber.
 *
 * <p><b>Errors.</b> A chunk's failure is data, for its neighbours have been paid for. {@code onError} is for what stops the
 * run itself: {@link io.ramet.error.InvalidValueException} if the plan exceeds {@code maxInstances},
 * {@link ClientClosedException}, {@link io.ramet.reactor.journal.JournalException}, and
 * {@link io.ramet.reactor.journal.PlanConflictException} if the plan id stands for another request or region,
 * {@link io.ramet.reactor.journal.ForgottenPlanException} if the journal knows nothing of a plan that was bought, and
 * {@link UnverifiedPlanException} if that could not be found out. {@code request(n)} with n below 1 is answered with
 * {@link IllegalArgumentException}, and buys nothing.
 *
 * <p>All publishers are cold: nothing happens until they are subscribed to and asked for an element. Signals come on the
 * client's own threads; do not block them.
 */
public interface CloneClient extends AutoCloseable {

    /** {@return a builder; region is the only thing it must be told} */
    static CloneClientBuilder builder() {
        return new CloneClientBuilder();
    }

    /**
     * Buys a plan.
     *
     * <p>A failure that every further chunk would share (credentials, permission, balance, quota, sold out, a bad
     * parameter) stops the sending, and so do {@code maxInDoubt} chunks in doubt; the chunks that were not sent come as
     * {@code NotCloned} with {@link io.ramet.error.NotSent}. They, and those that were refused, are sent if the plan is subscribed
     * to again after this run has ended.
     *
     * @param plan the plan
     * @return exactly one final outcome for each chunk, in order of completion, then completion. At most
     *     {@code maxInFlight} calls run ahead of demand.
     */
    Flux<ChunkOutcome> clone(ClonePlan plan);

    /**
     * Buys a plan, for those who only want to see deals.
     *
     * @param plan the plan
     * @return the deals; at the end {@link io.ramet.outcome.PlanIncompleteException} with the report if anything is missing
     */
    Flux<Deal> cloneDeals(ClonePlan plan);

    /**
     * Buys a plan, for those who only want to see the end.
     *
     * @param plan the plan
     * @return the outcomes added up
     */
    Mono<CloneReport> cloneReport(ClonePlan plan);

    /**
     * Buys a plan that no subscriber can cancel: it goes on until it is done or the client is closed. Subscribe to
     * {@link #clone} with the same plan, now or later, to see its outcomes. If it is cut off, because the client is closed, the
     * journal fails, or no connection can be had, it is left for {@link #recover}.
     *
     * @param plan the plan
     * @return completes when the plan is in the journal and running; cancelling after that does nothing. Whether a plan is left that
     *     was to be submitted just when the client was closed, which fails, only the journal knows
     */
    Mono<Void> submit(ClonePlan plan);

    /**
     * Goes on with a plan of which only the id is at hand: known outcomes are replayed, chunks that were about to be sent when
     * a process broke off are looked up, and what was never sent, or was refused, is sent.
     *
     * @param id a plan that the journal knows
     * @param password the password of the request; null if it has none. The journal keeps nothing that it could be checked
     *     against: with another one, the chunks sent from now on get that
     * @return as {@link #clone}; fails with {@link io.ramet.reactor.journal.UnknownPlanException} if there is no such plan
     */
    Flux<ChunkOutcome> resume(PlanId id, @Nullable Secret password);

    /**
     * Goes on with plans that were left in the middle, by any process with the same journal, as if each had been submitted here.
     * Those are the plans whose process was killed, or stood still for longer than its lease, and submitted plans that were cut
     * off. A plan that was ended on purpose, because its subscribers had cancelled, or was stopped by a refusal or by doubts, is
     * not among them: {@link #resume} goes on with it.
     *
     * <p>A process that wakes up after its plan was taken over cannot send for it, and its subscribers get a
     * {@link io.ramet.reactor.journal.JournalException}.
     *
     * @param passwords the password of a plan's request, which the journal does not keep; empty if it has none. What is not
     *     there within 30 s counts as a failure
     * @return the plans, a hundred at most, in this client's region, each when it is running; none while a thousand are running
     *     here. Cancelling takes over no more of them. A plan that could not be begun is left again for others, and its failure comes at the end
     */
    Flux<PlanId> recover(Function<PlanId, Mono<Secret>> passwords);

    /**
     * Watches a plan without buying: for those who only look, such as a web page. Sends nothing, and keeps nobody from
     * stopping.
     *
     * @param id a plan that the journal knows
     * @return the plan's outcomes in the order in which they were settled, from the first on; then, while the plan is running,
     *     in this process or another, those that come. Completes when it is not running any more, be it done or not. A plan that
     *     runs elsewhere is asked after once a second. Fails with {@link io.ramet.reactor.journal.UnknownPlanException} if there
     *     is no such plan
     */
    Flux<ChunkOutcome> follow(PlanId id);

    /**
     * Looks up again what is open of a plan: the chunks in doubt, those that were about to be sent when a process broke off,
     * and the instances that a deal did not name. Then audits the plan as the end of a run does. Sends nothing.
     *
     * @param id a plan that the journal knows and that is not running
     * @return the plan's report after that; fails with {@link io.ramet.reactor.journal.UnknownPlanException} if there is no
     *     such plan, and with {@link io.ramet.reactor.journal.PlanBusyException} if it is running somewhere
     */
    Mono<CloneReport> reconcile(PlanId id);

    /**
     * Adds up what the journal knows of a plan, running or not. Sends nothing. A chunk that was sent, or was about to be, and has
     * no response yet counts as sent while any process holds the plan, also a dead one until its lease runs out; then it is in
     * doubt.
     *
     * @param id a plan that the journal knows
     * @return its report; fails with {@link io.ramet.reactor.journal.UnknownPlanException} if there is no such plan
     */
    Mono<CloneReport> report(PlanId id);

    /** {@return the report of every plan that the journal knows, oldest first; sends nothing} */
    Flux<CloneReport> reports();

    /**
     * This client for what is more urgent, or less. Plans take turns, one call each, so that a small one does not wait behind a
     * large one; a plan of a higher priority goes before all of a lower one, which wait until it is sent. A plan that several
     * follow has the highest priority of theirs.
     *
     * @param priority any number; that of a client is 0
     * @return a view of this client: whatever is asked of it has that priority; closing it closes the client
     */
    CloneClient withPriority(int priority);

    /**
     * Closes the client: no further call is sent, calls on their way are let finish and are accounted for, then
     * connections and journal are closed. Subscribers get the outcomes of the calls on their way and
     * {@code NotCloned} for the rest. Takes up to the call timeout, and up to 1.05 s more until what was sent can share no second
     * at the server with the requests of a client that is built next.
     *
     * @return completes when all is closed; the same for every caller, started by the first subscription
     */
    Mono<Void> disposeLater();

    /** Does what {@link #disposeLater} does and waits for it. On a thread that must not block, it does not wait. */
    @Override
    void close();
}
