package io.ramet.simulator;

import java.time.Instant;
import tools.jackson.databind.JsonNode;

/** A request that has passed the checks which all actions share, at the server's time. */
record Exchange(ApiRequest request, JsonNode parameters, Admission admission, Instant now) {

    /** The parameters, which must conform to the schema of the action. */
    JsonNode parameters(JsonSchema schema) {
        schema.check("", parameters);
        return parameters;
    }

    String region() {
        return request.header("X-TC-Region");
    }
}
