/**
 * Sources of credentials, most of which fetch temporary ones over the network: CVM role, TKE pod identity, assumed
 * roles, and the default chain.
 *
 * <p>{@link io.ramet.reactor.credentials.CredentialsSources} creates sources; {@link
 * io.ramet.reactor.credentials.RefreshingCredentials} makes a source a provider.
 */
@NullMarked
package io.ramet.reactor.credentials;

import org.jspecify.annotations.NullMarked;
