package io.ramet.simulator;

import io.netty.handler.codec.http.HttpHeaders;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A request as it was received, byte for byte. Not a record, because its headers and body must not be printed. */
final class ApiRequest {

    private static final Pattern CREDENTIAL = Pattern.compile("Credential=([^/]+)/");

    private final String method;
    private final String target;
    private final HttpHeaders headers;
    private final byte[] body;

    ApiRequest(String method, String target, HttpHeaders headers, byte[] body) {
        this.method = method;
        this.target = target;
        this.headers = headers;
        this.body = body;
    }

    String method() {
        return method;
    }

    /** The part of the request target after the question mark; empty if there is none. */
    String query() {
        int mark = target.indexOf('?');
        return mark < 0 ? "" : target.substring(mark + 1);
    }

    /** The header's value; empty if the header was not sent. */
    String header(String name) {
        return headers.get(name, "");
    }

    /** The same request as if it had been sent to the default port, which no Host header names. */
    ApiRequest onDefaultPort() {
        HttpHeaders host = headers.copy().set("Host", header("Host").replaceFirst(":\\d+$", ""));
        return new ApiRequest(method, target, host, body);
    }

    /** The id of the key that it names as its signer; empty if it names none. */
    String secretId() {
        Matcher credential = CREDENTIAL.matcher(header("Authorization"));
        return credential.find() ? credential.group(1) : "";
    }

    byte[] body() {
        return body;
    }
}
