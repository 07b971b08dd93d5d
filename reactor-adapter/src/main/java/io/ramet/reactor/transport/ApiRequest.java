package io.ramet.reactor.transport;

import io.ramet.error.NotSent;
import io.ramet.sign.SignedHeaders;
import java.util.function.BooleanSupplier;

/**
 * A signed call, ready to be written.
 *
 * @param headers every header, as signed
 * @param body the exact bytes that were signed
 * @param mayGo asked by the transport when the first byte is about to be written; if false, nothing is written
 * @param gone run by the transport when the bytes have been handed to the operating system
 */
@SuppressWarnings("ArrayRecordComponent") // never compared: written once and forgotten
public record ApiRequest(SignedHeaders headers, byte[] body, BooleanSupplier mayGo, Runnable gone) {

    /**
     * To be called by the transport on the thread that writes, as the last thing before the first byte.
     *
     * @throws NotSent if its permit has expired
     */
    public void begin() {
        if (!mayGo.getAsBoolean()) {
            throw new NotSent(NotSent.Reason.TOO_LATE, "the permit expired before it was used", null);
        }
    }

    /** {@return the action only: the body may hold a password} */
    @Override
    public String toString() {
        return "ApiRequest[" + headers.action() + "]";
    }
}
