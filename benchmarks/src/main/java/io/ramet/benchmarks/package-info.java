/** Measurements of Ramet, beside its floor and beside other clients. */
@NullMarked
package io.ramet.benchmarks;

import org.jspecify.annotations.NullMarked;
