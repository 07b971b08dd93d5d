/**
 * Credentials that are fetched over the network and refreshed: CVM role, TKE pod identity, assumed roles, and the
 * default chain.
 *
 * <p>{@link io.ramet.reactor.credentials.CredentialsSources} makes sources; {@link
 * io.ramet.reactor.credentials.RefreshingCredentials} makes a provider of one.
 */
@NullMarked
package io.ramet.reactor.credentials;

import org.jspecify.annotations.NullMarked;
