package io.ramet.simulator;

import io.ramet.simulator.CloneOrder.Tag;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/**
 * Selects the instances that a DescribeInstances request wants: those that meet all its filters. The filters that the
 * API documents as deprecated or internal (VpcIds, SubnetIds, RegionIds, MonitorVersion) narrow nothing.
 */
final class InstanceFilter {

    private static final int MOST_IDS = 100;

    static final JsonSchema SCHEMA = JsonSchema.object()
            .optional(JsonSchema.UNSIGNED, "Limit", "Offset")
            .optional(JsonSchema.STRING, "InstanceId", "SearchKey", "InstanceName", "BillingMode", "OrderBy")
            .optional(JsonSchema.STRING, "EngineName", "AzMode", "MonitorVersion")
            .optional(JsonSchema.INTEGER, "OrderType", "Type", "TypeVersion")
            .optional(JsonSchema.arrayOf(JsonSchema.STRING), "InstanceIds", "SearchKeys", "TagKeys", "ProductVersions")
            .optional(JsonSchema.arrayOf(JsonSchema.STRING), "UniqVpcIds", "UniqSubnetIds", "VpcIds", "SubnetIds")
            .optional(JsonSchema.arrayOf(JsonSchema.INTEGER), "Status", "AutoRenew", "ProjectIds", "RegionIds")
            .optional(JsonSchema.arrayOf(JsonSchema.INTEGER), "TypeList")
            .optional(JsonSchema.arrayOf(Tag.SCHEMA), "InstanceTags");

    private InstanceFilter() {}

    static Predicate<Instance> of(JsonNode parameters, Instant now) {
        return Stream.of(
                        byIdentity(parameters),
                        byState(parameters, now),
                        byProduct(parameters),
                        byPlace(parameters),
                        byTags(parameters))
                .reduce(instance -> true, Predicate::and);
    }

    private static Predicate<Instance> byIdentity(JsonNode parameters) {
        Set<String> ids = Parameters.strings(parameters, "InstanceIds");
        if (ids.size() > MOST_IDS) {
            throw Parameters.invalid("InstanceIds", "has more than " + MOST_IDS + " elements: " + ids.size());
        }
        Set<String> keys = Parameters.strings(parameters, "SearchKeys");
        Predicate<Instance> byKey = instance -> keys.isEmpty()
                || keys.contains(instance.id())
                || keys.contains(instance.address())
                || keys.stream().anyMatch(instance.name()::contains);
        // All name filters are fuzzy.
        BiPredicate<Instance, String> named =
                (instance, part) -> instance.name().contains(part);
        return anyOf(ids, Instance::id)
                .and(anyOf(Parameters.strings(parameters, "InstanceId"), Instance::id))
                .and(text(parameters, "SearchKey", named))
                .and(text(parameters, "InstanceName", named))
                .and(byKey);
    }

    private static Predicate<Instance> byState(JsonNode parameters, Instant now) {
        return anyOf(Parameters.integers(parameters, "Status", -3, -2, 0, 1, 2), instance ->
                        (long) instance.status(now))
                .and(anyOf(Parameters.integers(parameters, "AutoRenew", 0, 1, 2), instance ->
                        (long) instance.order().autoRenew()))
                .and(anyOf(
                        Parameters.words(parameters, "BillingMode", "postpaid", "prepaid"),
                        instance -> instance.order().billingMode() == CloneOrder.PREPAID ? "prepaid" : "postpaid"));
    }

    private static Predicate<Instance> byProduct(JsonNode parameters) {
        long[] types =
                ProductType.ALL.keySet().stream().mapToLong(Integer::longValue).toArray();
        return anyOf(Parameters.integers(parameters, "Type", types), instance ->
                        (long) instance.specification().type())
                .and(anyOf(Parameters.integers(parameters, "TypeList", types), instance ->
                        (long) instance.specification().type()))
                .and(anyOf(Parameters.integers(parameters, "TypeVersion", 1, 2, 3), instance ->
                        (long) instance.type().typeVersion()))
                .and(text(
                        parameters,
                        "EngineName",
                        (instance, name) -> instance.type().engineName().equals(name)))
                .and(anyOf(Parameters.words(parameters, "ProductVersions", "local", "cdc"), instance -> "local"));
    }

    private static Predicate<Instance> byPlace(JsonNode parameters) {
        return anyOf(
                        Parameters.strings(parameters, "UniqVpcIds"),
                        instance -> instance.order().vpcId())
                .and(anyOf(
                        Parameters.strings(parameters, "UniqSubnetIds"),
                        instance -> instance.order().subnetId()))
                .and(anyOf(
                        Parameters.integers(parameters, "ProjectIds"),
                        instance -> instance.order().projectId()))
                .and(anyOf(Parameters.words(parameters, "AzMode", "singleaz", "multiaz"), instance -> "singleaz"));
    }

    private static Predicate<Instance> byTags(JsonNode parameters) {
        List<Tag> tags = Tag.listIn(parameters, "InstanceTags");
        Set<String> keys = Parameters.strings(parameters, "TagKeys");
        return instance -> instance.order().tags().containsAll(tags)
                && instance.order().tags().stream()
                        .map(Tag::key)
                        .collect(Collectors.toSet())
                        .containsAll(keys);
    }

    private static Predicate<Instance> text(JsonNode parameters, String name, BiPredicate<Instance, String> fits) {
        JsonNode value = parameters.path(name);
        return instance -> value.isMissingNode() || fits.test(instance, value.stringValue());
    }

    private static <T> Predicate<Instance> anyOf(Set<T> wanted, Function<Instance, T> property) {
        return instance -> wanted.isEmpty() || wanted.contains(property.apply(instance));
    }
}
