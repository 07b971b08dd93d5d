package io.ramet.reactor.transport;

import java.io.IOException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;

/** Says in words why an exchange failed. The words hold nothing that was sent or received. */
public final class ExchangeFailure {

    private ExchangeFailure() {}

    /**
     * Says why an exchange failed.
     *
     * @param failure a failure of the network, or any other, of which only the class is named
     * @return the reason, to be read after a colon
     */
    public static String words(Throwable failure) {
        if (!quotesNothing(failure)) {
            return "an unexpected " + failure.getClass().getName();
        }
        String message = failure.getMessage();
        String detail = message == null ? "" : ": " + message;
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
     * {@return whether the failure's message can hold nothing that was sent or received: Netty's decoders quote what
     * they cannot read}
     */
    public static boolean quotesNothing(Throwable failure) {
        return failure instanceof IOException || failure instanceof TimeoutException;
    }
}
