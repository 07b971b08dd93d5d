/** What goes over the wire and what comes back; the only package that imports Jackson. */
@NullMarked
package io.ramet.json;

import org.jspecify.annotations.NullMarked;
