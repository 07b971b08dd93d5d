package io.ramet.cli;

import io.ramet.error.RametException;

/** Another command was started for the same request. Nothing was sent. */
final class RepeatedRequestException extends RametException {

    RepeatedRequestException(EarlierPlan other) {
        super(other.words() + ". Nothing was sent. --again buys it again.", null);
    }
}
