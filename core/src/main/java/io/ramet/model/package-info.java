/**
 * The values that a caller passes and receives: {@link io.ramet.model.CloneRequest}, which checks every rule of the API
 * that needs no request, and {@link io.ramet.model.Deal}. A {@link io.ramet.model.Secret} never prints itself.
 */
@NullMarked
package io.ramet.model;

import org.jspecify.annotations.NullMarked;
