package io.ramet.simulator;

import java.time.Duration;
import java.util.Map;

/**
 * The fault of one request; made by the factory methods and combined by {@link #and}.
 *
 * <p>Some faults change what is bought or listed, others how the exchange ends for the client. Where a factory method
 * takes a flag for execution, true means that the server handles the request as a healthy one does (and may refuse it)
 * before its response is lost or replaced; false means that the server does not look at the request.
 *
 * @param delay how late the exchange ends, zero or more
 * @param visibleAfter the least time from the purchase until its instances are listed, zero or more
 * @param executions how often the request is executed, if it is; 1 or more
 * @param instances the most instances that are created, zero or more
 * @param ids the most instance ids that the response contains, zero or more
 * @param dealId whether the response contains a DealId
 * @param dealName whether the response contains a DealName
 * @param executes whether the server handles the request as a healthy one does before the exchange ends
 * @param ending how the exchange ends
 */
public record Fault(
        Duration delay,
        Duration visibleAfter,
        int executions,
        int instances,
        int ids,
        boolean dealId,
        boolean dealName,
        boolean executes,
        Ending ending) {

    private static final int ALL = Integer.MAX_VALUE;
    private static final Ending HEALTHY = new Ending.Respond();
    private static final Fault NONE = ending(HEALTHY, true);

    /** Rejects negative values. */
    public Fault {
        Preconditions.notNegative("delay", delay);
        Preconditions.notNegative("visibleAfter", visibleAfter);
        Preconditions.atLeastOne("executions", executions);
        Preconditions.notNegative("instances", instances);
        Preconditions.notNegative("ids", ids);
    }

    private static Fault ending(Ending ending, boolean executed) {
        return new Fault(Duration.ZERO, Duration.ZERO, 1, ALL, ALL, true, true, executed, ending);
    }

    /** When a connection is dropped. */
    public enum Stage {
        /** The head of the request has been read, but not its body. */
        AFTER_HEADERS,
        /** The whole request has been read, but not executed. */
        BEFORE_EXECUTING,
        /** The request has been executed, but no byte of the response is sent. */
        AFTER_EXECUTING
    }

    /** {@return no fault: the request is handled as usual} */
    public static Fault none() {
        return NONE;
    }

    /**
     * {@return a response that comes late; the request is executed on arrival}
     *
     * @param by how late, zero or more
     */
    public static Fault latency(Duration by) {
        return new Fault(by, Duration.ZERO, 1, ALL, ALL, true, true, true, HEALTHY);
    }

    /**
     * {@return the connection is closed (FIN) without a response}
     *
     * @param stage when
     */
    public static Fault close(Stage stage) {
        return drop(stage, false);
    }

    /**
     * {@return the connection is reset (RST) without a response}
     *
     * @param stage when
     */
    public static Fault reset(Stage stage) {
        return drop(stage, true);
    }

    private static Fault drop(Stage stage, boolean reset) {
        return ending(new Ending.Drop(stage, reset), stage == Stage.AFTER_EXECUTING);
    }

    /**
     * {@return executed, but only the first bytes of the response are sent, counted from its status line}
     *
     * @param bytes how many bytes are sent before the connection is closed, zero or more
     */
    public static Fault cutResponse(int bytes) {
        return ending(new Ending.Cut(bytes, false), true);
    }

    /**
     * {@return executed, but only the head of the response and the first bytes of its body are sent}
     *
     * @param bytes how many bytes of the body are sent before the connection is closed, zero or more
     */
    public static Fault cutBody(int bytes) {
        return ending(new Ending.Cut(bytes, true), true);
    }

    /** {@return executed, but the body of the response is not JSON} */
    public static Fault garbage() {
        return garbage(true);
    }

    /**
     * {@return HTTP 200 with a body that is not JSON}
     *
     * @param executed whether the request is executed
     */
    public static Fault garbage(boolean executed) {
        return response(200, Map.of("Content-Type", "application/json"), "\u0000<!{garbage", executed);
    }

    /**
     * {@return HTTP 502 with an HTML page, as a proxy in front of the service sends it}
     *
     * @param executed whether the request is executed
     */
    public static Fault html502(boolean executed) {
        String page = "<html><head><title>502 Bad Gateway</title></head><body>502 Bad Gateway</body></html>";
        return response(502, Map.of("Content-Type", "text/html"), page, executed);
    }

    /**
     * {@return HTTP 200 with <code>{}</code>, which is JSON but not a response of the API}
     *
     * @param executed whether the request is executed
     */
    public static Fault emptyObject(boolean executed) {
        return response(200, Map.of("Content-Type", "application/json"), "{}", executed);
    }

    /**
     * {@return an HTTP status with an empty body, such as 307, 408 or 503}
     *
     * @param status the status, 200 to 599
     * @param headers further headers, such as Location or Retry-After
     * @param executed whether the request is executed
     */
    public static Fault status(int status, Map<String, String> headers, boolean executed) {
        return response(status, headers, "", executed);
    }

    /**
     * {@return any given response}
     *
     * @param status the HTTP status, 200 to 599
     * @param headers its headers; Content-Length and Date are added
     * @param body its body
     * @param executed whether the request is executed
     */
    public static Fault response(int status, Map<String, String> headers, String body, boolean executed) {
        return ending(new Ending.Replace(status, headers, body), executed);
    }

    /**
     * {@return no response at all: the connection stays open and silent}
     *
     * @param executed whether the request is executed
     */
    public static Fault hang(boolean executed) {
        return ending(new Ending.Hang(), executed);
    }

    /** {@return refused with RequestLimitExceeded, not executed} */
    public static Fault throttle() {
        return throttle("RequestLimitExceeded");
    }

    /**
     * {@return refused, not executed}
     *
     * @param code the error code, such as {@code RequestLimitExceeded.IPLimitExceeded}
     */
    public static Fault throttle(String code) {
        return error(code, false);
    }

    /**
     * {@return an error code in the API's own envelope}
     *
     * @param code any error code
     * @param executed whether the request is executed all the same
     */
    public static Fault error(String code, boolean executed) {
        return ending(new Ending.Refuse(code), executed);
    }

    /**
     * {@return executed with a correct response, but DescribeInstances lists the instances late}
     *
     * @param by how late, counted from the execution, zero or more; the server's own delay applies if that is longer
     */
    public static Fault lateVisibility(Duration by) {
        return new Fault(Duration.ZERO, by, 1, ALL, ALL, true, true, true, HEALTHY);
    }

    /**
     * {@return all instances are created, but the response contains the ids of only some of them}
     *
     * @param ids how many ids it contains, zero or more
     */
    public static Fault fewerIds(int ids) {
        return new Fault(Duration.ZERO, Duration.ZERO, 1, ALL, ids, true, true, true, HEALTHY);
    }

    /**
     * {@return only some of the instances are created, and the response contains their ids}
     *
     * @param instances how many are created, zero or more
     */
    public static Fault fewerInstances(int instances) {
        return new Fault(Duration.ZERO, Duration.ZERO, 1, instances, ALL, true, true, true, HEALTHY);
    }

    /** {@return executed twice with one response, as by a proxy that repeats a POST after a silence} */
    public static Fault executedTwice() {
        return new Fault(Duration.ZERO, Duration.ZERO, 2, ALL, ALL, true, true, true, HEALTHY);
    }

    /**
     * {@return executed, but the response is enormous: correct, and followed by blanks}
     *
     * @param bytes the size of its body, zero or more
     */
    public static Fault oversize(long bytes) {
        return ending(new Ending.Pad(bytes), true);
    }

    /** {@return executed, but the response has neither DealId nor DealName} */
    public static Fault withoutDeal() {
        return withoutDealId().and(withoutDealName());
    }

    /** {@return executed, but the response has no DealId} */
    public static Fault withoutDealId() {
        return new Fault(Duration.ZERO, Duration.ZERO, 1, ALL, ALL, false, true, true, HEALTHY);
    }

    /** {@return executed, but the response has no DealName} */
    public static Fault withoutDealName() {
        return new Fault(Duration.ZERO, Duration.ZERO, 1, ALL, ALL, true, false, true, HEALTHY);
    }

    /**
     * {@return the client receives something that is not HTTP, then the connection is closed}
     *
     * @param executed whether the request is executed
     */
    public static Fault nonHttp(boolean executed) {
        return ending(new Ending.SendNonHttp(), executed);
    }

    /**
     * {@return both faults. Delays add up; if both decide how the exchange ends, the other one wins}
     *
     * @param other the other one
     */
    public Fault and(Fault other) {
        Fault last = other.ending.equals(HEALTHY) ? this : other;
        return new Fault(
                delay.plus(other.delay),
                longer(visibleAfter, other.visibleAfter),
                Math.max(executions, other.executions),
                Math.min(instances, other.instances),
                Math.min(ids, other.ids),
                dealId && other.dealId,
                dealName && other.dealName,
                last.executes,
                last.ending);
    }

    /** Whether the exchange ends before the body of the request has been read. */
    boolean endsAfterHeaders() {
        return ending instanceof Ending.Drop drop && drop.stage() == Stage.AFTER_HEADERS;
    }

    static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) >= 0 ? one : other;
    }
}
