/** Where it stands that a chunk is about to be sent, before it is, and what became of it. */
@NullMarked
package io.ramet.reactor.journal;

import org.jspecify.annotations.NullMarked;
