package io.ramet.reactor.transport;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A whole HTTP answer, whatever it says.
 *
 * @param status the HTTP status
 * @param date the server's time from its {@code Date} header, or null if it had none that can be read
 * @param body the whole body
 */
@SuppressWarnings("ArrayRecordComponent") // never compared: read once and forgotten
public record ApiReply(int status, @Nullable Instant date, byte[] body) {

    /** {@return status and size} */
    @Override
    public String toString() {
        return "ApiReply[" + status + ", " + body.length + " bytes]";
    }
}
