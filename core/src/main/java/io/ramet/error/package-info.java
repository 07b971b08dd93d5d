/** What can go wrong, typed, with its fields. */
@NullMarked
package io.ramet.error;

import org.jspecify.annotations.NullMarked;
