package io.ramet.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A loopback server that gives the response in the API's documents to each request of an action: all documented fields,
 * with other ids and names. It keeps no state but the name of the clone that is bought and whether it is isolated.
 */
final class DocumentedApi implements AutoCloseable {

    private static final String CLONE = "crs-kic3abcd";

    private final JsonMapper json = JsonMapper.shared();
    private final Map<String, JsonNode> responses = new ConcurrentHashMap<>();
    private final List<String> actions = new CopyOnWriteArrayList<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final HttpServer server;
    private volatile String name = "";
    private volatile boolean isolated;

    DocumentedApi() throws IOException {
        try (InputStream documents =
                Objects.requireNonNull(getClass().getResourceAsStream("/documented-responses.json"))) {
            json.readTree(documents)
                    .forEachEntry((action, response) ->
                            responses.put(action, json.createObjectNode().set("Response", response)));
        }
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::exchange);
        server.setExecutor(threads);
        server.start();
    }

    /** Changes the response to an action, such as to a variant in which the documents contradict each other. */
    DocumentedApi with(String action, Consumer<ObjectNode> change) {
        change.accept((ObjectNode) response(action).get("Response"));
        return this;
    }

    /** Replaces the whole body of the response to an action. */
    DocumentedApi with(String action, JsonNode body) {
        responses.put(action, body);
        return this;
    }

    URI uri() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    /** {@return the actions that were requested, in their order} */
    List<String> actions() {
        return actions;
    }

    /** {@return the bodies of all responses} */
    Collection<JsonNode> responses() {
        return responses.values();
    }

    private JsonNode response(String action) {
        return Objects.requireNonNull(responses.get(action), action);
    }

    private void exchange(HttpExchange exchange) throws IOException {
        try (exchange) {
            String action = exchange.getRequestHeaders().getFirst("X-TC-Action");
            JsonNode parameters = json.readTree(exchange.getRequestBody().readAllBytes());
            actions.add(action);
            byte[] body = json.writeValueAsBytes(responseTo(action, parameters));
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
        }
    }

    private JsonNode responseTo(String action, JsonNode parameters) {
        if (action.equals("CloneInstances")) {
            name = parameters.get("InstanceName").asString();
        } else if (action.equals("DestroyPostpaidInstance")) {
            isolated = true;
        }
        boolean aboutTheClone = parameters.has("SearchKey") || parameters.has("InstanceIds");
        return action.equals("DescribeInstances") && aboutTheClone ? listing() : response(action);
    }

    /** The clone is shown as the source is, apart from what a purchase determines. */
    private JsonNode listing() {
        JsonNode body = response("DescribeInstances").deepCopy();
        ObjectNode listing = (ObjectNode) body.get("Response");
        ArrayNode instances = (ArrayNode) listing.get("InstanceSet");
        if (name.isEmpty()) {
            instances.removeAll();
        } else {
            ((ObjectNode) instances.get(0))
                    .put("InstanceId", CLONE)
                    .put("InstanceName", name)
                    .put("BillingMode", 0)
                    .put("Status", isolated ? -2 : 2);
        }
        listing.put("TotalCount", instances.size());
        return body;
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
