package io.ramet.spring;

import io.ramet.reactor.CloneClientBuilder;

/**
 * A bean that has the last word on how the client is built, for what no property says: the transport, the clock. Several are
 * applied in their order.
 */
@FunctionalInterface
public interface CloneClientCustomizer {

    /**
     * Changes settings.
     *
     * @param builder with all that properties and other beans say
     */
    void customize(CloneClientBuilder builder);
}
