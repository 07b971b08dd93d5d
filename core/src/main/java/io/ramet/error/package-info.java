/**
 * Failures, typed and with fields. {@link io.ramet.error.ErrorCodes} says which code of the API has which effect; a
 * {@link io.ramet.error.CallFailure} is the failure of one request, a {@link io.ramet.error.RunFailure} that of a whole
 * run.
 */
@NullMarked
package io.ramet.error;

import org.jspecify.annotations.NullMarked;
