/**
 * What people want to know around a purchase: which backup, whether the clones run, where they are. {@link
 * io.ramet.reactor.lookup.LookupClient} is the door; the rest is internal.
 */
@NullMarked
package io.ramet.reactor.lookup;

import org.jspecify.annotations.NullMarked;
