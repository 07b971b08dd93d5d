/** Tables and pictures of measurements. */
@NullMarked
package io.ramet.benchmarks.report;

import org.jspecify.annotations.NullMarked;
