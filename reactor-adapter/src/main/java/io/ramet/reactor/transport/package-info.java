/**
 * One HTTP exchange with the API, never repeated ({@link io.ramet.reactor.transport.ApiTransport}). {@code
 * ReactorNettyExchange} distinguishes "not sent" from "in doubt"; {@code ReactorNettyWire} filters what Reactor Netty
 * lets pass; {@code ConnectionAges} keeps a request from an old connection.
 */
@NullMarked
package io.ramet.reactor.transport;

import org.jspecify.annotations.NullMarked;
