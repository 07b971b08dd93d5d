package io.ramet.simulator;

import io.netty.handler.codec.http.HttpHeaders;

/** A request as it was received, byte for byte. Not a record: its headers and body are not for printing. */
final class Call {

    private final String method;
    private final String target;
    private final HttpHeaders headers;
    private final byte[] body;

    Call(String method, String target, HttpHeaders headers, byte[] body) {
        this.method = method;
        this.target = target;
        this.headers = headers;
        this.body = body;
    }

    String method() {
        return method;
    }

    /** What follows the question mark of the request target, empty when nothing does. */
    String query() {
        int mark = target.indexOf('?');
        return mark < 0 ? "" : target.substring(mark + 1);
    }

    /** The header's value, empty when it was not sent. */
    String header(String name) {
        return headers.get(name, "");
    }

    byte[] body() {
        return body;
    }
}
