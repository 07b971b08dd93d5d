package io.ramet.simulator;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** Reads parameters that several actions have in common. The schema of the action has been checked before. */
final class Parameters {

    private Parameters() {}

    static ApiError invalid(String name, String rule) {
        return new ApiError("InvalidParameter.InvalidParameter", name + " " + rule);
    }

    static ApiError empty(String name) {
        return new ApiError("InvalidParameter.EmptyParam", "The parameter `" + name + "` is empty.");
    }

    static String notBlank(JsonNode parameters, String name) {
        String value = parameters.path(name).asString("");
        if (value.isBlank()) {
            throw empty(name);
        }
        return value;
    }

    static long paging(JsonNode parameters, String name, long least, long greatest, long otherwise) {
        long value = parameters.path(name).asLong(otherwise);
        if (value < least || value > greatest) {
            throw invalid(name, "is not within " + least + " to " + greatest + ": " + value);
        }
        return value;
    }

    static Set<String> strings(JsonNode parameters, String name) {
        return values(parameters, name).map(JsonNode::stringValue).collect(Collectors.toCollection(HashSet::new));
    }

    /** One word or an array of words; refuses all but those given. */
    static Set<String> words(JsonNode parameters, String name, String... known) {
        Set<String> words = strings(parameters, name);
        words.stream().filter(word -> !Arrays.asList(known).contains(word)).forEach(word -> {
            throw invalid(name, "is no such word: " + word);
        });
        return words;
    }

    static Set<Long> integers(JsonNode parameters, String name) {
        return values(parameters, name).map(JsonNode::longValue).collect(Collectors.toCollection(HashSet::new));
    }

    /** One number or an array of numbers; refuses all but those given. */
    static Set<Long> integers(JsonNode parameters, String name, long... known) {
        Set<Long> numbers = integers(parameters, name);
        numbers.stream()
                .filter(number -> LongStream.of(known).noneMatch(one -> one == number))
                .forEach(number -> {
                    throw invalid(name, "has no such value: " + number);
                });
        return numbers;
    }

    private static Stream<JsonNode> values(JsonNode parameters, String name) {
        JsonNode value = parameters.path(name);
        return value.isMissingNode() || value.isArray() ? value.valueStream() : Stream.of(value);
    }
}
