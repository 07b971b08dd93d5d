package io.ramet.spring;

import io.ramet.error.InvalidValueException;
import java.util.Locale;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** A setting with which the client cannot be built, by the name of its property. */
final class InvalidSettingException extends IllegalStateException {

    private final String action;

    InvalidSettingException(String property, String complaint, @Nullable Throwable cause) {
        this(
                property,
                complaint,
                "Set " + property
                        + " to an allowed value, or ramet.enabled to false for an application without a client.",
                cause);
    }

    /** {@code action} is the advice to print, if it is not to set another value. */
    InvalidSettingException(String property, String complaint, String action, @Nullable Throwable cause) {
        super(property + " " + complaint, cause);
        this.action = action;
    }

    /** {@return what is created; an invalid value is reported under the name of its property} */
    static <T> T naming(String prefix, Supplier<T> making) {
        try {
            return making.get();
        } catch (InvalidValueException e) {
            String kebab = e.field().replaceAll("([a-z])([A-Z])", "$1-$2").toLowerCase(Locale.ROOT);
            throw new InvalidSettingException(prefix + kebab, e.value() + ": " + e.rule(), e);
        }
    }

    /** Prints one sentence instead of a stack trace. */
    static final class Analyzer extends AbstractFailureAnalyzer<InvalidSettingException> {

        Analyzer() {}

        @Override
        protected FailureAnalysis analyze(Throwable root, InvalidSettingException cause) {
            return new FailureAnalysis(
                    "The Ramet client cannot be built: " + cause.getMessage() + ".", cause.action, cause);
        }
    }
}
