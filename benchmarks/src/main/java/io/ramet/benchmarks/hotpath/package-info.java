/**
 * What one call costs before its bytes go and after they come: beside its floor, and beside what others do.
 *
 * <p>A floor is what cannot be avoided for the very bytes of {@link io.ramet.benchmarks.hotpath.ExampleCall}: it knows the
 * result beforehand and can make no other.
 */
@NullMarked
package io.ramet.benchmarks.hotpath;

import org.jspecify.annotations.NullMarked;
