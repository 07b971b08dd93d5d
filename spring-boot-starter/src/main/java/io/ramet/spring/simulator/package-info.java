/** The simulator in the place of the real API, for tests and demonstrations; needs {@code ramet-simulator}. */
@NullMarked
package io.ramet.spring.simulator;

import org.jspecify.annotations.NullMarked;
