/** TC3-HMAC-SHA256 signatures and the credentials they are made with. */
@NullMarked
package io.ramet.sign;

import org.jspecify.annotations.NullMarked;
