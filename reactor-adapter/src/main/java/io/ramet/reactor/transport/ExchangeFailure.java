package io.ramet.reactor.transport;

import io.netty.handler.ssl.NotSslRecordException;
import java.io.IOException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;

/** Describes why an exchange failed, without quoting anything that was sent or received. */
public final class ExchangeFailure {

    private ExchangeFailure() {}

    /**
     * Describes why an exchange failed.
     *
     * @param failure a failure of the network; any other failure is described by its class only
     * @return the reason, in a form that can follow a colon
     */
    public static String words(Throwable failure) {
        if (failure instanceof NotSslRecordException) {
            return "TLS failed: the response is not TLS";
        }
        if (!quotesNothing(failure)) {
            return "an unexpected " + failure.getClass().getName();
        }
        String message = failure.getMessage();
        // Netty ends the message about a host name with a space.
        String detail = message == null ? "" : ": " + message.strip();
        if (failure instanceof UnknownHostException) {
            return "the host name cannot be resolved" + detail;
        }
        if (failure instanceof SSLException) {
            return "TLS failed" + detail;
        }
        if (failure instanceof TimeoutException) {
            return "no connection in time" + detail;
        }
        if (failure instanceof ClosedChannelException) {
            return "the connection was closed";
        }
        return message == null ? "the connection failed" : message;
    }

    /**
     * {@return whether the failure's message certainly quotes nothing that was sent or received, unlike the messages of
     * Netty's decoders and of its TLS}
     */
    public static boolean quotesNothing(Throwable failure) {
        return (failure instanceof IOException && !(failure instanceof NotSslRecordException))
                || failure instanceof TimeoutException;
    }
}
