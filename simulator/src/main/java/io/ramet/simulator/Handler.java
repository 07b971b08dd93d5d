package io.ramet.simulator;

import tools.jackson.databind.node.ObjectNode;

/** Performs one action. */
@FunctionalInterface
interface Handler {

    /** The fields of the response; throws an {@link ApiError} to refuse the request. */
    ObjectNode respond(Exchange exchange);
}
