/** The client, its builder and its settings. Start at {@link io.ramet.reactor.CloneClient}. */
@NullMarked
package io.ramet.reactor;

import org.jspecify.annotations.NullMarked;
