package io.ramet.reactor.transport;

import io.ramet.error.NotSent;
import io.ramet.sign.SignedHeaders;
import java.util.function.BooleanSupplier;

/**
 * A signed request, ready to be written.
 *
 * @param headers all headers, as signed
 * @param body the exact bytes that were signed
 * @param mayStart says whether the first byte may be written now
 * @param written run by the transport when the bytes have been handed to the operating system
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record ApiRequest(SignedHeaders headers, byte[] body, BooleanSupplier mayStart, Runnable written) {

    /**
     * Must be called by the transport on the thread that writes, as the last step before the first byte.
     *
     * @throws NotSent if the permit has expired, so that nothing may be written
     */
    public void begin() {
        if (!mayStart.getAsBoolean()) {
            throw new NotSent(NotSent.Reason.TOO_LATE, "the permit expired before it was used", null);
        }
    }

    /** {@return the action only, because the body may hold a password} */
    @Override
    public String toString() {
        return "ApiRequest[" + headers.action() + "]";
    }
}
