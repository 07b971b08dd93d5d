package io.ramet.spring;

import io.ramet.reactor.CloneClientBuilder;

/**
 * Customizes the builder of the client, for settings without a property, such as the transport or the clock. Beans of
 * this type are applied last, in their order.
 */
@FunctionalInterface
public interface CloneClientCustomizer {

    /**
     * Changes settings.
     *
     * @param builder has the settings of the properties and of other beans
     */
    void customize(CloneClientBuilder builder);
}
