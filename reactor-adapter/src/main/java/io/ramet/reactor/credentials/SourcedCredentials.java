package io.ramet.reactor.credentials;

import io.ramet.sign.Credentials;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Credentials from a source.
 *
 * @param source the name of the source; for a chain, that of its link
 * @param credentials id, key and token, which belong together
 * @param validFor how long they are valid from now on; null if that is not known, as with permanent keys
 * @param kept whether they are kept until they expire. If not, the source is read again each time, because it is a
 *     local file or variable that another program may change
 */
public record SourcedCredentials(
        String source, Credentials credentials, @Nullable Duration validFor, boolean kept) {

    /** A bound: no credentials live longer, but a source that counts in milliseconds would seem to say so. */
    private static final Duration LONGEST_LIFE = Duration.ofDays(365);

    /** Limits {@code validFor} to a year, because it is converted to nanoseconds later. */
    public SourcedCredentials {
        validFor = validFor == null || validFor.compareTo(LONGEST_LIFE) < 0 ? validFor : LONGEST_LIFE;
    }

    /** {@return credentials of a local file or variable} */
    static SourcedCredentials local(String source, Credentials credentials, @Nullable Duration validFor) {
        return new SourcedCredentials(source, credentials, validFor, false);
    }

    /** {@return credentials that were issued over the network for a limited time} */
    static SourcedCredentials issued(String source, Credentials credentials, Duration validFor) {
        return new SourcedCredentials(source, credentials, validFor, true);
    }
}
