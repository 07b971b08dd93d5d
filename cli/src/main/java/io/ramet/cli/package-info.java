/**
 * The command line {@code ramet}, for operators: one class for each command, {@code CloneRun} for a purchase with
 * progress and signals, {@code ExitCode} for the result.
 */
@NullMarked
package io.ramet.cli;

import org.jspecify.annotations.NullMarked;
