package io.ramet.model;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A backup of an instance, with the facts that decide whether it can be cloned. Its times are as the API writes them,
 * without a zone, which is presumed to be UTC+8.
 *
 * @param backupId its id, which a clone request names
 * @param instanceId the instance that it was taken from
 * @param startedAt when it was started, or null if that cannot be read
 * @param expiresAt when its file is deleted, or null if that cannot be read
 * @param bytes its size, or null if that is not known
 * @param kind the origin of the backup
 * @param status the API's number: 2 is the normal one
 * @param isLocked whether another task holds it
 * @param instanceType the API's number for the type of the instance, or null if that is not known
 */
public record Backup(
        String backupId,
        String instanceId,
        @Nullable LocalDateTime startedAt,
        @Nullable LocalDateTime expiresAt,
        @Nullable Long bytes,
        Kind kind,
        int status,
        boolean isLocked,
        @Nullable Integer instanceType) {

    private static final int NORMAL = 2;
    private static final int EXPORTING = 3;
    private static final int EXPORTED = 4;
    /** Redis 2.8 and CKV, which can be restored and not cloned. */
    private static final Set<Integer> NOT_CLONED = Set.of(2, 3, 4, 5);

    private static final ZoneOffset PRESUMED_ZONE = ZoneOffset.ofHours(8);
    /** Whatever the zone is, a time in it is less than a day from the same time in the presumed one. */
    private static final Duration MARGIN = Duration.ofHours(24);

    /** The origin of a backup. */
    public enum Kind {
        /** The schedule of the instance. */
        AUTOMATIC,
        /** A person or a program. */
        MANUAL,
        /** The API has sent a word that is not known here. */
        OTHER
    }

    /** Whether a backup can be cloned. */
    public enum Clonable {
        /** It can be cloned, by all that is known. */
        YES,
        /** It is not known for certain. */
        PERHAPS,
        /** A purchase would be refused. */
        NO
    }

    /**
     * A judgement on a backup.
     *
     * @param clonable whether it can be cloned
     * @param reason the reason, in words; empty for {@link Clonable#YES}
     */
    public record Verdict(Clonable clonable, String reason) {}

    /**
     * Judges whether the backup can be cloned.
     *
     * @param until the end of the whole purchase: the backup must not expire before it
     * @return the verdict; {@code PERHAPS} if it expires within 24 h of that time, because the zone of its expiry is
     *     presumed
     */
    public Verdict verdict(Instant until) {
        if (instanceType != null && NOT_CLONED.contains(instanceType)) {
            return new Verdict(Clonable.NO, "instances of type " + instanceType + " cannot be cloned");
        }
        if (isLocked) {
            return new Verdict(Clonable.NO, "another task holds it");
        }
        if (status != NORMAL && status != EXPORTING && status != EXPORTED) {
            return new Verdict(Clonable.NO, "its status is " + status + " (" + word() + ")");
        }
        Instant expiry = expiresAt == null ? null : expiresAt.toInstant(PRESUMED_ZONE);
        if (expiry != null && expiry.plus(MARGIN).isBefore(until)) {
            return new Verdict(Clonable.NO, "it expires at " + expiresAt);
        }
        if (status != NORMAL) {
            return new Verdict(Clonable.PERHAPS, "its status is " + status + " (" + word() + ")");
        }
        if (expiry == null || expiry.minus(MARGIN).isBefore(until)) {
            return new Verdict(
                    Clonable.PERHAPS, expiry == null ? "its expiry is not known" : "it expires soon, at " + expiresAt);
        }
        return new Verdict(Clonable.YES, "");
    }

    private String word() {
        return switch (status) {
            case 1 -> "in progress, or held by another task";
            case EXPORTING -> "being exported";
            case EXPORTED -> "exported";
            case -1 -> "expired";
            case -2 -> "deleted";
            default -> "not known";
        };
    }
}
