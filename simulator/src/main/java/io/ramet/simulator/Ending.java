package io.ramet.simulator;

import java.util.Map;

/** How an exchange ends: with the server's response, or as a {@link Fault} demands. */
public sealed interface Ending {

    /** The response is sent. */
    record Respond() implements Ending {}

    /**
     * The server responds with an error in the API's own envelope.
     *
     * @param code the error code
     */
    record Refuse(String code) implements Ending {

        /** Rejects a blank code. */
        public Refuse {
            Preconditions.notBlank("code", code);
        }
    }

    /**
     * Another response is sent.
     *
     * @param status the HTTP status, 200 to 599
     * @param headers the headers; Content-Length and Date are added
     * @param body the body
     */
    record Replace(int status, Map<String, String> headers, String body) implements Ending {

        /** Copies the headers and rejects a status that no final response has. */
        public Replace {
            if (status < 200 || status > 599) {
                throw new IllegalArgumentException("status is not within 200 to 599: " + status);
            }
            headers = Map.copyOf(headers);
        }
    }

    /**
     * The response is sent, followed by blanks.
     *
     * @param bytes the size of the whole body, zero or more
     */
    record Pad(long bytes) implements Ending {

        /** Rejects a negative size. */
        public Pad {
            Preconditions.notNegative("bytes", bytes);
        }
    }

    /**
     * The first bytes of the response are sent, then the connection is closed.
     *
     * @param bytes how many bytes are sent, zero or more
     * @param ofBody whether the whole head is sent as well, so that only bytes of the body are counted
     */
    record Cut(int bytes, boolean ofBody) implements Ending {

        /** Rejects a negative number. */
        public Cut {
            Preconditions.notNegative("bytes", bytes);
        }
    }

    /** Something that is not HTTP is sent, then the connection is closed. */
    record SendNonHttp() implements Ending {}

    /** Nothing is sent, and the connection stays open. */
    record Hang() implements Ending {}

    /**
     * Nothing is sent, and the connection is dropped.
     *
     * @param stage when
     * @param reset whether it is reset (RST) rather than closed (FIN)
     */
    record Drop(Fault.Stage stage, boolean reset) implements Ending {}
}
