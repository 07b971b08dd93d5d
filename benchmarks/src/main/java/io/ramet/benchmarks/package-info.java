/** What Ramet costs, beside its floor and beside what others do. */
@NullMarked
package io.ramet.benchmarks;

import org.jspecify.annotations.NullMarked;
