/** Replicas that share one limit, in virtual time. */
@NullMarked
package io.ramet.benchmarks.replicas;

import org.jspecify.annotations.NullMarked;
