package io.ramet.reactor.shape;

import io.ramet.reactor.shape.Membership.Members;
import io.ramet.reactor.shape.Membership.Replica;
import io.ramet.reactor.shape.SharedShaperStatus.Mode;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * Decides whether this replica may use the shared bucket, its own share, or neither.
 *
 * <p>Each replica lends its share to the bucket for a second and a half at a time, by registering. A replica that is
 * not registered may be cut off and may be sending on its own share, so the others use only the shares of replicas that
 * were registered within the last second. A replica sends on its own share only when no other can still be using it;
 * until then it sends nothing. Therefore it does not matter which replicas are cut off from each other.
 * This requires that all replicas divide the limit by the same number: one with another number sends nothing.
 */
final class OwnShareRule {

    private static final Logger log = LoggerFactory.getLogger(OwnShareRule.class);

    /** How often a replica registers. */
    static final Duration EVERY = Duration.ofMillis(500);
    /** How long a registration lends the share. */
    static final Duration LEASE = Duration.ofMillis(1_500);
    /** How long a list of members may be used. */
    static final Duration FRESH = Duration.ofSeconds(1);
    /** The tolerated difference between the clocks of successive registry servers. */
    static final Duration CLOCKS = Duration.ofMillis(500);

    private static final Duration LONGEST_RESPONSE = Duration.ofMillis(400);

    private final SharedLimit limit;
    private final @Nullable Membership membership;
    private final Supplier<Mono<Void>> probe;
    private final Replica me;
    private final Runnable changed;
    private final Scheduler.Worker worker;
    private final Scheduler scheduler;
    private final LongSupplier nanoTime;
    private final long window;

    private Mode mode;
    private String reason = "";
    private long degradations;
    /** Whether the shared bucket was too slow to be used, and has not been fast enough since. */
    private boolean slow;
    /** Whether the bucket or a registration failed: a store that can be read may refuse writes, so probe it first. */
    private boolean suspect;
    /** Why the members could not be read; empty if they could. */
    private String notSeen = "";
    /** Whether other replicas divide the limit by another number. */
    private boolean refused;
    /** The members as they were last read; null if they must not be used. */
    private @Nullable Members members;

    private long membersRequested;
    private long membersReceived;
    private @Nullable Long mayLendFrom;
    private long lentAt;
    private long quietUntil;
    private long ownShareUntil;

    /** {@code changed} runs at each change of the mode, with the lock held; {@code probe} uses the bucket, or fails. */
    OwnShareRule(
            SharedLimit limit,
            @Nullable Membership membership,
            Supplier<Mono<Void>> probe,
            String name,
            Runnable changed,
            Scheduler scheduler,
            LongSupplier nanoTime) {
        this.limit = limit;
        this.membership = membership;
        this.probe = probe;
        this.me = new Replica(name, limit.replicas());
        this.changed = changed;
        this.scheduler = scheduler;
        this.worker = scheduler.createWorker();
        this.nanoTime = nanoTime;
        this.window = limit.window().toNanos();
        long now = nanoTime.getAsLong();
        mode = membership == null ? Mode.SHARED : Mode.WAITING;
        lentAt = now; // an earlier process may have lent the same share
        quietUntil = now;
        ownShareUntil = now - window;
    }

