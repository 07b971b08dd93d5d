package io.ramet.simulator;

import java.time.Duration;
import java.util.Map;

/**
 * The fault of one request, created by a factory method; {@link #and} combines two.
 *
 * <p>Some faults change what is bought or listed, others how the exchange ends for the client. Some factory methods
 * take a flag for execution. True means that the server handles the request as a healthy one does (and may refuse it)
 * before its response is lost or replaced. False means that the server ignores the request.
 *
 * @param delay how late the exchange ends, zero or more
 * @param visibleAfter the least time from the purchase until its instances are listed, zero or more
 * @param executions how often the request is executed, if it is executed at all; 1 or more
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

    /** {@return no fault: the server handles the request as usual} */
    public static Fault none() {
        return NONE;
    }

    /**
     * {@return a fault that delays the response; the request is executed on arrival}
     *
     * @param by the delay, zero or more
     */
    public static Fault latency(Duration by) {
        return new Fault(by, Duration.ZERO, 1, ALL, ALL, true, true, true, HEALTHY);
    }

    /**
     * {@return a fault that closes the connection (FIN) without a response}
     *
     * @param stage when
     */
    public static Fault close(Stage stage) {
        return drop(stage, false);
    }

    /**
     * {@return a fault that resets the connection (RST) without a response}
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
     * {@return a fault that executes the request, but sends only the first bytes of the response, with its head}
     *
     * @param bytes how many bytes are sent, from the status line on, before the connection is closed; zero or more
     */
    public static Fault cutResponse(int bytes) {
        return ending(new Ending.Cut(bytes, false), true);
    }

    /**
     * {@return a fault that executes the request, but sends only the head of the response and some of its body}
     *
     * @param bytes how many bytes of the body are sent before the connection is closed; zero or more
     */
    public static Fault cutBody(int bytes) {
        return ending(new Ending.Cut(bytes, true), true);
    }

    /** {@return a fault that executes the request, but responds with a body that is not JSON} */
    public static Fault garbage() {
        return garbage(true);
    }

    /**
     * {@return a fault that responds with HTTP 200 and a body that is not JSON}
     *
     * @param executed whether the request is executed
     */
    public static Fault garbage(boolean executed) {
        return response(200, Map.of("Content-Type", "application/json"), "\u0000<!{garbage", executed);
    }

    /**
     * {@return a fault that responds with HTTP 502 and an HTML page, as a proxy in front of the service does}
     *
     * @param executed whether the request is executed
     */
    public static Fault html502(boolean executed) {
        String page = "<html><head><title>502 Bad Gateway</title></head><body>502 Bad Gateway</body></html>";
        return response(502, Map.of("Content-Type", "text/html"), page, executed);
    }

    /**
     * {@return a fault that responds with HTTP 200 and <code>{}</code>, which is JSON but not a response of the API}
     *
     * @param executed whether the request is executed
     */
    public static Fault emptyObject(boolean executed) {
        return response(200, Map.of("Content-Type", "application/json"), "{}", executed);
    }

    /**
     * {@return a fault that responds with an HTTP status, such as 307, 408 or 503, and an empty body}
     *
     * @param status the status, 200 to 599
     * @param headers further headers, such as Location or Retry-After
     * @param executed whether the request is executed
     */
    public static Fault status(int status, Map<String, String> headers, boolean executed) {
        return response(status, headers, "", executed);
    }

    /**
     * {@return a fault that responds with any given response}
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
     * {@return a fault that sends no response at all: the connection stays open and silent}
     *
     * @param executed whether the request is executed
     */
    public static Fault hang(boolean executed) {
        return ending(new Ending.Hang(), executed);
    }

    /** {@return a fault that refuses the request with RequestLimitExceeded} */
    public static Fault throttle() {
        return throttle("RequestLimitExceeded");
    }

    /**
     * {@return a fault that refuses the request}
     *
     * @param code the error code, such as {@code RequestLimitExceeded.IPLimitExceeded}
     */
    public static Fault throttle(String code) {
        return error(code, false);
    }

    /**
     * {@return a fault that responds with an error code in the API's own envelope}
     *
     * @param code any error code
     * @param executed whether the request is executed nevertheless
     */
    public static Fault error(String code, boolean executed) {
        return ending(new Ending.Refuse(code), executed);
    }

    /**
     * {@return a fault that executes the request correctly, but DescribeInstances lists the instances late}
     *
     * @param by the delay after the execution, zero or more; the server's own delay applies if it is longer
     */
    public static Fault lateVisibility(Duration by) {
        return new Fault(Duration.ZERO, by, 1, ALL, ALL, true, true, true, HEALTHY);
    }

    /**
     * {@return a fault that creates all instances, but responds with the ids of only some of them}
     *
     * @param ids how many ids the response contains, zero or more
     */
    public static Fault fewerIds(int ids) {
        return new Fault(Duration.ZERO, Duration.ZERO, 1, ALL, ids, true, true, true, HEALTHY);
    }

    /**
     * {@return a fault that creates only some of the instances, and responds with their ids}
     *
     * @param instances how many are created, zero or more
     */
    public static Fault fewerInstances(int instances) {
        return new Fault(Duration.ZERO, Duration.ZERO, 1, instances, ALL, true, true, true, HEALTHY);
    }

    /** {@return a fault that executes the request twice, as if a proxy repeated a POST, and responds once} */
    public static Fault executedTwice() {
        return new Fault(Duration.ZERO, Duration.ZERO, 2, ALL, ALL, true, true, true, HEALTHY);
    }

    /**
     * {@return a fault that executes the request, but appends blanks to its correct response}
     *
     * @param bytes the size of its body, zero or more
     */
    public static Fault oversize(long bytes) {
        return ending(new Ending.Pad(bytes), true);
    }

    /** {@return a fault that executes the request, but responds without DealId and DealName} */
    public static Fault withoutDeal() {
        return withoutDealId().and(withoutDealName());
    }

    /** {@return a fault that executes the request, but responds without DealId} */
    public static Fault withoutDealId() {
        return new Fault(Duration.ZERO, Duration.ZERO, 1, ALL, ALL, false, true, true, HEALTHY);
    }

    /** {@return a fault that executes the request, but responds without DealName} */
    public static Fault withoutDealName() {
        return new Fault(Duration.ZERO, Duration.ZERO, 1, ALL, ALL, true, false, true, HEALTHY);
    }

    /**
     * {@return a fault that sends something that is not HTTP, then closes the connection}
     *
     * @param executed whether the request is executed
     */
    public static Fault nonHttp(boolean executed) {
        return ending(new Ending.SendNonHttp(), executed);
    }

    /**
     * {@return both faults in one. Delays are added; if both decide how the exchange ends, the other fault takes
     * precedence}
     *
     * @param other the other fault
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
