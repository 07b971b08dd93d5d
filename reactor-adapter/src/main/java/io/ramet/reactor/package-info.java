/** The Mono and Flux door: start at {@link io.ramet.reactor.CloneClient}. */
@NullMarked
package io.ramet.reactor;

import org.jspecify.annotations.NullMarked;
