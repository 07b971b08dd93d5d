package io.ramet.reactor.run;

import java.util.Map;
import java.util.stream.Collectors;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

/** The Reactor context of a run's requests. */
final class RequestContext {

    private RequestContext() {}

    /**
     * {@return the subscriber's context, such as traces and baggage, without the entries of Reactor's own operators:
     * with an {@code onErrorContinue} downstream, a failed request would be dropped without an outcome}
     */
    static Context inherited(ContextView subscriber) {
        return Context.of(subscriber.stream()
                .filter(entry -> !entry.getKey().toString().startsWith("reactor."))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)));
    }
}
