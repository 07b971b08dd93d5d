package io.ramet.error;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The table again, from the API's pages: an effect that is wrong here buys twice or loses what was bought. */
class ErrorCodesTest {

    /** The 32 codes of the CloneInstances page, in its order. */
    private static final String PAGE = """
            FailedOperation.PayFailed                             possible stops
            FailedOperation.SystemError                           possible goes-on
            FailedOperation.Unknown                               possible goes-on
            InternalError.InternalError                           possible goes-on
            InvalidParameter.EmptyParam                           none     stops
            InvalidParameter.OnlyVPCOnSpecZoneId                  none     stops
            InvalidParameter.PermissionDenied                     none     stops
            InvalidParameterValue.BaseNetWorkAccessDeny           none     stops
            InvalidParameterValue.CheckNotPass                    none     stops
            InvalidParameterValue.InvalidInstanceTypeId           none     stops
            InvalidParameterValue.InvalidSubnetId                 none     stops
            InvalidParameterValue.PasswordEmpty                   none     stops
            InvalidParameterValue.PasswordFreeDenied              none     stops
            InvalidParameterValue.PasswordRuleError               none     stops
            InvalidParameterValue.SecurityGroupIdsNotExists       none     stops
            InvalidParameterValue.UnVpcIdNotExists                none     stops
            LimitExceeded                                         none     stops
            LimitExceeded.InvalidMemSize                          none     stops
            LimitExceeded.InvalidParameterGoodsNumNotInRange      none     stops
            LimitExceeded.PeriodLessThanMinLimit                  none     stops
            LimitExceeded.ReachTheAmountLimit                     none     stops
            ResourceInsufficient                                  none     stops
            ResourceNotFound.AccountDoesNotExists                 none     stops
            ResourceNotFound.InstanceNotExists                    none     stops
            ResourceUnavailable.InstanceDeleted                   none     stops
            ResourceUnavailable.NoEnoughVipInVPC                  none     stops
            ResourceUnavailable.NoRedisService                    none     stops
            ResourceUnavailable.NoServiceAvailableForThisZoneId   none     stops
            ResourceUnavailable.SaleOut                           none     stops
            UnauthorizedOperation.NoCAMAuthed                     none     stops
            UnauthorizedOperation.UserNotInWhiteList              none     stops
            UnsupportedOperation                                  none     stops
            """;

    /** The codes common to all products, those that the page has too left out. */
    private static final String COMMON = """
            RequestLimitExceeded                                  none     goes-on
            RequestLimitExceeded.UinLimitExceeded                 none     goes-on
            RequestLimitExceeded.GlobalRegionUinLimitExceeded     none     goes-on
            RequestLimitExceeded.IPLimitExceeded                  none     goes-on
            AuthFailure.InvalidAuthorization                      none     stops
            AuthFailure.InvalidSecretId                           none     stops
            AuthFailure.MFAFailure                                none     stops
            AuthFailure.SecretIdNotFound                          none     stops
            AuthFailure.SignatureFailure                          none     stops
            AuthFailure.SignatureExpire                           none     stops
            AuthFailure.TokenFailure                              none     stops
            AuthFailure.UnauthorizedOperation                     none     stops
            UnauthorizedOperation                                 none     stops
            IpInBlacklist                                         none     stops
            IpNotInWhitelist                                      none     stops
            InvalidAction                                         none     stops
            NoSuchProduct                                         none     stops
            NoSuchVersion                                         none     stops
            ActionOffline                                         none     stops
            UnsupportedProtocol                                   none     stops
            UnsupportedRegion                                     none     stops
            MissingParameter                                      none     stops
            UnknownParameter                                      none     stops
            InvalidParameter                                      none     stops
            InvalidParameterValue                                 none     stops
            InvalidRequest                                        none     stops
            RequestSizeLimitExceeded                              none     stops
            DryRunOperation                                       none     stops
            ResourceNotFound                                      none     stops
            ResourceUnavailable                                   none     stops
            ResourceInUse                                         none     stops
            FailedOperation                                       possible goes-on
            InternalError                                         possible goes-on
            ServiceUnavailable                                    possible goes-on
            ResponseSizeLimitExceeded                             possible goes-on
            """;

    /** Codes of the product's other actions that come from between its own services. */
    private static final String BETWEEN_SERVICES = """
            FailedOperation.CommitFlowError                       possible goes-on
            InternalError.DbOperationFailed                       possible goes-on
            InternalError.NetWorkErr                              possible goes-on
            InternalError.ExecHttpRequestError                    possible goes-on
            ResourceUnavailable.CallOssError                      possible goes-on
            """;

    @Test
    void everyCodeOfThePageHasItsEffectAndStopsTheRunOrNot() {
        assertThat(rows(PAGE)).hasSize(32);
        assertThat(asInTheTable(PAGE)).isEqualTo(rows(PAGE));
    }

