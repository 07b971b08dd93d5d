package io.ramet.reactor.shape;

import io.ramet.reactor.shape.Membership.Members;
import io.ramet.reactor.shape.Membership.Replica;
import io.ramet.reactor.shape.SharedShaperStatus.Mode;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * Whether this replica may use the shared bucket, its own share, or nothing.
 *
 * <p>Replicas lend their shares to the bucket for a second and a half at a time, by saying that they are there. Who is not there
 * may be cut off and sending on its own share, so the others count on the shares of those alone who were there a second ago. And
 * a replica sends on its own share only when nobody can still count on it: until then it sends nothing. So it does not matter
 * who is cut off from whom.
 *
 * <p>That holds if all divide the limit by the same number. A replica whose number is not that of the others sends nothing.
 */
final class ShareLease {

    private static final Logger log = LoggerFactory.getLogger(ShareLease.class);

    /** How often replicas say that they are there. */
    static final Duration EVERY = Duration.ofMillis(500);
    /** How long a share is lent each time. */
    static final Duration LEASE = Duration.ofMillis(1_500);
    /** How long it is acted upon who was there. */
    static final Duration FRESH = Duration.ofSeconds(1);

    /** By how much the clocks of the place may differ if it has several, one after the other. */
    static final Duration CLOCKS = Duration.ofMillis(500);

    private static final Duration LONGEST_ANSWER = Duration.ofMillis(400);

    private final SharedLimit limit;
    private final @Nullable Membership membership;
    private final Replica me;
    private final Runnable changed;
    private final Scheduler.Worker worker;
    private final Scheduler scheduler;
    private final LongSupplier nanoTime;
    private final long window;

    private Mode mode;
    private String reason = "";
    private long degradations;
    /** The shared bucket was too slow to be used, and has not been seen to be fast enough again. */
    private boolean slow;
    /** The others divide the limit by another number. */
    private boolean refused;
    /** Who was there when it was last asked; null if that is not to be acted upon. */
    private @Nullable Members roll;

    private long rollAsked;
    private long rollHad;
    private @Nullable Long mayLendFrom;
    private long lentAt;
    private long quietUntil;
    private long ownShareUntil;

    /** Tells of changes of its mode, one after the other. */
    ShareLease(
            SharedLimit limit,
            @Nullable Membership membership,
            String name,
            Runnable changed,
            Scheduler scheduler,
            LongSupplier nanoTime) {
        this.limit = limit;
        this.membership = membership;
        this.me = new Replica(name, limit.replicas());
        this.changed = changed;
        this.scheduler = scheduler;
        this.worker = scheduler.createWorker();
        this.nanoTime = nanoTime;
        this.window = limit.window().toNanos();
        long now = nanoTime.getAsLong();
        mode = membership == null ? Mode.SHARED : Mode.WAITING;
        lentAt = now; // by the process that ran in the place of this one, perhaps
        quietUntil = now;
        ownShareUntil = now - window;
    }

    void start() {
        Membership place = membership;
        if (place != null) {
            worker.schedulePeriodically(() -> heartbeat(place), 0, EVERY.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    Mono<Void> stop() {
        worker.dispose();
        return membership == null ? Mono.empty() : membership.leave(me);
    }

    /** Where a permit may be taken from now. */
    synchronized Mode source() {
        long now = nanoTime.getAsLong();
        if (membership == null) {
            return now - quietUntil >= 0 ? Mode.SHARED : Mode.WAITING;
        }
        settle(now);
        if (mode == Mode.OWN_SHARE) {
            ownShareUntil = now + window;
        }
        return mode == Mode.SHARED && limit.hasShares() && present() == 0 ? Mode.WAITING : mode;
    }

    synchronized Mode mode() {
        return mode;
    }

    synchronized String reason() {
        return reason;
    }

    synchronized long degradations() {
        return degradations;
    }

    /** How many replicas lend their shares, this one included. */
    synchronized int present() {
        return roll == null ? 0 : Math.min(roll.present(), limit.replicas());
    }

    /** The shared bucket is of no use. It is left alone for a window, in case that it comes back older than it was. */
    synchronized void degrade(String why) {
        if (refused) {
            return;
        }
        quietUntil = nanoTime.getAsLong() + window;
        roll = null;
        reason = why;
        if (mode == Mode.SHARED) {
            degradations++;
            log.warn("{}: {}", Mode.WAITING, why);
            change(Mode.WAITING);
        }
    }

    /** The shared bucket is there, but too slow to be used. */
    synchronized void slow(String why) {
        slow = true;
        degrade(why);
    }

    /** The shared bucket has answered. */
    synchronized void answered() {
        if (mode == Mode.WAITING && membership == null) {
            share();
        }
    }

    private void heartbeat(Membership place) {
        long now = nanoTime.getAsLong();
        Duration until = Duration.ZERO;
        synchronized (this) {
            settle(now);
            boolean may = mayLendFrom != null && now - mayLendFrom >= 0 && now - ownShareUntil >= window;
            if (may && limit.hasShares() && mode != Mode.OWN_SHARE && roll != null) {
                until = roll.time().plusNanos(now - rollHad).plus(LEASE);
                lentAt = now;
            }
        }
        place.call(me, until)
                .timeout(LONGEST_ANSWER, scheduler)
                .subscribe(seen -> seen(now, seen), failure -> notSeen("who is there cannot be seen: " + failure));
    }

    private void seen(long asked, Members seen) {
        long now = nanoTime.getAsLong();
        synchronized (this) {
            if (seen.replicas() != 0 && seen.replicas() != me.replicas()) {
                refuse(now, seen.replicas());
                return;
            }
            refused = false;
            if (slow && now - asked > limit.validFor().toNanos()) {
                notSeen(reason);
                return;
            }
            slow = false;
            roll = seen;
            rollAsked = asked;
            rollHad = now;
            if (mayLendFrom == null) {
                // One that is there may be the process that ran in the place of this one: it must have expired.
                mayLendFrom = seen.present() == 0 ? now : now + LEASE.toNanos();
            }
            if (mode == Mode.OWN_SHARE) {
                quietUntil = Math.max(quietUntil, ownShareUntil) + window;
                change(Mode.WAITING);
            } else if (mode == Mode.WAITING && now - quietUntil >= 0) {
                share();
            }
        }
    }

    /** With shares of two sizes the sum could be more than the limit. It looks on: those with the other number may leave. */
    private void refuse(long now, int others) {
        roll = null;
        mayLendFrom = null;
        quietUntil = Math.max(now, ownShareUntil) + window;
        if (!refused) {
            refused = true;
            reason = "replicas is " + me.replicas() + " here, and " + others
                    + " for those that share this limit or have shared it: it must be the same number for all. Once those with the "
                    + "other number are gone, delete what they left behind: in Redis, the key ramet:{account}:shares";
            log.error("{}: {}", Mode.WAITING, reason);
            degradations += mode == Mode.SHARED ? 1 : 0;
            change(Mode.WAITING);
        }
    }

    private synchronized void notSeen(String why) {
        if (mode != Mode.SHARED && !refused) {
            roll = null;
            boolean first = reason.isEmpty();
            reason = why;
            if (first) {
                log.warn("{}: {}", mode, why);
                change(mode);
            }
        }
    }

    private void settle(long now) {
        boolean known = roll != null && now - rollAsked < FRESH.toNanos();
        if (known) {
            return;
        }
        if (mode == Mode.SHARED) {
            degrade("who is there is not known any more");
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
        worker.schedule(changed);
    }
}
