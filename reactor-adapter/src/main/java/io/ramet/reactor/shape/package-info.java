/** Making a call wait for its turn before it is signed and sent. */
@NullMarked
package io.ramet.reactor.shape;

import org.jspecify.annotations.NullMarked;
