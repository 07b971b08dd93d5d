package io.ramet.simulator;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The API behind the endpoint: checks a request in the order of the real API, executes it and records it. */
final class RedisApi {

    private static final int GREATEST_BODY = 10 * 1024 * 1024;

    private final Clock clock;
    private final SignatureCheck signatures;
    private final Inventory inventory;
    private final InstanceListing instances;
    private final DealListing deals;
    private final BackupListing backups;
    private final Books books;

    RedisApi(Clock clock, SignatureCheck signatures, Inventory inventory, Duration initialisingFor, Books books) {
        this.clock = clock;
        this.signatures = signatures;
        this.inventory = inventory;
        this.instances = new InstanceListing(inventory, initialisingFor);
        this.deals = new DealListing(inventory);
        this.backups = new BackupListing(inventory);
        this.books = books;
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
        signatures.verify(request, now);
        checkRoute(request);
        return perform(request, Envelope.parameters(request.body()), admission, now);
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

    private static void checkRoute(ApiRequest request) {
        if (!request.method().equals("POST")) {
            throw new ApiError("UnsupportedProtocol", "Only POST is simulated.");
        }
        if (request.header("X-TC-Region").isEmpty()) {
            throw missing("X-TC-Region");
        }
        if (!Action.SIMULATED.contains(request.header("X-TC-Action"))) {
            throw new ApiError("InvalidAction", "The action is not simulated: " + request.header("X-TC-Action"));
        }
        if (!request.header("X-TC-Version").equals(Action.VERSION)) {
            throw new ApiError("NoSuchVersion", "There is no version " + request.header("X-TC-Version"));
        }
        if (!request.header("Content-Type").startsWith("application/json")) {
            throw new ApiError("UnsupportedProtocol", "The content type is not application/json.");
        }
    }

    private static ApiError missing(String header) {
        return new ApiError("MissingParameter", "The request is missing the header " + header + ".");
    }

    private ObjectNode perform(ApiRequest request, JsonNode parameters, Admission admission, Instant now) {
        return switch (request.header("X-TC-Action")) {
            case Action.CLONE_INSTANCES -> cloneInstances(request, parameters, admission, now);
            case Action.DESCRIBE_INSTANCES -> instances.respond(parameters, now);
            case Action.DESCRIBE_INSTANCE_DEAL_DETAIL -> deals.respond(parameters);
            default -> backups.respond(parameters, now);
        };
    }

    private ObjectNode cloneInstances(ApiRequest request, JsonNode parameters, Admission admission, Instant now) {
        CloneOrder order = CloneOrder.of(parameters);
        inventory.checkSource(order.sourceId());
        Inventory.Deal deal = execute(request, order, admission, now);
        for (int more = 1; more < admission.fault().executions(); more++) {
            execute(request, order, admission, now);
        }
        return response(deal, admission.fault());
    }

    private Inventory.Deal execute(ApiRequest request, CloneOrder order, Admission admission, Instant now) {
        Inventory.Deal deal = inventory.buy(order, admission.fault(), now);
        books.executed(new Execution(
                admission.arrival().sequence(),
                admission.arrival().requestId(),
                order.instanceName(),
                order.goodsNum(),
                SignatureCheck.sha256(request.body()),
                deal.id(),
                deal.name(),
                deal.instanceIds(),
                order.billingMode(),
                now));
        return deal;
    }

    private static ObjectNode response(Inventory.Deal deal, Fault fault) {
        ObjectNode response = JsonNodeFactory.instance.objectNode();
        if (fault.dealId()) {
            response.put("DealId", deal.id());
        }
        if (fault.dealName()) {
            response.put("DealName", deal.name());
        }
        ArrayNode ids = response.putArray("InstanceIds");
        deal.instanceIds().stream().limit(fault.ids()).forEach(ids::add);
        return response;
    }
}
