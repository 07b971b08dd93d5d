package io.ramet.cli;

import java.util.regex.Pattern;

/** The message of a failure without the names of Java's exceptions, which mean nothing to an operator. */
final class FailureText {

    private static final Pattern HOST = Pattern.compile("UnknownHostException: ([^\\s:,;]+)(: [^;,()]*)?");
    private static final Pattern TLS = Pattern.compile("\\b(SSL\\w*|CertPath\\w*|NotSslRecord)Exception(: )?");
    private static final Pattern CLOSED = Pattern.compile("\\b(PrematureClose|ClosedChannel)Exception(: )?");
    private static final Pattern NAMED = Pattern.compile("\\b\\w+Exception: ");

    private FailureText() {}

    static String of(Throwable failure) {
        String text = String.valueOf(failure.getMessage());
        text = HOST.matcher(text).replaceAll("there is no host $1");
        text = TLS.matcher(text).replaceAll("TLS failed: ");
        text = CLOSED.matcher(text).replaceAll("the connection was closed: ");
        return NAMED.matcher(text).replaceAll("").replaceFirst(": $", "");
    }
}
