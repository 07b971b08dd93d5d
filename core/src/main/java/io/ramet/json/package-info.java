/** Requests, responses and stored outcomes as JSON; the only package that imports Jackson. */
@NullMarked
package io.ramet.json;

import org.jspecify.annotations.NullMarked;
