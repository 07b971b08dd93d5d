package io.ramet.simulator;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The actions that the caller may not perform. */
final class Permissions {

    private final Map<Action, String> denied = new ConcurrentHashMap<>();

    void deny(String action, String code) {
        denied.put(known(action), Preconditions.notBlank("code", code));
    }

    void allow(String action) {
        denied.remove(known(action));
    }

    private static Action known(String action) {
        return Action.named(action)
                .orElseThrow(() -> new IllegalArgumentException("the action is not simulated: " + action));
    }

    /** The real message names the action in the same way. */
    void check(Action action) {
        Optional.ofNullable(denied.get(action)).ifPresent(code -> {
            throw new ApiError(
                    code,
                    "you are not authorized to perform operation (" + action.api.policyName + ":" + action.wireName
                            + "), resource (*) has no permission");
        });
    }
}
