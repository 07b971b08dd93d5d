/** Measurements of Ramet, compared with the least possible cost (the floor) and with other clients. */
@NullMarked
package io.ramet.benchmarks;

import org.jspecify.annotations.NullMarked;
