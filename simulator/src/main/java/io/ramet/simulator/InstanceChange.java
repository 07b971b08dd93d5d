package io.ramet.simulator;

import java.time.Instant;

/**
 * One request that has changed an existing instance: it was destroyed, started up or cleaned up.
 *
 * @param sequence the {@linkplain Arrival#sequence() sequence number} of the arrival that was executed
 * @param requestId the RequestId of that arrival
 * @param action DestroyPostpaidInstance, DestroyPrepaidInstance, StartupInstance or CleanUpInstance
 * @param instanceId the instance
 * @param secretId the id of the key that signed the request
 * @param at when, by the server's clock
 */
public record InstanceChange(
        long sequence, String requestId, String action, String instanceId, String secretId, Instant at) {}
