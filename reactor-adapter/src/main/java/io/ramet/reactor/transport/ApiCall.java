package io.ramet.reactor.transport;

import io.ramet.sign.SignedHeaders;

/**
 * A signed call, ready to be written.
 *
 * @param headers every header, as signed
 * @param body the exact bytes that were signed
 * @param gone run by the transport when the bytes have been handed to the operating system
 */
@SuppressWarnings("ArrayRecordComponent") // never compared: written once and forgotten
public record ApiCall(SignedHeaders headers, byte[] body, Runnable gone) {

    /** {@return the action only: the body may hold a password} */
    @Override
    public String toString() {
        return "ApiCall[" + headers.action() + "]";
    }
}
