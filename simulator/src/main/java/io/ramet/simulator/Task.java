package io.ramet.simulator;

import java.time.Duration;
import java.time.Instant;

/**
 * A task of the service that changes one instance.
 *
 * @param type the number of its type in DescribeTaskList
 * @param endsAt when it ends; {@link Instant#MAX} if it never does
 * @param fails whether it fails then
 */
record Task(long id, String type, Instance instance, Instant startedAt, Instant endsAt, boolean fails) {

    private static final long FIRST_CREATION = 100_000_000;

    /** The task that has created an instance; computed from the instance, not stored. */
    static Task creating(Instance instance) {
        Fate fate = instance.fate();
        return new Task(
                FIRST_CREATION + instance.ordinal(),
                "026",
                instance,
                instance.createdAt(),
                fate.end() == Fate.End.NEVER
                        ? Instant.MAX
                        : instance.createdAt().plus(fate.after()),
                fate.end() == Fate.End.FAILS);
    }

    /** The result as a number, as DescribeTaskList has it. */
    int result(Instant now) {
        if (now.isBefore(endsAt)) {
            return 1;
        }
        return fails ? 4 : 2;
    }

    /** The result as a word, as DescribeTaskInfo has it. */
    String status(Instant now) {
        return switch (result(now)) {
            case 1 -> "running";
            case 2 -> "succeed";
            default -> "failed";
        };
    }

    double progress(Instant now) {
        if (!now.isBefore(endsAt)) {
            return 1;
        }
        Duration passed = Duration.between(startedAt, now);
        return endsAt.equals(Instant.MAX)
                ? 0.5
                : (double) passed.toNanos()
                        / Duration.between(startedAt, endsAt).toNanos();
    }
}
