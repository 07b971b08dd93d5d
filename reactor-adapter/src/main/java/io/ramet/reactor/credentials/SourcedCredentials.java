package io.ramet.reactor.credentials;

import io.ramet.sign.Credentials;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Credentials as a source has handed them out.
 *
 * @param source the name of the source; for a chain, that of its link
 * @param credentials id, key and token, which belong together
 * @param validFor how long they are valid from now on; null if that is not known, as for permanent keys
 * @param kept whether they are kept until they expire. If not, the source is read again each time, because it is a
 *     local file or variable that another program may change
 */
public record SourcedCredentials(
        String source, Credentials credentials, @Nullable Duration validFor, boolean kept) {

    /** None live longer; a source that counts in milliseconds seems to say so. */
    private static final Duration LONGEST_LIFE = Duration.ofDays(365);

    /** A longer {@code validFor} is cut to a year: later it is counted in nanoseconds. */
    public SourcedCredentials {
        validFor = validFor == null || validFor.compareTo(LONGEST_LIFE) < 0 ? validFor : LONGEST_LIFE;
    }

    /** Credentials of a local file or variable. */
    static SourcedCredentials local(String source, Credentials credentials, @Nullable Duration validFor) {
        return new SourcedCredentials(source, credentials, validFor, false);
    }

    /** Credentials that were issued over the network for a limited time. */
    static SourcedCredentials issued(String source, Credentials credentials, Duration validFor) {
        return new SourcedCredentials(source, credentials, validFor, true);
    }
}
