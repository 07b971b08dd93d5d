package io.ramet.simulator;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;

/** The filter by BeginTime and EndTime, which may span at most 30 days. */
final class TimeSpan {

    private static final Duration LONGEST = Duration.ofDays(30);

    private TimeSpan() {}

    static Predicate<Instant> of(JsonNode parameters) {
        Optional<Instant> begin = time(parameters, "BeginTime");
        Optional<Instant> end = time(parameters, "EndTime");
        if (begin.isPresent() && end.isPresent()) {
            Duration length = Duration.between(begin.get(), end.get());
            if (length.isNegative() || length.compareTo(LONGEST) > 0) {
                throw Parameters.invalid("EndTime", "is not within 30 days from BeginTime");
            }
        }
        return instant -> !begin.filter(instant::isBefore).isPresent()
                && !end.filter(instant::isAfter).isPresent();
    }

    private static Optional<Instant> time(JsonNode parameters, String name) {
        String text = parameters.path(name).asString("");
        return text.isEmpty()
                ? Optional.empty()
                : Optional.of(Envelope.instant(text)
                        .orElseThrow(() -> Parameters.invalid(name, "is not yyyy-MM-dd HH:mm:ss: " + text)));
    }
}
