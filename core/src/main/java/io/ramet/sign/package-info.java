/**
 * Signs requests with TC3-HMAC-SHA256 ({@link io.ramet.sign.Tc3Signer}). A {@link io.ramet.sign.CredentialsProvider}
 * has the credentials; those that need a network are in {@code ramet-reactor}.
 */
@NullMarked
package io.ramet.sign;

import org.jspecify.annotations.NullMarked;
