/** Clone requests and deals. */
@NullMarked
package io.ramet.model;

import org.jspecify.annotations.NullMarked;