    @Test
    void everyCommonCodeHasItsEffectAndStopsTheRunOrNot() {
        assertThat(rows(COMMON)).hasSize(35);
        assertThat(asInTheTable(COMMON)).isEqualTo(rows(COMMON));
        assertThat(asInTheTable(BETWEEN_SERVICES)).isEqualTo(rows(BETWEEN_SERVICES));
    }

    @Test
    void everyCodeIsKnownByItsOwnName() {
        assertThat(ErrorCodes.all()).hasSizeGreaterThan(72).allSatisfy((name, code) -> {
            assertThat(code.name()).isEqualTo(name);
            assertThat(ErrorCodes.of(name)).isEqualTo(code);
        });
        assertThat(ErrorCodes.all().keySet()).containsAll(names(PAGE)).containsAll(names(COMMON));
    }

    @ParameterizedTest
    @CsvSource({
        "RequestLimitExceeded, THROTTLED",
        "RequestLimitExceeded.IPLimitExceeded, THROTTLED",
        "AuthFailure.SignatureExpire, CLOCK",
        "AuthFailure.SignatureFailure, ACCESS",
        "UnauthorizedOperation.NoCAMAuthed, ACCESS",
        "InvalidParameter.PermissionDenied, ACCESS",
        "FailedOperation.PayFailed, BILLING",
        "ResourceUnavailable.AccountBalanceNotEnough, BILLING",
        "ResourceUnavailable.SaleOut, CAPACITY",
        "LimitExceeded, CAPACITY",
        "InvalidParameterValue.CheckNotPass, REQUEST",
        "InternalError, UNKNOWN"
    })
    void aKindNamesTheSubjectOfACode(String name, ErrorCode.Kind kind) {
        assertThat(ErrorCodes.of(name).kind()).isEqualTo(kind);
    }

    @Test
    void onlyWhatTheGatewayHeldBackMayBeSentAgainAsItIs() {
        assertThat(ErrorCodes.all().values())
                .filteredOn(code -> code.kind() == ErrorCode.Kind.THROTTLED)
                .extracting(ErrorCode::name)
                .containsExactlyInAnyOrder(
                        "RequestLimitExceeded",
                        "RequestLimitExceeded.UinLimitExceeded",
                        "RequestLimitExceeded.GlobalRegionUinLimitExceeded",
                        "RequestLimitExceeded.IPLimitExceeded");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Brand.New",
                "RequestLimitExceeded.Foo",
                "RequestLimitExceeded.",
                "requestlimitexceeded",
                "LimitExceeded.Foo",
                "InvalidParameter.Foo",
                "AuthFailure",
                "ResourceInsufficient.Foo"
            })
    void anUnknownCodeMayHaveHadAnEffectAndDoesNotStopTheRun(String name) {
        ErrorCode code = ErrorCodes.of(name);

        assertThat(code).isEqualTo(new ErrorCode(name, ErrorCode.Kind.UNKNOWN, Effect.POSSIBLE));
        assertThat(code.stopsRun()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "AuthFailure.SecretIdNotFound, true",
        "AuthFailure.TokenFailure, true",
        "AuthFailure.SignatureFailure, true",
        "AuthFailure.SignatureExpire, false",
        "AuthFailure.UnauthorizedOperation, false",
        "UnauthorizedOperation.NoCAMAuthed, false",
        "InvalidParameter.PermissionDenied, false",
        "InternalError, false"
    })
    void aMissingPermissionOrAWrongClockIsNoRefusalOfTheCredentials(String name, boolean refused) {
        assertThat(ErrorCodes.of(name).refusesCredentials()).isEqualTo(refused);
    }

    private static List<String> rows(String table) {
        return table.lines().map(row -> row.replaceAll(" +", " ")).toList();
    }

    private static Stream<String> firstWords(String table) {
        return table.lines().map(row -> row.substring(0, row.indexOf(' ')));
    }

    private static List<String> names(String table) {
        return firstWords(table).collect(Collectors.toList());
    }

    private static List<String> asInTheTable(String table) {
        Map<String, ErrorCode> all = ErrorCodes.all();
        return firstWords(table)
                .map(name -> {
                    ErrorCode code = all.get(name);
                    return code == null
                            ? name + " unknown"
                            : name
                                    + (code.effect() == Effect.NONE ? " none" : " possible")
                                    + (code.stopsRun() ? " stops" : " goes-on");
                })
                .toList();
    }

    @Test
    void onlyARefusalForStockQuotaOrBalanceMayHaveDeliveredAPart() {
        assertThat(ErrorCodes.all().values().stream()
                        .filter(ErrorCode::mayHavePartialEffect)
                        .map(ErrorCode::name))
                .containsExactlyInAnyOrder(
                        "FailedOperation.PayFailed",
                        "LimitExceeded",
                        "LimitExceeded.ReachTheAmountLimit",
                        "ResourceInsufficient",
                        "ResourceUnavailable.AccountBalanceNotEnough",
                        "ResourceUnavailable.NoEnoughVipInVPC",
                        "ResourceUnavailable.SaleOut");
    }
}
