package io.ramet.spring;

import io.ramet.sign.CredentialsProvider;
import java.net.URI;
import org.springframework.boot.autoconfigure.service.connection.ConnectionDetails;

/**
 * The endpoint, the region and the credentials of the API. A bean of this type takes the place of {@code ramet.region},
 * {@code ramet.endpoint}, {@code ramet.credentials} and of a {@link CredentialsProvider} bean: this is how a test
 * points a client at a simulator.
 */
public interface RametConnectionDetails extends ConnectionDetails {

    /** {@return the region, sent as {@code X-TC-Region}} */
    String region();

    /** {@return scheme, host and port} */
    URI endpoint();

    /** {@return the provider that is called before each request} */
    CredentialsProvider credentials();
}
