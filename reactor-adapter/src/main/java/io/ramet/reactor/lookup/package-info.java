/**
 * Look-ups around a purchase, such as backups, prices and the state of the clones ({@link
 * io.ramet.reactor.lookup.LookupClient}), and the undo of a purchase. {@code UndoRule} decides which instances an undo
 * may change.
 */
@NullMarked
package io.ramet.reactor.lookup;

import org.jspecify.annotations.NullMarked;
