/**
 * Look-ups around a purchase: which backup, which price, whether the clones run, where they are. {@link
 * io.ramet.reactor.lookup.LookupClient} is the door; the rest is internal. An undo is here as well: {@code UndoRule}
 * decides which instances it may change.
 */
@NullMarked
package io.ramet.reactor.lookup;

import org.jspecify.annotations.NullMarked;
