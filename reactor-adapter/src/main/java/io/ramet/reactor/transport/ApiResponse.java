package io.ramet.reactor.transport;

import io.ramet.error.LostResponse;
import io.ramet.error.LostResponse.Phase;
import io.ramet.json.ResponseJson;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A complete HTTP response of any status.
 *
 * @param status the HTTP status
 * @param dateHeader its {@code Date} header, or null
 * @param body the complete body
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record ApiResponse(int status, @Nullable String dateHeader, byte[] body) {

    /** {@return the server's time, or null if the response has no readable date} */
    public @Nullable Instant date() {
        try {
            return dateHeader == null ? null : Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(dateHeader));
        } catch (DateTimeException e) {
            return null;
        }
    }

    /**
     * Reads the response.
     *
     * @param reader reads it
     * @param <T> the result
     * @return the reader's result. Exceptions of the reader are thrown as they are, but an error of the virtual machine
     *     is replaced by a {@link LostResponse}: Reactor throws such an error past all operators, so no subscriber
     *     would receive it
     */
    public <T> T read(Function<? super ApiResponse, ? extends T> reader) {
        try {
            return reader.apply(this);
        } catch (LinkageError | VirtualMachineError e) {
            String what = "an unexpected " + e.getClass().getName();
            throw new LostResponse(Phase.ANSWERED, what, ResponseJson.requestIdIn(body), e);
        }
    }

    /** {@return status and size} */
    @Override
    public String toString() {
        return "ApiResponse[" + status + ", " + body.length + " bytes]";
    }
}
