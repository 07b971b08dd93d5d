/** What a caller asks for and what a call answers. */
@NullMarked
package io.ramet.model;

import org.jspecify.annotations.NullMarked;
