package io.ramet.error;

import static io.ramet.error.Effect.NONE;
import static io.ramet.error.Effect.POSSIBLE;

import io.ramet.error.ErrorCode.Kind;
import java.util.HashMap;
import java.util.Map;

/**
 * The table of error codes: those of the CloneInstances page, those common to all products, and those of the product's
 * other actions that a clone can plausibly meet. A request that fails with any other code may have bought instances.
 *
 * <p>Only the gateway's throttling codes are documented as not executed; for the rest, {@link Effect#NONE} follows from
 * the stage at which such a code is raised (signature, routing, validation, stock).
 */
public final class ErrorCodes {

    private static final Map<String, ErrorCode> TABLE = new HashMap<>();

    static {
        cloneInstances();
        common();
        neighbours();
    }

    private ErrorCodes() {}

    /**
     * Looks up a code.
     *
     * @param code the code as the API writes it
     * @return what is known about the code; an unknown code is {@link Kind#UNKNOWN} with possible effect
     */
    public static ErrorCode of(String code) {
        ErrorCode known = TABLE.get(code);
        return known != null ? known : new ErrorCode(code, Kind.UNKNOWN, POSSIBLE);
    }

    /** {@return every known code} */
    public static Map<String, ErrorCode> all() {
        return Map.copyOf(TABLE);
    }

    /** The 32 codes of the CloneInstances page. */
    private static void cloneInstances() {
        // An order may exist unpaid, and be paid later.
        put(Kind.BILLING, POSSIBLE, "FailedOperation.PayFailed");
        put(Kind.UNKNOWN, POSSIBLE, """
                FailedOperation.SystemError
                FailedOperation.Unknown
                InternalError.InternalError
                """);
        put(Kind.REQUEST, NONE, """
                InvalidParameter.EmptyParam
                InvalidParameter.OnlyVPCOnSpecZoneId
                InvalidParameterValue.BaseNetWorkAccessDeny
                InvalidParameterValue.CheckNotPass
                InvalidParameterValue.InvalidInstanceTypeId
                InvalidParameterValue.InvalidSubnetId
                InvalidParameterValue.PasswordEmpty
                InvalidParameterValue.PasswordFreeDenied
                InvalidParameterValue.PasswordRuleError
                InvalidParameterValue.SecurityGroupIdsNotExists
                InvalidParameterValue.UnVpcIdNotExists
                LimitExceeded.InvalidMemSize
                LimitExceeded.InvalidParameterGoodsNumNotInRange
                LimitExceeded.PeriodLessThanMinLimit
                ResourceNotFound.InstanceNotExists
                ResourceUnavailable.InstanceDeleted
                ResourceUnavailable.NoRedisService
                ResourceUnavailable.NoServiceAvailableForThisZoneId
                UnsupportedOperation
                """);
        put(Kind.CAPACITY, NONE, """
                LimitExceeded
                LimitExceeded.ReachTheAmountLimit
                ResourceInsufficient
                ResourceUnavailable.NoEnoughVipInVPC
                ResourceUnavailable.SaleOut
                """);
        put(Kind.ACCESS, NONE, """
                InvalidParameter.PermissionDenied
                ResourceNotFound.AccountDoesNotExists
                UnauthorizedOperation.NoCAMAuthed
                UnauthorizedOperation.UserNotInWhiteList
                """);
    }

    /** The codes common to all products. */
    private static void common() {
        // Other sub-codes of RequestLimitExceeded are the product's own and say nothing about execution.
        put(Kind.THROTTLED, NONE, """
                RequestLimitExceeded
                RequestLimitExceeded.UinLimitExceeded
                RequestLimitExceeded.GlobalRegionUinLimitExceeded
                RequestLimitExceeded.IPLimitExceeded
                """);
        put(Kind.CLOCK, NONE, "AuthFailure.SignatureExpire");
        put(Kind.ACCESS, NONE, """
                AuthFailure.InvalidAuthorization
                AuthFailure.InvalidSecretId
                AuthFailure.MFAFailure
                AuthFailure.SecretIdNotFound
                AuthFailure.SignatureFailure
                AuthFailure.TokenFailure
                AuthFailure.UnauthorizedOperation
                IpInBlacklist
                IpNotInWhitelist
                UnauthorizedOperation
                """);
        put(Kind.REQUEST, NONE, """
                ActionOffline
                DryRunOperation
                InvalidAction
                InvalidParameter
                InvalidParameterValue
                InvalidRequest
                MissingParameter
                NoSuchProduct
                NoSuchVersion
                RequestSizeLimitExceeded
                ResourceInUse
                ResourceNotFound
                ResourceUnavailable
                UnknownParameter
                UnsupportedProtocol
                UnsupportedRegion
                """);
        put(Kind.UNKNOWN, POSSIBLE, """
                FailedOperation
                InternalError
                ResponseSizeLimitExceeded
                ServiceUnavailable
                """);
    }

    /** Codes of the product's other actions: checks of the source, the backup and the specification. */
    private static void neighbours() {
        put(Kind.REQUEST, NONE, """
                InvalidParameter.InvalidParameter
                InvalidParameterValue.BackupNotExists
                InvalidParameterValue.InstanceNameRuleError
                InvalidParameterValue.SpecNotExist
                LimitExceeded.MemSizeNotInRange
                LimitExceeded.PeriodExceedMaxLimit
                ResourceInUse.InstanceBeenLocked
                ResourceUnavailable.BackupLockedError
                ResourceUnavailable.BackupSpecError
                ResourceUnavailable.BackupStatusAbnormal
                ResourceUnavailable.BackupStatusInvalid
                ResourceUnavailable.InstanceIsolated
                ResourceUnavailable.InstanceLockedError
                ResourceUnavailable.InstanceStateError
                ResourceUnavailable.InstanceStatusAbnormal
                ResourceUnavailable.InstanceStatusError
                ResourceUnavailable.InstanceUnLockedError
                ResourceUnavailable.NoTypeIdRedisService
                UnsupportedOperation.IsAutoRenewError
                """);
        put(Kind.BILLING, NONE, "ResourceUnavailable.AccountBalanceNotEnough");
        put(Kind.UNKNOWN, POSSIBLE, """
                FailedOperation.CommitFlowError
                InternalError.DbOperationFailed
                InternalError.ExecHttpRequestError
                InternalError.NetWorkErr
                ResourceUnavailable.CallOssError
                """);
    }

    /** {@code codes} has one code per line. */
    private static void put(Kind kind, Effect effect, String codes) {
        codes.lines().forEach(code -> TABLE.put(code, new ErrorCode(code, kind, effect)));
    }
}
