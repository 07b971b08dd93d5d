/** One HTTP exchange with the API, never repeated. */
@NullMarked
package io.ramet.reactor.transport;

import org.jspecify.annotations.NullMarked;
