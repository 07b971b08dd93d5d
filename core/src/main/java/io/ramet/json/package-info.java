/**
 * Requests, responses and stored outcomes as JSON; the only package that imports Jackson. {@link
 * io.ramet.json.RequestJson} writes requests, {@link io.ramet.json.ResponseJson} reads responses, {@link
 * io.ramet.json.OutcomeJson} is for journals.
 */
@NullMarked
package io.ramet.json;

import org.jspecify.annotations.NullMarked;
