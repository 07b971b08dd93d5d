package io.ramet.cli;

import java.net.URI;
import java.net.URISyntaxException;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads {@code --endpoint}. Never quotes a URL that it refuses, because it may hold a password. */
final class EndpointUrl implements ITypeConverter<URI> {

    @Override
    public URI convert(String text) {
        if (text.contains("@")) {
            throw new TypeConversionException(
                    "must hold no user and no password; keys go into TENCENTCLOUD_SECRET_ID and TENCENTCLOUD_SECRET_KEY");
        }
        try {
            return new URI(text);
        } catch (URISyntaxException quotesTheUrl) {
            throw new TypeConversionException("must be a URL such as https://redis.tencentcloudapi.com");
        }
    }
}
