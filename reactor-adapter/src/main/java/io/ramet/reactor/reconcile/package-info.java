/** Looking for the instances of a chunk by its mark. */
@NullMarked
package io.ramet.reactor.reconcile;

import org.jspecify.annotations.NullMarked;
