package io.ramet.spring;

import io.ramet.model.Secret;
import org.springframework.core.convert.converter.Converter;

/** So that a property of type {@link Secret} is bound without reflection, and never prints itself. */
final class SecretConverter implements Converter<String, Secret> {

    @Override
    public Secret convert(String text) {
        return Secret.of(text);
    }
}
