/** Tables and pictures of what was measured. */
@NullMarked
package io.ramet.benchmarks.report;

import org.jspecify.annotations.NullMarked;
