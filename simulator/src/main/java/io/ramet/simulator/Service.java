package io.ramet.simulator;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The API behind the gateway: checks a call in the order of the real one, executes it, and tells the books. */
final class Service {

    private static final int GREATEST_BODY = 10 * 1024 * 1024;
    private static final List<String> ACTIONS = List.of(
            Simulator.CLONE_INSTANCES,
            Simulator.DESCRIBE_INSTANCES,
            Simulator.DESCRIBE_INSTANCE_DEAL_DETAIL,
            Simulator.DESCRIBE_INSTANCE_BACKUPS);

    private final Clock clock;
    private final SignatureCheck signatures;
    private final Sources sources;
    private final Estate estate;
    private final InstanceListing instances;
    private final DealListing deals;
    private final BackupListing backups;
    private final Books books;

    Service(
            Clock clock,
            SignatureCheck signatures,
            Sources sources,
            Estate estate,
            Duration initialisingFor,
            Books books) {
        this.clock = clock;
        this.signatures = signatures;
        this.sources = sources;
        this.estate = estate;
        this.instances = new InstanceListing(estate, sources, initialisingFor);
        this.deals = new DealListing(estate);
        this.backups = new BackupListing(sources);
        this.books = books;
    }

    static boolean hasCommonHeaders(String action, String version, String timestamp) {
        return !action.isEmpty() && !version.isEmpty() && !timestamp.isEmpty();
    }

    /** The fields of the answer; throws what the server refuses. */
    ObjectNode handle(Call call, Admission admission, RateLimit limit) {
        checkHead(call);
        if (admission.overLimit()) {
            throw new Refusal("RequestLimitExceeded", "Your current request times exceed the limit: " + limit + ".");
        }
        Instant now = clock.instant();
        checkSize(call);
        signatures.verify(call, now);
        checkRoute(call);
        return perform(call, Envelope.parameters(call.body()), admission, now);
    }

    private static void checkHead(Call call) {
        for (String name : List.of("X-TC-Action", "X-TC-Version", "X-TC-Timestamp")) {
            if (call.header(name).isEmpty()) {
                throw missing(name);
            }
        }
    }

    private static void checkSize(Call call) {
        if (call.body().length > GREATEST_BODY) {
            throw new Refusal("RequestSizeLimitExceeded", "The request is larger than 10 MB.");
        }
    }

    private static void checkRoute(Call call) {
        if (!call.method().equals("POST")) {
            throw new Refusal("UnsupportedProtocol", "Only POST is simulated.");
        }
        if (call.header("X-TC-Region").isEmpty()) {
            throw missing("X-TC-Region");
        }
        if (!ACTIONS.contains(call.header("X-TC-Action"))) {
            throw new Refusal("InvalidAction", "The action is not simulated: " + call.header("X-TC-Action"));
        }
        if (!call.header("X-TC-Version").equals(Simulator.VERSION)) {
            throw new Refusal("NoSuchVersion", "There is no version " + call.header("X-TC-Version"));
        }
        if (!call.header("Content-Type").startsWith("application/json")) {
            throw new Refusal("UnsupportedProtocol", "The content type is not application/json.");
        }
    }

    private static Refusal missing(String header) {
        return new Refusal("MissingParameter", "The request is missing the header " + header + ".");
    }

    private ObjectNode perform(Call call, JsonNode parameters, Admission admission, Instant now) {
        return switch (call.header("X-TC-Action")) {
            case Simulator.CLONE_INSTANCES -> cloneInstances(call, parameters, admission, now);
            case Simulator.DESCRIBE_INSTANCES -> instances.answer(parameters, now);
            case Simulator.DESCRIBE_INSTANCE_DEAL_DETAIL -> deals.answer(parameters);
            default -> backups.answer(parameters, now);
        };
    }

    private ObjectNode cloneInstances(Call call, JsonNode parameters, Admission admission, Instant now) {
        CloneOrder order = CloneOrder.of(parameters);
        sources.check(order.sourceId());
        Course course = admission.course();
        BoughtDeal deal = execute(call, order, admission, now);
        for (int more = 1; more < course.executions(); more++) {
            execute(call, order, admission, now);
        }
        return answer(deal, course);
    }

    private BoughtDeal execute(Call call, CloneOrder order, Admission admission, Instant now) {
        BoughtDeal deal = estate.buy(order, admission.course(), now);
        books.executed(new Execution(
                admission.arrival().sequence(),
                admission.arrival().requestId(),
                order.instanceName(),
                order.goodsNum(),
                SignatureCheck.sha256(call.body()),
                deal.id(),
                deal.name(),
                deal.instanceIds(),
                order.billingMode(),
                now));
        return deal;
    }

    private static ObjectNode answer(BoughtDeal deal, Course course) {
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        if (course.dealId()) {
            answer.put("DealId", deal.id());
        }
        if (course.dealName()) {
            answer.put("DealName", deal.name());
        }
        ArrayNode ids = answer.putArray("InstanceIds");
        deal.instanceIds().stream().limit(course.ids()).forEach(ids::add);
        return answer;
    }
}
