package io.ramet.simulator;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What goes wrong with one request.
 *
 * <p>Some faults change what is bought or listed, others how the call ends for the client; {@link #and} combines them.
 * Where a fault says {@code executed}, true means that the request is handled as by a healthy server (which may refuse
 * it) before its answer is lost or replaced, false that it is not looked at.
 */
public sealed interface Fault {

    /** When a connection is dropped. */
    enum Stage {
        /** The head has been read, the body not. */
        AFTER_HEADERS,
        /** The whole request has been read, nothing has been done. */
        BEFORE_EXECUTING,
        /** The request has been executed, nothing of the answer is sent. */
        AFTER_EXECUTING
    }

    /** {@return nothing goes wrong} */
    static Fault none() {
        return new None();
    }

    /**
     * {@return an answer that comes late; the call is executed on arrival}
     *
     * @param by how late
     */
    static Fault latency(Duration by) {
        return new Latency(by);
    }

    /**
     * {@return the connection ends without an answer}
     *
     * @param stage when
     * @param reset whether it is reset (RST) rather than closed (FIN)
     */
    static Fault dropConnection(Stage stage, boolean reset) {
        return new DropConnection(stage, reset);
    }

    /**
     * {@return the connection is closed (FIN) without an answer}
     *
     * @param stage when
     */
    static Fault close(Stage stage) {
        return new DropConnection(stage, false);
    }

    /**
     * {@return the connection is reset (RST) without an answer}
     *
     * @param stage when
     */
    static Fault reset(Stage stage) {
        return new DropConnection(stage, true);
    }

    /**
     * {@return executed, but of the answer only the first bytes are sent, counted from its status line}
     *
     * @param bytes how many bytes are sent before the connection is closed
     */
    static Fault cutAnswer(int bytes) {
        return new CutAnswer(bytes, false);
    }

    /**
     * {@return executed, but of the answer only its head and the first bytes of its body are sent}
     *
     * @param bytes how many bytes of the body are sent before the connection is closed
     */
    static Fault cutBody(int bytes) {
        return new CutAnswer(bytes, true);
    }

    /** {@return executed, but the answer's body is no JSON} */
    static Fault garbage() {
        return garbage(true);
    }

    /**
     * {@return HTTP 200 with a body that is no JSON}
     *
     * @param executed whether the call is executed
     */
    static Fault garbage(boolean executed) {
        return new Reply(200, Map.of("Content-Type", "application/json"), "\u0000<!{garbage", executed);
    }

    /**
     * {@return HTTP 502 with an HTML page, as a proxy in front of the service answers}
     *
     * @param executed whether the call is executed
     */
    static Fault html502(boolean executed) {
        return new Reply(
                502,
                Map.of("Content-Type", "text/html"),
                "<html><head><title>502 Bad Gateway</title></head><body>502 Bad Gateway</body></html>",
                executed);
    }

    /**
     * {@return HTTP 200 with <code>{}</code>, JSON that is no answer}
     *
     * @param executed whether the call is executed
     */
    static Fault emptyObject(boolean executed) {
        return new Reply(200, Map.of("Content-Type", "application/json"), "{}", executed);
    }

    /**
     * {@return an HTTP status with an empty body, such as 307, 408 or 503}
     *
     * @param status the status
     * @param headers further headers, such as Location or Retry-After
     * @param executed whether the call is executed
     */
    static Fault status(int status, Map<String, String> headers, boolean executed) {
        return new Reply(status, headers, "", executed);
    }

    /**
     * {@return any answer of one's own}
     *
     * @param status the HTTP status
     * @param headers its headers; Content-Length and Date are added
     * @param body its body
     * @param executed whether the call is executed
     */
    static Fault reply(int status, Map<String, String> headers, String body, boolean executed) {
        return new Reply(status, headers, body, executed);
    }

    /**
     * {@return no answer at all: the connection stays open and silent}
     *
     * @param executed whether the call is executed
     */
    static Fault hang(boolean executed) {
        return new Hang(executed);
    }

    /** {@return refused with RequestLimitExceeded, not executed} */
    static Fault throttle() {
        return throttle("RequestLimitExceeded");
    }

    /**
     * {@return refused, not executed}
     *
     * @param code the error code, such as {@code RequestLimitExceeded.IPLimitExceeded}
     */
    static Fault throttle(String code) {
        return new ErrorAnswer(code, false);
    }

    /**
     * {@return an error code in the API's own envelope}
     *
     * @param code any error code
     * @param executed whether the call is executed all the same
     */
    static Fault error(String code, boolean executed) {
        return new ErrorAnswer(code, executed);
    }

    /**
     * {@return executed and answered, but DescribeInstances shows the instances late}
     *
     * @param by how late; counts from the execution, in place of the server's own delay when that is shorter
     */
    static Fault lateVisibility(Duration by) {
        return new LateVisibility(by);
    }

    /**
     * {@return all instances are made, but the answer names only some of them}
     *
     * @param ids how many it names
     */
    static Fault fewerIds(int ids) {
        return new FewerIds(ids);
    }

    /**
     * {@return only some of the instances are made, and the answer names those}
     *
     * @param instances how many are made
     */
    static Fault fewerInstances(int instances) {
        return new FewerInstances(instances);
    }

    /** {@return executed twice and answered once, as by a proxy that repeats a POST of which it heard nothing} */
    static Fault executedTwice() {
        return new ExecutedTwice();
    }

    /**
     * {@return executed, but the answer is enormous: correct, and followed by blanks}
     *
     * @param bytes the size of its body
     */
    static Fault oversize(long bytes) {
        return new Oversize(bytes);
    }

    /** {@return executed, but the answer has neither DealId nor DealName} */
    static Fault withoutDeal() {
        return new WithheldDeal(true, true);
    }

    /** {@return executed, but the answer has no DealId} */
    static Fault withoutDealId() {
        return new WithheldDeal(true, false);
    }

    /** {@return executed, but the answer has no DealName} */
    static Fault withoutDealName() {
        return new WithheldDeal(false, true);
    }

    /** {@return executed, but what comes back is not HTTP} */
    static Fault nonHttp() {
        return nonHttp(true);
    }

    /**
     * {@return what comes back is not HTTP, then the connection is closed}
     *
     * @param executed whether the call is executed
     */
    static Fault nonHttp(boolean executed) {
        return new NonHttp(executed);
    }

    /**
     * {@return both faults. Where both decide how the call ends, the other one does; delays add up}
     *
     * @param other the other one
     */
    default Fault and(Fault other) {
        return new Combined(List.of(this, other));
    }

    /** See {@link Fault#none}. */
    record None() implements Fault {

        @Override
        public Fault and(Fault other) {
            return other;
        }
    }

    /**
     * See {@link Fault#latency}.
     *
     * @param by how late the answer comes
     */
    record Latency(Duration by) implements Fault {

        /**
         * Refuses what makes no sense.
         *
         * @param by how late the answer comes
         */
        public Latency {
            Require.notNegative("latency", by);
        }
    }

    /**
     * See {@link Fault#close} and {@link Fault#reset}.
     *
     * @param stage when
     * @param reset whether the connection is reset rather than closed
     */
    record DropConnection(Stage stage, boolean reset) implements Fault {}

    /**
     * See {@link Fault#cutAnswer} and {@link Fault#cutBody}.
     *
     * @param bytes how many bytes are sent
     * @param ofBody whether only those of the body count
     */
    record CutAnswer(int bytes, boolean ofBody) implements Fault {

        /**
         * Refuses what makes no sense.
         *
         * @param bytes how many bytes are sent
         * @param ofBody whether only those of the body count
         */
        public CutAnswer {
            Require.notNegative("bytes", bytes);
        }
    }

    /**
     * See {@link Fault#reply}, {@link Fault#status}, {@link Fault#garbage}, {@link Fault#html502} and
     * {@link Fault#emptyObject}.
     *
     * @param status the HTTP status
     * @param headers its headers
     * @param body its body
     * @param executed whether the call is executed
     */
    record Reply(int status, Map<String, String> headers, String body, boolean executed) implements Fault {

        /**
         * Copies the headers and refuses a status that no final answer has.
         *
         * @param status the HTTP status
         * @param headers its headers
         * @param body its body
         * @param executed whether the call is executed
         */
        public Reply {
            if (status < 200 || status > 599) {
                throw new IllegalArgumentException("status is not within 200 to 599: " + status);
            }
            headers = Map.copyOf(headers);
        }
    }

    /**
     * See {@link Fault#hang}.
     *
     * @param executed whether the call is executed
     */
    record Hang(boolean executed) implements Fault {}

    /**
     * See {@link Fault#error} and {@link Fault#throttle}.
     *
     * @param code the error code
     * @param executed whether the call is executed
     */
    record ErrorAnswer(String code, boolean executed) implements Fault {

        /**
         * Refuses what makes no sense.
         *
         * @param code the error code
         * @param executed whether the call is executed
         */
        public ErrorAnswer {
            Require.notBlank("code", code);
        }
    }

    /**
     * See {@link Fault#lateVisibility}.
     *
     * @param by how late the instances are listed
     */
    record LateVisibility(Duration by) implements Fault {

        /**
         * Refuses what makes no sense.
         *
         * @param by how late the instances are listed
         */
        public LateVisibility {
            Require.notNegative("lateVisibility", by);
        }
    }

    /**
     * See {@link Fault#fewerIds}.
     *
     * @param ids how many ids the answer names
     */
    record FewerIds(int ids) implements Fault {

        /**
         * Refuses what makes no sense.
         *
         * @param ids how many ids the answer names
         */
        public FewerIds {
            Require.notNegative("ids", ids);
        }
    }

    /**
     * See {@link Fault#fewerInstances}.
     *
     * @param instances how many instances are made
     */
    record FewerInstances(int instances) implements Fault {

        /**
         * Refuses what makes no sense.
         *
         * @param instances how many instances are made
         */
        public FewerInstances {
            Require.notNegative("instances", instances);
        }
    }

    /** See {@link Fault#executedTwice}. */
    record ExecutedTwice() implements Fault {}

    /**
     * See {@link Fault#oversize}.
     *
     * @param bytes the size of the answer's body
     */
    record Oversize(long bytes) implements Fault {

        /**
         * Refuses what makes no sense.
         *
         * @param bytes the size of the answer's body
         */
        public Oversize {
            Require.notNegative("bytes", bytes);
        }
    }

    /**
     * See {@link Fault#withoutDeal}.
     *
     * @param id whether DealId is left out
     * @param name whether DealName is left out
     */
    record WithheldDeal(boolean id, boolean name) implements Fault {}

    /**
     * See {@link Fault#nonHttp}.
     *
     * @param executed whether the call is executed
     */
    record NonHttp(boolean executed) implements Fault {}

    /**
     * See {@link Fault#and}.
     *
     * @param parts the faults that come together
     */
    record Combined(List<Fault> parts) implements Fault {

        /**
         * Takes combined parts apart, so that there is one level only.
         *
         * @param parts the faults that come together
         */
        public Combined {
            parts = parts.stream().flatMap(Combined::apart).toList();
        }

        private static Stream<Fault> apart(Fault fault) {
            return fault instanceof Combined combined ? combined.parts().stream() : Stream.of(fault);
        }
    }
}
