/**
 * HTTP exchanges with the API, which are never repeated ({@link io.ramet.reactor.transport.ApiTransport}). {@code
 * ReactorNettyExchange} distinguishes "not sent" from "in doubt", {@code ReactorNettyWire} drops interim responses and
 * rejects unusable connections, and {@code ConnectionAges} decides which connections are too old.
 */
@NullMarked
package io.ramet.reactor.transport;

import org.jspecify.annotations.NullMarked;
