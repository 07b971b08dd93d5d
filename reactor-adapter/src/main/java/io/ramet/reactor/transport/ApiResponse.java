package io.ramet.reactor.transport;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import org.jspecify.annotations.Nullable;

/**
 * A whole HTTP answer, whatever it says.
 *
 * @param status the HTTP status
 * @param dateHeader its {@code Date} header, or null
 * @param body the whole body
 */
@SuppressWarnings("ArrayRecordComponent") // never compared: read once and forgotten
public record ApiResponse(int status, @Nullable String dateHeader, byte[] body) {

    /** {@return the server's time, or null if it said none that can be read} */
    public @Nullable Instant date() {
        try {
            return dateHeader == null ? null : Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(dateHeader));
        } catch (DateTimeException e) {
            return null;
        }
    }

    /** {@return status and size} */
    @Override
    public String toString() {
        return "ApiResponse[" + status + ", " + body.length + " bytes]";
    }
}
