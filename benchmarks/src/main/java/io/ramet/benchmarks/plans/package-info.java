/** Many small plans at once, on a journal in a file. */
@NullMarked
package io.ramet.benchmarks.plans;

import org.jspecify.annotations.NullMarked;
