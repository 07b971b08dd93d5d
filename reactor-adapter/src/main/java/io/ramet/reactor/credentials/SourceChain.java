package io.ramet.reactor.credentials;

import io.ramet.sign.CredentialsUnavailableException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import reactor.core.publisher.Mono;

/** Tries one source after another, until one has credentials or is broken. */
record SourceChain(List<CredentialsSource> links) implements CredentialsSource {

    @Override
    public String name() {
        return links.stream().map(CredentialsSource::name).collect(Collectors.joining(", ", "chain of ", ""));
    }

    @Override
    public Mono<SourcedCredentials> fetch() {
        return from(0, new ArrayList<>());
    }

    private Mono<SourcedCredentials> from(int index, List<String> absent) {
        return Mono.defer(() -> index == links.size()
                ? Mono.error(CredentialsUnavailableException.absent("", String.join("; ", absent)))
                : links.get(index).fetch().onErrorResume(CredentialsUnavailableException.class, failure -> {
                    if (!failure.isAbsent()) {
                        return Mono.error(absent.isEmpty() ? failure : after(absent, failure));
                    }
                    absent.add((failure.provider() + " " + failure.tried()).strip());
                    return from(index + 1, absent);
                }));
    }

    private static CredentialsUnavailableException after(List<String> absent, CredentialsUnavailableException failure) {
        String what = failure.tried() + " (before it: " + String.join("; ", absent) + ")";
        return CredentialsUnavailableException.broken(failure.provider(), what, failure.getCause());
    }
}
