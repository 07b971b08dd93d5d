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
 * A whole HTTP response, whatever it says.
 *
 * @param status the HTTP status
 * @param dateHeader its {@code Date} header, or null
 * @param body the whole body
 */
@SuppressWarnings("ArrayRecordComponent") // never compared: read once and forgotten
public record ApiResponse(int status, @Nullable String dateHeader, byte[] body) {

    /** {@return the server's time, or null if the response has none that can be read} */
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
     * @param <T> what it reads
     * @return what the reader returned; throws what the reader throws, but a {@link LostResponse} in place of an error
     *     of the virtual machine: Reactor throws such an error past all operators, and no subscriber would receive it
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
