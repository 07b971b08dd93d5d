/** TC3-HMAC-SHA256 signatures and credentials. */
@NullMarked
package io.ramet.sign;

import org.jspecify.annotations.NullMarked;
