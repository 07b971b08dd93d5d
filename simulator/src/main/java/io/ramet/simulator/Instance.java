package io.ramet.simulator;

import java.time.Duration;
import java.time.Instant;

/**
 * The state of an instance since its last change. A further change creates another value.
 *
 * @param ordinal counts the instances that were bought, from 1; 0 for a source of clones
 */
record Instance(
        String id,
        long ordinal,
        CloneOrder order,
        Source specification,
        String region,
        Fate fate,
        Instant createdAt,
        Instant visibleAt,
        Change change) {

    static final int QUEUED = 0;
    static final int IN_WORKFLOW = 1;
    static final int RUNNING = 2;
    static final int ISOLATED = -2;
    static final int AWAITING_DELETION = -3;

    private static final Duration DELETED_WITHIN = Duration.ofDays(1);

    /**
     * The last change of an instance.
     *
     * @param status its status when the change is done
     * @param since when the change was ordered
     * @param queuedUntil when its status goes from 0 to 1
     * @param doneAt when the change is done
     * @param offlineAt when it leaves the recycle bin, if it is isolated
     */
    record Change(int status, Instant since, Instant queuedUntil, Instant doneAt, Instant offlineAt) {

        static Change creation(Fate fate, Instant at, Duration recycleBin) {
            Instant doneAt = fate.end() == Fate.End.NEVER ? Instant.MAX : at.plus(fate.after());
            int status = switch (fate.end()) {
                case RUNS -> RUNNING;
                case FAILS, NEVER -> IN_WORKFLOW;
                case ISOLATED -> Instance.ISOLATED;
            };
            return new Change(
                    status,
                    at,
                    at.plus(fate.after().dividedBy(2)),
                    doneAt,
                    doneAt.equals(Instant.MAX) ? doneAt : doneAt.plus(recycleBin));
        }

        static Change isolation(Instant at, Duration takes, Duration recycleBin) {
            Instant doneAt = at.plus(takes);
            return new Change(Instance.ISOLATED, at, at, doneAt, doneAt.plus(recycleBin));
        }

        static Change deletion(Instant at) {
            return new Change(Instance.ISOLATED, at, at, at, at.minus(DELETED_WITHIN));
        }

        static Change startup(Instant at, Duration takes) {
            return new Change(RUNNING, at, at, at.plus(takes), Instant.MAX);
        }
    }

    String name() {
        return order.instanceName();
    }

    Instance changed(Change next) {
        return new Instance(id, ordinal, order, specification, region, fate, createdAt, visibleAt, next);
    }

    int status(Instant now) {
        if (now.isBefore(change.doneAt)) {
            return now.isBefore(change.queuedUntil) ? QUEUED : IN_WORKFLOW;
        }
        boolean offline = change.status == ISOLATED && !now.isBefore(change.offlineAt);
        return offline ? AWAITING_DELETION : change.status;
    }

    ProductType type() {
        return ProductType.of(specification.type());
    }

    /** Whether its creation has ended, successfully or not. */
    boolean isSettled(Instant now) {
        return fate.end() != Fate.End.NEVER && !now.isBefore(createdAt.plus(fate.after()));
    }

    /** Whether its creation has ended successfully; it may have been isolated since. */
    boolean wasCreated(Instant now) {
        return fate.end() != Fate.End.FAILS && isSettled(now);
    }

    boolean isIsolated(Instant now) {
        return status(now) <= ISOLATED;
    }

    /** Whether listings show it. */
    boolean isVisible(Instant now) {
        boolean deleted = change.status == ISOLATED && !now.isBefore(change.offlineAt.plus(DELETED_WITHIN));
        return !now.isBefore(visibleAt) && !deleted;
    }

    /** Its address within the VPC; the API calls it WanIp nevertheless. */
    String address() {
        return "10." + (ordinal >> 16 & 255) + "." + (ordinal >> 8 & 255) + "." + (ordinal & 255);
    }
}
