/**
 * Observers of a client's events ({@link io.ramet.reactor.observe.CloneObserver}) and their Micrometer forms, which
 * need Micrometer on the class path. {@code SafeObserver} prevents a failing observer from disturbing a purchase.
 */
@NullMarked
package io.ramet.reactor.observe;

import org.jspecify.annotations.NullMarked;
