package io.ramet.simulator;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;

/**
 * A backup of an instance.
 *
 * @param backupId its id
 * @param instanceId the instance that was backed up
 * @param startedAt when the backup began, by the server's clock
 * @param endedAt when it ended
 * @param expiresAt when its file is deleted; its status is -1 from then on
 * @param status 1 in progress, 2 normal, 3 and 4 for an export, -2 deleted
 * @param locked whether a task of the service uses it
 * @param automatic whether the service made it, instead of a user
 * @param size its size in bytes, zero or more
 * @param remark a note; empty if there is none
 */
public record Backup(
        String backupId,
        String instanceId,
        Instant startedAt,
        Instant endedAt,
        Instant expiresAt,
        int status,
        boolean locked,
        boolean automatic,
        long size,
        String remark) {

    private static final Duration TAKES = Duration.ofSeconds(90);
    private static final Duration KEPT = Duration.ofDays(7);
    private static final int EXPIRED = -1;

    /** Rejects missing ids and a negative size. */
    public Backup {
        Preconditions.notBlank("backupId", backupId);
        Preconditions.notBlank("instanceId", instanceId);
        Preconditions.notNegative("size", size);
        Objects.requireNonNull(remark, "remark");
    }

    /**
     * {@return an automatic backup of 1 MB that took 90 seconds, can be cloned, and is kept for 7 days}
     *
     * @param backupId its id
     * @param instanceId the instance that was backed up
     * @param startedAt when the backup began
     */
    public static Backup of(String backupId, String instanceId, Instant startedAt) {
        return new Backup(
                backupId,
                instanceId,
                startedAt,
                startedAt.plus(TAKES),
                startedAt.plus(KEPT),
                2,
                false,
                true,
                1024 * 1024,
                "");
    }

    /**
     * {@return this backup with another status}
     *
     * @param status the status
     */
    public Backup status(int status) {
        return new Backup(backupId, instanceId, startedAt, endedAt, expiresAt, status, locked, automatic, size, remark);
    }

    /** {@return this backup, in use by a task of the service} */
    public Backup lockedByTask() {
        return new Backup(backupId, instanceId, startedAt, endedAt, expiresAt, status, true, automatic, size, remark);
    }

    /**
     * {@return this backup with another time of expiry}
     *
     * @param at when its file is deleted
     */
    public Backup expiring(Instant at) {
        return new Backup(backupId, instanceId, startedAt, endedAt, at, status, locked, automatic, size, remark);
    }

    /**
     * {@return this backup, made by a user instead of the service}
     *
     * @param note the user's remark
     */
    public Backup manual(String note) {
        return new Backup(backupId, instanceId, startedAt, endedAt, expiresAt, status, locked, false, size, note);
    }

    int status(Instant now) {
        return now.isBefore(expiresAt) ? status : EXPIRED;
    }
}
