package io.ramet.model;

import io.ramet.error.InvalidValueException;

/**
 * A tag to bind to each clone.
 *
 * @param key the tag's key, not blank
 * @param value the tag's value
 */
public record ResourceTag(String key, String value) {

    /**
     * Rejects a blank key.
     *
     * @throws InvalidValueException if the key is blank
     */
    public ResourceTag {
        InvalidValueException.unless(!key.isBlank(), "resourceTags.key", "'" + key + "'", "must not be blank");
    }
}
