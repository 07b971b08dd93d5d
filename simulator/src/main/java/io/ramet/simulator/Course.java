package io.ramet.simulator;

import java.time.Duration;
import java.util.List;

/**
 * A fault taken apart: what it does to the purchase, and the one thing that decides how the call ends.
 *
 * @param delay how late the end comes
 * @param visibleAfter least delay until the instances are listed
 * @param executions how often the request is executed
 * @param instances the most instances that are made
 * @param ids the most ids that the answer names
 * @param dealId whether the answer has a DealId
 * @param dealName whether the answer has a DealName
 * @param ending the fault that decides how the call ends
 */
record Course(
        Duration delay,
        Duration visibleAfter,
        int executions,
        int instances,
        int ids,
        boolean dealId,
        boolean dealName,
        Fault ending) {

    private static final Course HEALTHY =
            new Course(Duration.ZERO, Duration.ZERO, 1, Integer.MAX_VALUE, Integer.MAX_VALUE, true, true, Fault.none());

    static Course of(Fault fault) {
        if (fault instanceof Fault.None) {
            return HEALTHY;
        }
        List<Fault> parts = fault instanceof Fault.Combined combined ? combined.parts() : List.of(fault);
        Course course = HEALTHY;
        for (Fault part : parts) {
            course = course.with(part);
        }
        return course;
    }

    private Course with(Fault part) {
        if (part instanceof Fault.None) {
            return this;
        }
        if (part instanceof Fault.Latency latency) {
            return new Course(
                    delay.plus(latency.by()), visibleAfter, executions, instances, ids, dealId, dealName, ending);
        }
        if (part instanceof Fault.LateVisibility late) {
            return new Course(
                    delay, longer(visibleAfter, late.by()), executions, instances, ids, dealId, dealName, ending);
        }
        if (part instanceof Fault.FewerInstances fewer) {
            int least = Math.min(instances, fewer.instances());
            return new Course(delay, visibleAfter, executions, least, ids, dealId, dealName, ending);
        }
        if (part instanceof Fault.FewerIds fewer) {
            int least = Math.min(ids, fewer.ids());
            return new Course(delay, visibleAfter, executions, instances, least, dealId, dealName, ending);
        }
        if (part instanceof Fault.ExecutedTwice) {
            return new Course(delay, visibleAfter, 2, instances, ids, dealId, dealName, ending);
        }
        if (part instanceof Fault.WithheldDeal without) {
            return new Course(
                    delay,
                    visibleAfter,
                    executions,
                    instances,
                    ids,
                    dealId && !without.id(),
                    dealName && !without.name(),
                    ending);
        }
        return new Course(delay, visibleAfter, executions, instances, ids, dealId, dealName, part);
    }

    /** Whether the call is handled as by a healthy server before it ends. */
    boolean executes() {
        if (ending instanceof Fault.DropConnection drop) {
            return drop.stage() == Fault.Stage.AFTER_EXECUTING;
        }
        if (ending instanceof Fault.Reply reply) {
            return reply.executed();
        }
        if (ending instanceof Fault.Hang hang) {
            return hang.executed();
        }
        if (ending instanceof Fault.ErrorAnswer error) {
            return error.executed();
        }
        if (ending instanceof Fault.NonHttp nonHttp) {
            return nonHttp.executed();
        }
        return true;
    }

    /** Whether the call ends before its body has been read. */
    boolean endsAfterHeaders() {
        return ending instanceof Fault.DropConnection drop && drop.stage() == Fault.Stage.AFTER_HEADERS;
    }

    static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) >= 0 ? one : other;
    }
}
