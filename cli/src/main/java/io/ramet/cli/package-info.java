/** {@code ramet}: plans, clones and simulates from a shell. */
@NullMarked
package io.ramet.cli;

import org.jspecify.annotations.NullMarked;
