/**
 * Observers of a client's events ({@link io.ramet.reactor.observe.CloneObserver}) and their Micrometer forms, which
 * need Micrometer on the class path. {@code SafeObserver} keeps a failing observer from a purchase.
 */
@NullMarked
package io.ramet.reactor.observe;

import org.jspecify.annotations.NullMarked;
