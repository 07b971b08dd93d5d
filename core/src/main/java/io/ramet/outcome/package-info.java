/** Outcomes of chunks and the report of a whole plan. */
@NullMarked
package io.ramet.outcome;

import org.jspecify.annotations.NullMarked;
