/** Observers of what a client does. Those for Micrometer need it on the class path. */
@NullMarked
package io.ramet.reactor.observe;

import org.jspecify.annotations.NullMarked;
