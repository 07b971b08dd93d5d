/** Seeing what a client does while it does it; with Micrometer, if that is on the class path. */
@NullMarked
package io.ramet.reactor.observe;

import org.jspecify.annotations.NullMarked;
