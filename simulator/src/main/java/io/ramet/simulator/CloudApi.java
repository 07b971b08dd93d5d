package io.ramet.simulator;

import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/** The APIs behind the endpoint: checks a request in the order of the real service, then performs its action. */
final class CloudApi {

    private static final Logger LOG = LoggerFactory.getLogger(CloudApi.class);
    private static final int GREATEST_BODY = 10 * 1024 * 1024;
    private static final String VENDOR = ".tencentcloudapi.com";

    private final Clock clock;
    private final Map<Api, SignatureCheck> signatures;
    private final Permissions permissions;
    private final Map<Action, Handler> handlers;

    CloudApi(Clock clock, Map<Api, SignatureCheck> signatures, Permissions permissions, Map<Action, Handler> handlers) {
        this.clock = clock;
        this.signatures = Map.copyOf(signatures);
        this.permissions = permissions;
        this.handlers = Map.copyOf(handlers);
    }

    static boolean hasCommonHeaders(String action, String version, String timestamp) {
        return !action.isEmpty() && !version.isEmpty() && !timestamp.isEmpty();
    }

    /** The fields of the response; throws the error with which the server refuses the request. */
    ObjectNode handle(ApiRequest request, Admission admission, RateLimit limit) {
        checkHead(request);
        if (admission.overLimit()) {
            throw new ApiError("RequestLimitExceeded", "Your current request times exceed the limit: " + limit + ".");
        }
        Instant now = clock.instant();
        checkSize(request);
        Optional<Action> action = Action.named(request.header("X-TC-Action"));
        value(signatures, action.map(known -> known.api).orElse(Api.REDIS)).verify(request, now);
        Action known = checkRoute(request, action);
        permissions.check(known);
        Exchange exchange = new Exchange(request, Envelope.parameters(request.body()), admission, now);
        return perform(value(handlers, known), exchange);
    }

    /** A request that is executed more than once gets the response of the first execution. */
    private static ObjectNode perform(Handler handler, Exchange exchange) {
        ObjectNode response = handler.respond(exchange);
        for (int more = 1; more < exchange.admission().fault().executions(); more++) {
            try {
                handler.respond(exchange);
            } catch (ApiError hidden) {
                LOG.trace("executed again and refused: {}", hidden.code());
            }
        }
        return response;
    }

    private static <K, V> V value(Map<K, V> map, K key) {
        return Optional.ofNullable(map.get(key)).orElseThrow(() -> new IllegalStateException("nothing for " + key));
    }

    private static void checkHead(ApiRequest request) {
        for (String name : List.of("X-TC-Action", "X-TC-Version", "X-TC-Timestamp")) {
            if (request.header(name).isEmpty()) {
                throw missing(name);
            }
        }
    }

    private static void checkSize(ApiRequest request) {
        if (request.body().length > GREATEST_BODY) {
            throw new ApiError("RequestSizeLimitExceeded", "The request is larger than 10 MB.");
        }
    }

    private static Action checkRoute(ApiRequest request, Optional<Action> action) {
        if (!request.method().equals("POST")) {
            throw new ApiError("UnsupportedProtocol", "Only POST is simulated.");
        }
        if (request.header("X-TC-Region").isEmpty()
                && action.map(known -> known.api.needsRegion()).orElse(true)) {
            throw missing("X-TC-Region");
        }
        Action known = action.filter(simulated -> isServedBy(request.header("Host"), simulated.api))
                .orElseThrow(() -> new ApiError(
                        "InvalidAction", "The action is not simulated here: " + request.header("X-TC-Action")));
        if (!request.header("X-TC-Version").equals(known.api.version)) {
            throw new ApiError("NoSuchVersion", "There is no version " + request.header("X-TC-Version"));
        }
        if (!request.header("Content-Type").startsWith("application/json")) {
            throw new ApiError("UnsupportedProtocol", "The content type is not application/json.");
        }
        return known;
    }

    /** Each API has host names of its own; any other host, such as this one, serves all of them. */
    private static boolean isServedBy(String host, Api api) {
        return !host.endsWith(VENDOR) || host.startsWith(api.service + ".");
    }

    private static ApiError missing(String header) {
        return new ApiError("MissingParameter", "The request is missing the header " + header + ".");
    }
}
