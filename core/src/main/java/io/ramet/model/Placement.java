package io.ramet.model;

import org.jspecify.annotations.Nullable;

/**
 * The place of an instance, which most of its clones share.
 *
 * @param zoneId the numeric id of its zone, such as 100003, or null if it is not listed
 * @param vpcId its VPC, such as {@code vpc-pxyzim13}, or null in the classic network
 * @param subnetId its subnet in the VPC, or null in the classic network
 * @param projectId its project, or null if it is not listed; 0 is the default project
 */
public record Placement(
        @Nullable Integer zoneId,
        @Nullable String vpcId,
        @Nullable String subnetId,
        @Nullable Integer projectId) {}
