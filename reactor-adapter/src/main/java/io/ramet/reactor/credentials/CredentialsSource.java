package io.ramet.reactor.credentials;

import reactor.core.publisher.Mono;

/** A source of credentials without a cache. {@link RefreshingCredentials} makes it a provider. */
public interface CredentialsSource {

    /** {@return the name of this source in messages, health and metrics, such as {@code CVM role}} */
    String name();

    /**
     * Fetches credentials once.
     *
     * @return the credentials; cold, and subscribed to on a thread that may block. Fails with {@link
     *     io.ramet.sign.CredentialsUnavailableException}, which says whether credentials are absent here or broken
     */
    Mono<SourcedCredentials> fetch();
}
