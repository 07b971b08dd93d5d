package io.ramet.simulator;

import java.time.Instant;
import java.util.List;

/**
 * One CloneInstances request that was executed, and so paid for. It contains no password.
 *
 * @param sequence the {@linkplain Arrival#sequence() sequence number} of the arrival that was executed
 * @param requestId the RequestId of that arrival
 * @param instanceName the name given to all instances of the request; empty if the request gave none
 * @param goodsNum how many instances were requested
 * @param bodySha256 the SHA-256 of the body, in lower-case hexadecimal
 * @param dealId the short number of the deal
 * @param dealName the long number of the deal
 * @param instanceIds the instances that were really created, even if the response named others
 * @param billingMode 0 for pay-as-you-go, 1 for prepaid
 * @param at when, by the server's clock
 */
public record Execution(
        long sequence,
        String requestId,
        String instanceName,
        int goodsNum,
        String bodySha256,
        String dealId,
        String dealName,
        List<String> instanceIds,
        int billingMode,
        Instant at) {}