    void start() {
        Membership registry = membership;
        if (registry != null) {
            worker.schedulePeriodically(() -> safely(registry), 0, EVERY.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    Mono<Void> stop() {
        worker.dispose();
        return membership == null ? Mono.empty() : membership.leave(me);
    }

    /** {@return the source of a permit now} */
    synchronized Mode source() {
        long now = nanoTime.getAsLong();
        if (membership == null) {
            return now - quietUntil >= 0 ? Mode.SHARED : Mode.WAITING;
        }
        settle(now);
        return mode == Mode.SHARED && limit.hasShares() && present() == 0 ? Mode.WAITING : mode;
    }

    /**
     * Called when the own share grants a permit, which is valid after {@code delay} and used within a window from then.
     * Until then and for another window, the share is not lent, and the shared bucket is not used.
     */
    synchronized void usesOwnShare(long delay) {
        ownShareUntil = Math.max(ownShareUntil, nanoTime.getAsLong() + delay + window);
        if (mode != Mode.OWN_SHARE) {
            quietUntil = Math.max(quietUntil, ownShareUntil + window);
        }
    }

    /** {@return the state at one moment} */
    synchronized SharedShaperStatus status(long shared, long own, long rejected, long contended, long stale) {
        return new SharedShaperStatus(
                mode, reason, present(), limit.replicas(), shared, own, rejected, contended, stale, degradations);
    }

    /** {@return the number of replicas that lend their shares, including this one} */
    synchronized int present() {
        return members == null ? 0 : Math.min(members.present(), limit.replicas());
    }

    /**
     * Called when the shared bucket cannot be used. It is then not used for a window, in case an older copy of it comes
     * back.
     */
    synchronized void degrade(String why) {
        if (refused) {
            return;
        }
        quietUntil = nanoTime.getAsLong() + window;
        members = null;
        suspect = true;
        reason = why;
        if (mode == Mode.SHARED) {
            degradations++;
            log.warn("{}: {}", Mode.WAITING, why);
            change(Mode.WAITING);
        }
    }

    /** Called when the shared bucket responds too slowly to be used. */
    synchronized void slow(String why) {
        slow = true;
        degrade(why);
    }

    /** Called when the shared bucket has responded. */
    synchronized void responded() {
        if (mode == Mode.WAITING && membership == null) {
            share();
        }
    }

    /** Catches errors that Reactor would throw past all operators, which would end the heartbeat permanently. */
    private void safely(Membership registry) {
        try {
            heartbeat(registry);
        } catch (RuntimeException | LinkageError | VirtualMachineError failure) {
            notSeen("the members cannot be read: " + failure, false);
        }
    }

    private void heartbeat(Membership registry) {
        long now = nanoTime.getAsLong();
        Duration until = Duration.ZERO;
        boolean probing;
        synchronized (this) {
            settle(now);
            boolean may = mayLendFrom != null && now - mayLendFrom >= 0 && now - ownShareUntil >= window;
            if (may && limit.hasShares() && mode != Mode.OWN_SHARE && members != null) {
                until = members.time().plusNanos(now - membersReceived).plus(LEASE);
                lentAt = now;
            }
            probing = suspect;
        }
        boolean registering = !until.isZero();
        registry.call(me, until)
                .timeout(LONGEST_RESPONSE, scheduler)
                .onErrorMap(failure ->
                        new IllegalStateException("the members cannot be read: " + failure.getMessage(), failure))
                .flatMap(seen -> usable(now, seen, probing))
                .subscribe(
                        seen -> seen(now, seen, probing),
                        failure -> notSeen(String.valueOf(failure.getMessage()), registering));
    }

    /** {@return the members; empty if they must not be used; fails if the bucket cannot be used} */
    private synchronized Mono<Members> usable(long asked, Members seen, boolean probing) {
        long now = nanoTime.getAsLong();
        if (seen.replicas() != 0 && seen.replicas() != me.replicas()) {
            refuse(now, seen.replicas());
            return Mono.empty();
        }
        refused = false;
        if (slow && now - asked > limit.validFor().toNanos()) {
            notSeen(reason, false);
            return Mono.empty();
        }
        return probing ? probe.get().thenReturn(seen) : Mono.just(seen);
    }

    private synchronized void seen(long asked, Members seen, boolean probed) {
        if (suspect && !probed) {
            return;
        }
        long now = nanoTime.getAsLong();
        suspect = false;
        slow = false;
        notSeen = "";
        members = seen;
        membersRequested = asked;
        membersReceived = now;
        if (mayLendFrom == null) {
            // A registered replica may be an earlier process of this replica, whose registration must expire first.
            mayLendFrom = seen.present() == 0 ? now : now + LEASE.toNanos();
        }
        if (mode == Mode.OWN_SHARE) {
            quietUntil = Math.max(quietUntil, ownShareUntil) + window;
            change(Mode.WAITING);
        } else if (mode == Mode.WAITING && now - quietUntil >= 0) {
            share();
        }
    }

    /** Shares of two sizes could add up to more than the limit. The heartbeat continues, because the others may leave. */
    private void refuse(long now, int others) {
        members = null;
        mayLendFrom = null;
        quietUntil = Math.max(now, ownShareUntil) + window;
        if (!refused) {
            refused = true;
            reason = "replicas is " + me.replicas() + " here, and " + others
                    + " for those that share this limit or have shared it: it must be the same number for all. "
                    + "Once those with the other number are gone, delete what they left behind: in Redis, the key "
                    + "ramet:{account}:shares";
            log.error("{}: {}", Mode.WAITING, reason);
            degradations += mode == Mode.SHARED ? 1 : 0;
            change(Mode.WAITING);
        }
    }

    private synchronized void notSeen(String why, boolean registering) {
        notSeen = ": " + why;
        if (mode != Mode.SHARED && !refused) {
            members = null;
            suspect |= registering;
            if (reason.isEmpty()) {
                log.warn("{}: {}", mode, why);
                change(mode);
            }
            reason = why;
        }
    }

    private void settle(long now) {
        if (members != null && now - membersRequested < FRESH.toNanos()) {
            return;
        }
        if (mode == Mode.SHARED) {
            degrade("the members are no longer known" + notSeen);
        }
        if (mode == Mode.WAITING
                && limit.hasShares()
                && !refused
                && now - lentAt >= LEASE.plus(FRESH).plus(CLOCKS).toNanos() + window) {
            log.warn("{} of {} calls a second: {}", Mode.OWN_SHARE, limit.calls() / limit.replicas(), reason);
            change(Mode.OWN_SHARE);
        }
    }

    private void share() {
        reason = "";
        log.info("{}", Mode.SHARED);
        change(Mode.SHARED);
    }

    private void change(Mode to) {
        mode = to;
        changed.run();
    }
}
