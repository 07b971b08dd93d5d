/** Typed errors with fields. */
@NullMarked
package io.ramet.error;

import org.jspecify.annotations.NullMarked;
