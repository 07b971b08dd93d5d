/** What became of a chunk and of a whole plan. */
@NullMarked
package io.ramet.outcome;

import org.jspecify.annotations.NullMarked;
