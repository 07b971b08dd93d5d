package io.ramet.model;

/**
 * The result for one instance of a plan that is undone or restored.
 *
 * @param instanceId its id, such as {@code crs-kic3abcd}
 * @param instanceName its name as the API lists it; if it is not listed, the name that it was bought with
 * @param chunk the index of the chunk that it belongs to
 * @param result what was done
 * @param detail the reason, or the API's task or order, in words; may be empty
 */
public record UndoOutcome(String instanceId, String instanceName, int chunk, Result result, String detail) {

    /** What was done with an instance. */
    public enum Result {
        /** The API has accepted the request to isolate it. It is listed as isolated within moments. */
        ISOLATED,
        /** It was isolated before. Nothing was sent. */
        ALREADY_ISOLATED,
        /** The API has accepted the request to start it. It runs within minutes. */
        RESTORED,
        /** It runs. Nothing was sent. */
        ALREADY_RUNNING,
        /**
         * Nothing was sent, on purpose. The detail gives the reason, such as a changed name or a protection from
         * deletion.
         */
        KEPT,
        /** It is not listed: deleted long ago, not listed yet, or these credentials do not see it. Nothing was sent. */
        NOT_LISTED,
        /** The API has refused the request. The instance is as it was. */
        REFUSED,
        /** The request was sent, and no response or listing shows its effect. Undo the plan again to find out. */
        IN_DOUBT
    }

    /** {@return whether the instance is isolated, or will be within moments} */
    public boolean isIsolated() {
        return result == Result.ISOLATED || result == Result.ALREADY_ISOLATED;
    }
}
