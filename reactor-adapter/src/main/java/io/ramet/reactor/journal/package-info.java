/** A write-ahead record of every chunk: that it is about to be sent, and what became of it. */
@NullMarked
package io.ramet.reactor.journal;

import org.jspecify.annotations.NullMarked;
