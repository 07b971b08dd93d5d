/** Connects the client to the simulator, for tests and demonstrations; needs {@code ramet-simulator}. */
@NullMarked
package io.ramet.spring.simulator;

import org.jspecify.annotations.NullMarked;
