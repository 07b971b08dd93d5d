package io.ramet.json;

import io.ramet.model.Deal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The response of CloneInstances.
 *
 * @param error the error, or null
 * @param dealId DealId, or null
 * @param dealName DealName, or null
 * @param instanceIds the ids that are neither null nor blank
 * @param requestId RequestId, or null
 */
record CloneResponse(
        ResponseJson.@Nullable ApiError error,
        @Nullable String dealId,
        @Nullable String dealName,
        List<String> instanceIds,
        @Nullable String requestId) {

    static CloneResponse read(ResponseTokens json) {
        ResponseJson.ApiError error = null;
        String dealId = null;
        String dealName = null;
        List<String> instanceIds = null;
        String requestId = null;
        for (String name = json.firstName(); name != null; name = json.nextName()) {
            switch (name) {
                case "Error" -> error = json.hasValue(error) ? json.error() : error;
                case "DealId" -> dealId = json.hasValue(dealId) ? json.text() : dealId;
                case "DealName" -> dealName = json.hasValue(dealName) ? json.text() : dealName;
                case "InstanceIds" -> instanceIds = json.hasValue(instanceIds) ? json.texts() : instanceIds;
                case "RequestId" -> requestId = json.hasValue(requestId) ? json.text() : requestId;
                default -> json.unknown();
            }
        }
        return new CloneResponse(error, dealId, dealName, instanceIds == null ? List.of() : instanceIds, requestId);
    }

    /** A blank field counts as absent. */
    Deal deal() {
        return new Deal(blankToNull(dealId), blankToNull(dealName), instanceIds, requestId);
    }

    private static @Nullable String blankToNull(@Nullable String text) {
        return text == null || text.isBlank() ? null : text;
    }
}
