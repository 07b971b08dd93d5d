package io.ramet.simulator;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** DescribeParamTemplates. If no template is configured, every template that a request names exists. */
final class Templates implements Handler {

    private static final int USUAL_TYPE = 16;
    private static final int MOST_NAMED = 50;

    private static final JsonSchema SCHEMA = JsonSchema.object()
            .optional(JsonSchema.arrayOf(JsonSchema.INTEGER), "ProductTypes")
            .optional(JsonSchema.arrayOf(JsonSchema.STRING), "TemplateNames", "TemplateIds")
            .optional(JsonSchema.UNSIGNED, "Limit", "Offset");

    /** The product type of each template. */
    private final Map<String, Integer> known;

    Templates(SimulatorBuilder options) {
        this.known = Map.copyOf(options.templates);
    }

    void check(CloneOrder order) {
        if (!known.isEmpty() && !order.templateId().isEmpty() && !known.containsKey(order.templateId())) {
            throw new ApiError("InvalidParameterValue.CheckNotPass", "No template has the id " + order.templateId());
        }
    }

    @Override
    public ObjectNode respond(Exchange exchange) {
        JsonNode parameters = exchange.parameters(SCHEMA);
        long limit = Parameters.paging(parameters, "Limit", 0, 200, 200);
        long offset = Parameters.paging(parameters, "Offset", 0, Integer.MAX_VALUE, 0);
        Set<String> ids = named(parameters, "TemplateIds");
        Set<String> names = named(parameters, "TemplateNames");
        Set<Long> types = Parameters.integers(parameters, "ProductTypes");
        Map<String, Integer> candidates =
                known.isEmpty() ? ids.stream().collect(Collectors.toMap(id -> id, id -> USUAL_TYPE)) : known;
        List<Map.Entry<String, Integer>> found = new TreeMap<>(candidates)
                .entrySet().stream()
                        .filter(template -> ids.isEmpty() || ids.contains(template.getKey()))
                        .filter(template -> names.isEmpty() || names.contains(template.getKey()))
                        .filter(template -> types.isEmpty()
                                || types.contains(template.getValue().longValue()))
                        .toList();
        ObjectNode response = JsonNodeFactory.instance.objectNode().put("TotalCount", found.size());
        ArrayNode items = response.putArray("Items");
        found.stream()
                .skip(offset)
                .limit(limit)
                .forEach(template -> items.addObject()
                        .put("TemplateId", template.getKey())
                        .put("Name", template.getKey())
                        .put("Description", "")
                        .put("ProductType", template.getValue()));
        return response;
    }

    private static Set<String> named(JsonNode parameters, String name) {
        Set<String> named = Parameters.strings(parameters, name);
        if (named.size() > MOST_NAMED) {
            throw Parameters.invalid(name, "has more than " + MOST_NAMED + " elements: " + named.size());
        }
        return named;
    }
}
