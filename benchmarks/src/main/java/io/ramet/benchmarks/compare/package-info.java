/**
 * Whole clients: Ramet compared with others, each in a process of its own, against a server in another process; and
 * many plans through one client.
 */
@NullMarked
package io.ramet.benchmarks.compare;

import org.jspecify.annotations.NullMarked;
