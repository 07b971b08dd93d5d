package io.ramet.simulator;

/**
 * One request whose head has reached the server, whether or not it was executed.
 *
 * @param sequence counts all arrivals, from 1
 * @param action the API action that the request names; empty if it names none
 * @param ordinal counts the arrivals of this action, from 1
 * @param nanoTime when its head was decoded, on the scale of {@link System#nanoTime()}; never decreases with the
 *     sequence
 * @param requestId the RequestId of its response
 */
public record Arrival(long sequence, String action, long ordinal, long nanoTime, String requestId) {}
