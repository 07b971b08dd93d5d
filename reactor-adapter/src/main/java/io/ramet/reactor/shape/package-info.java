/** Rate limiting: a request waits for a permit before it is signed and sent. */
@NullMarked
package io.ramet.reactor.shape;

import org.jspecify.annotations.NullMarked;
