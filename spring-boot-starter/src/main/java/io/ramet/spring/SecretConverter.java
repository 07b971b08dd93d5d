package io.ramet.spring;

import io.ramet.model.Secret;
import org.springframework.core.convert.converter.Converter;

/** Binds properties of type {@link Secret}, which never print their value. */
final class SecretConverter implements Converter<String, Secret> {

    @Override
    public Secret convert(String text) {
        return Secret.of(text);
    }
}
