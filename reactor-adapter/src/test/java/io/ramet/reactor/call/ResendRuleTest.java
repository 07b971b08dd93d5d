package io.ramet.reactor.call;

import static org.assertj.core.api.Assertions.assertThat;

import io.ramet.error.ApiRefusal;
import io.ramet.error.Effect;
import io.ramet.error.ErrorCode.Kind;
import io.ramet.error.ErrorCodes;
import io.ramet.error.LostResponse;
import io.ramet.error.LostResponse.Phase;
import io.ramet.error.NotSent;
import io.ramet.error.NotSent.Reason;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ResendRuleTest {

    private final ResendRule rule = new ResendRule(new Random(7));

    @Test
    void onlyTheGatewaysFourErrorCodesAreSentAgainAsTheyAre() {
        ErrorCodes.all().values().forEach(code -> {
            Optional<Duration> again = new ResendRule(new Random(7)).again(new ApiRefusal(code, "test", null), false);
            assertThat(again.isPresent())
                    .as(code.name())
                    .isEqualTo(code.name().equals("RequestLimitExceeded")
                            || code.name().equals("RequestLimitExceeded.UinLimitExceeded")
                            || code.name().equals("RequestLimitExceeded.GlobalRegionUinLimitExceeded")
                            || code.name().equals("RequestLimitExceeded.IPLimitExceeded"));
        });
    }

    @ParameterizedTest
    @EnumSource
    void aLostResponseIsNeverSentAgain(Phase reached) {
        assertThat(rule.again(new LostResponse(reached, "test", null, null), true))
                .isEmpty();
    }

    @Test
    void connectingIsTriedFiveTimesWithPausesThatDouble() {
        NotSent failure = new NotSent(Reason.NO_CONNECTION, "test", null);
        for (long most = 200; most <= 1600; most *= 2) {
            assertThat(rule.again(failure, false).orElseThrow())
                    .isBetween(Duration.ofMillis(most / 2), Duration.ofMillis(most));
        }
        assertThat(rule.again(failure, false)).isEmpty();
    }

    @Test
    void aPauseTakesUpToAllOfItsTime() {
        RandomGenerator greatest = new RandomGenerator() {
            @Override
            public long nextLong() {
                throw new UnsupportedOperationException();
            }

            @Override
            public long nextLong(long origin, long bound) {
                return bound - 1;
            }
        };
        NotSent failure = new NotSent(Reason.NO_CONNECTION, "test", null);
        assertThat(new ResendRule(greatest).again(failure, false)).contains(Duration.ofMillis(200));
    }

    @Test
    void aConnectionThatDiesDuringALongWaitIsReplacedSixtyTimesAndUsesNoneOfTheFiveTries() {
        for (int times = 1; times < 60; times++) {
            assertThat(rule.again(new NotSent(Reason.CONNECTION_LOST, "test", null), false)
                            .orElseThrow())
                    .isBetween(Duration.ofMillis(100), Duration.ofMillis(200));
        }
        assertThat(rule.again(new NotSent(Reason.CONNECTION_LOST, "test", null), false))
                .isEmpty();
        assertThat(rule.again(new NotSent(Reason.NO_CONNECTION, "test", null), false))
                .isPresent();
    }

    @Test
    void aRefusedSignatureIsSignedAgainOnceAndOnlyIfItsCauseIsMended() {
        ApiRefusal expired = new ApiRefusal(ErrorCodes.of("AuthFailure.SignatureExpire"), "test", null);
        assertThat(expired.code().kind()).isEqualTo(Kind.CLOCK);
        assertThat(new ResendRule(new Random(7)).again(expired, false)).isEmpty();
        assertThat(rule.again(expired, true)).isPresent();
        assertThat(rule.again(expired, true)).isEmpty();
    }

    @Test
    void throttlingIsNotRetriedForEver() {
        ApiRefusal throttled = new ApiRefusal(ErrorCodes.of("RequestLimitExceeded"), "test", null);
        int times = 0;
        while (rule.again(throttled, false).isPresent()) {
            times++;
        }
        assertThat(times).isEqualTo(59);
    }

    @ParameterizedTest
    @EnumSource(names = {"NO_CREDENTIALS", "RUN_STOPPED", "CLIENT_CLOSED"})
    void aReasonThatWillNotChangeIsFinal(Reason why) {
        NotSent failure = new NotSent(why, "test", null);
        assertThat(failure.effect()).isEqualTo(Effect.NONE);
        assertThat(rule.again(failure, false)).isEmpty();
    }
}
