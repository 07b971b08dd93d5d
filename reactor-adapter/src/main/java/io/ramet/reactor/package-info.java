/**
 * The client ({@link io.ramet.reactor.CloneClient}), its builder and the settings that are choices. The client holds no
 * rule: a plan is run by {@code run}, a chunk is sent by {@code call}, and both use {@code journal}, {@code shape},
 * {@code transport} and {@code observe}.
 */
@NullMarked
package io.ramet.reactor;

import org.jspecify.annotations.NullMarked;
