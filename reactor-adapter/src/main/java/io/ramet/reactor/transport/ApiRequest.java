package io.ramet.reactor.transport;

import io.ramet.error.NotSent;
import io.ramet.sign.SignedHeaders;
import java.util.function.BooleanSupplier;

/**
 * A signed request, ready to be written.
 *
 * @param headers every header, as signed
 * @param body the exact bytes that were signed
 * @param mayStart whether the first byte may be written now
 * @param written run by the transport when the bytes have been handed to the operating system
 */
@SuppressWarnings("ArrayRecordComponent") // never compared: written once and forgotten
public record ApiRequest(SignedHeaders headers, byte[] body, BooleanSupplier mayStart, Runnable written) {

    /**
     * To be called by the transport on the thread that writes, as the last step before the first byte.
     *
     * @throws NotSent if its permit has expired: nothing may be written
     */
    public void begin() {
        if (!mayStart.getAsBoolean()) {
            throw new NotSent(NotSent.Reason.TOO_LATE, "the permit expired before it was used", null);
        }
    }

    /** {@return the action only: the body may hold a password} */
    @Override
    public String toString() {
        return "ApiRequest[" + headers.action() + "]";
    }
}
