/** How a clone request is cut into calls. */
@NullMarked
package io.ramet.plan;

import org.jspecify.annotations.NullMarked;
