package io.ramet.simulator;

/** The server says no: an error code of the API, and text that never quotes a password. */
final class Refusal extends RuntimeException {

    private final String code;

    Refusal(String code, String message) {
        super(message, null, false, false);
        this.code = code;
    }

    String code() {
        return code;
    }

    String text() {
        return String.valueOf(getMessage());
    }
}
