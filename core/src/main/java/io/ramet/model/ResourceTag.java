package io.ramet.model;

import io.ramet.error.InvalidRequestException;

/**
 * A tag to bind to each clone.
 *
 * @param key the tag's key, not blank
 * @param value the tag's value
 */
public record ResourceTag(String key, String value) {

    /**
     * Refuses a blank key.
     *
     * @throws InvalidRequestException if the key is blank
     */
    public ResourceTag {
        InvalidRequestException.unless(!key.isBlank(), "resourceTags.key", "'" + key + "'", "must not be blank");
    }
}
