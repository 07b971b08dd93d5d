/** Ramet compared with other clients: each in a process of its own, against a server in another. */
@NullMarked
package io.ramet.benchmarks.compare;

import org.jspecify.annotations.NullMarked;
