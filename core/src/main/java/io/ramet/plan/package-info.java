/** Splits a clone request into chunks. */
@NullMarked
package io.ramet.plan;

import org.jspecify.annotations.NullMarked;
