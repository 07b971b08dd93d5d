package io.ramet.reactor.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ramet.error.ApiRefusal;
import io.ramet.error.ErrorCodes;
import io.ramet.error.NotSent;
import io.ramet.reactor.ExhaustedScheduler;
import io.ramet.reactor.transport.ApiResponse;
import io.ramet.sign.Credentials;
import io.ramet.sign.CredentialsProvider;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.test.scheduler.VirtualTimeScheduler;

class RequestSignerTest {

    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final Instant OURS = Instant.parse("2026-11-24T10:00:00Z");
    private static final Credentials OLD = Credentials.of("old", "key");
    private static final Credentials NEW = Credentials.of("new", "key");

    private final VirtualTimeScheduler time = VirtualTimeScheduler.create();
    private final List<Runnable> elsewhere = new ArrayList<>();
    private final RequestSigner signer = signer(CredentialsProvider.fixed(Credentials.of("id", "key")));

    @Test
    void theLocalTimeIsUsedUntilTheServerRefusesIt() {
        assertThat(signer.timestamp()).isEqualTo(OURS.getEpochSecond());
    }

    @Test
    void aDateMoreThanFiveMinutesFromTheTimestampCorrectsTheClock() {
        assertThat(mends("AuthFailure.SignatureExpire", OURS.getEpochSecond(), OURS.plusSeconds(3600)))
                .isTrue();
        assertThat(signer.timestamp()).isEqualTo(OURS.getEpochSecond() + 3600);
        assertThat(mends("AuthFailure.SignatureExpire", OURS.getEpochSecond() + 3600, OURS.minusSeconds(7200)))
                .isTrue();
        assertThat(signer.timestamp()).isEqualTo(OURS.getEpochSecond() - 7200);
    }

    @Test
    void aDateThatDoesNotExplainTheRefusalChangesNothing() {
        assertThat(mends("AuthFailure.SignatureExpire", OURS.getEpochSecond(), OURS.plusSeconds(299)))
                .isFalse();
        assertThat(mends("AuthFailure.SignatureExpire", OURS.getEpochSecond(), null))
                .isFalse();
        assertThat(signer.timestamp()).isEqualTo(OURS.getEpochSecond());
    }

    @ParameterizedTest
    @ValueSource(strings = {"AuthFailure.SignatureFailure", "RequestLimitExceeded", "InternalError"})
    void onlyARefusedTimestampCorrectsTheClock(String code) {
        assertThat(mends(code, OURS.getEpochSecond(), OURS.plusSeconds(3600))).isFalse();
        assertThat(signer.timestamp()).isEqualTo(OURS.getEpochSecond());
    }

    @Test
    void eachActionIsSignedAsItself() {
        byte[] body = {'{', '}'};
        Credentials credentials = signer.credentials().block(PATIENCE);
        assertThat(signer.sign("CloneInstances", credentials, 1, body).action()).isEqualTo("CloneInstances");
        assertThat(signer.sign("DescribeInstances", credentials, 1, body).action())
                .isEqualTo("DescribeInstances");
    }

    @Test
    void credentialsThatNeverComeAreNotSentAfterThirtySeconds() {
        List<Throwable> failures = new ArrayList<>();
        signer(CompletableFuture::new).credentials().subscribe(credentials -> {}, failures::add);
        time.advanceTimeBy(Duration.ofMillis(29_999));
        assertThat(failures).isEmpty();
        time.advanceTimeBy(Duration.ofMillis(1));
        assertThat(failures)
                .singleElement()
                .satisfies(failure -> assertThat(failure)
                        .isInstanceOf(NotSent.class)
                        .hasMessage("not sent: the credentials provider returned nothing within 30 s"));
    }

    @Test
    void theMessageOfAnothersFailureIsNotQuoted() {
        RequestSigner failing = signer(() -> CompletableFuture.failedFuture(new IllegalStateException("canary")));
        assertThatThrownBy(() -> failing.credentials().block(PATIENCE))
                .isInstanceOf(NotSent.class)
                .hasMessage("not sent: java.lang.IllegalStateException from the credentials provider");
    }

    @ParameterizedTest
    @MethodSource("failures")
    void aProviderThatThrowsIsNotSent(Throwable failure) {
        RequestSigner broken = signer(() -> {
            throw sneaky(failure);
        });
        assertThatThrownBy(() -> broken.credentials().block(PATIENCE)).isInstanceOf(NotSent.class);
    }

    private boolean mends(String code, long timestamp, Instant date) {
        String header =
                date == null ? null : DateTimeFormatter.RFC_1123_DATE_TIME.format(date.atOffset(ZoneOffset.UTC));
        ApiRefusal refusal = new ApiRefusal(ErrorCodes.of(code), "test", null);
        return signer.mend(refusal, new ApiResponse(200, header, new byte[0]), timestamp, Credentials.of("id", "key"))
                .block(PATIENCE);
    }

    /** A provider that has {@code fresh} credentials once the old ones were refused. */
    private record Renewing(CompletableFuture<Credentials> fresh) implements CredentialsProvider {

        @Override
        public CompletionStage<Credentials> credentials() {
            return CompletableFuture.completedFuture(OLD);
        }

        @Override
        public CompletionStage<Credentials> renewed(Credentials refused) {
            assertThat(refused).isEqualTo(OLD);
            return fresh;
        }

        @Override
        public Optional<Credentials> held() {
            return Optional.of(fresh.getNow(OLD));
        }
    }

    private Boolean renews(CompletableFuture<Credentials> fresh, String code) {
        ApiRefusal refusal = new ApiRefusal(ErrorCodes.of(code), "test", null);
        return signer(new Renewing(fresh))
                .mend(refusal, new ApiResponse(200, null, new byte[0]), OURS.getEpochSecond(), OLD)
                .block(PATIENCE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"AuthFailure.TokenFailure", "AuthFailure.SecretIdNotFound", "AuthFailure.SignatureExpire"})
    void credentialsThatAreNoLongerAcceptedAreReplaced(String code) {
        assertThat(renews(CompletableFuture.completedFuture(NEW), code)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"AuthFailure.SignatureFailure", "UnauthorizedOperation", "InternalError"})
    void noOtherRefusalReplacesCredentials(String code) {
        assertThat(renews(CompletableFuture.completedFuture(NEW), code)).isFalse();
    }

    @Test
    void withoutOtherCredentialsNothingIsMended() {
        assertThat(renews(CompletableFuture.completedFuture(OLD), "AuthFailure.TokenFailure"))
                .isFalse();
        assertThat(renews(
                        CompletableFuture.failedFuture(new IllegalStateException("canary")),
                        "AuthFailure.TokenFailure"))
                .isFalse();
    }

    @Test
    void credentialsThatWereRefreshedDuringTheWaitForAPermitAreTaken() {
        assertThat(signer(new Renewing(CompletableFuture.completedFuture(NEW))).newest(OLD))
                .isEqualTo(NEW);
        assertThat(signer(() -> CompletableFuture.completedFuture(NEW)).newest(OLD))
                .isEqualTo(OLD);
    }

    @Test
    void credentialsThatAreHeldComeWithoutAChangeOfThread() {
        List<Credentials> provided = new ArrayList<>();
        signer(CredentialsProvider.fixed(OLD), Schedulers.fromExecutor(elsewhere::add))
                .credentials()
                .subscribe(provided::add);
        assertThat(provided).containsExactly(OLD);
        assertThat(elsewhere).isEmpty();
    }

    @Test
    void credentialsThatAreNotHeldAreFetchedOnAThreadThatMayBlock() {
        List<Credentials> provided = new ArrayList<>();
        signer(() -> CompletableFuture.completedFuture(OLD), Schedulers.fromExecutor(elsewhere::add))
                .credentials()
                .subscribe(provided::add);
        assertThat(provided).isEmpty();
        elsewhere.forEach(Runnable::run);
        assertThat(provided).containsExactly(OLD);
    }

    static List<Throwable> failures() {
        return List.of(
                new IllegalStateException("canary"), new NoClassDefFoundError("canary"), new StackOverflowError());
    }

    @ParameterizedTest
    @MethodSource("failures")
    void aProviderThatFailsToSayWhatItHoldsIsAskedTheOtherWay(Throwable failure) {
        RequestSigner asked = signer(new CredentialsProvider() {
            @Override
            public CompletionStage<Credentials> credentials() {
                return CompletableFuture.completedFuture(OLD);
            }

            @Override
            public Optional<Credentials> held() {
                throw sneaky(failure);
            }
        });
        assertThat(asked.credentials().block(PATIENCE)).isEqualTo(OLD);
        assertThat(asked.newest(NEW)).isEqualTo(NEW);
    }

    @Test
    void credentialsForWhichNoThreadCanStartAreNone() {
        Scheduler exhausted = ExhaustedScheduler.forWorker(
                Schedulers.immediate(),
                new StackOverflowError("instead of OutOfMemoryError, with which the test would end"));
        Mono<Credentials> none =
                signer(() -> CompletableFuture.completedFuture(OLD), exhausted).credentials();
        assertThatThrownBy(() -> none.block(PATIENCE))
                .isInstanceOfSatisfying(
                        NotSent.class, why -> assertThat(why.reason()).isEqualTo(NotSent.Reason.NO_CREDENTIALS));
    }

    @SuppressWarnings("unchecked")
    private static <T extends Throwable> T sneaky(Throwable failure) throws T {
        throw (T) failure;
    }

    private RequestSigner signer(CredentialsProvider provider) {
        return signer(provider, Schedulers.immediate());
    }

    private RequestSigner signer(CredentialsProvider provider, Scheduler blocking) {
        Clock clock = Clock.fixed(OURS, ZoneOffset.UTC);
        return new RequestSigner("example", "ap-guangzhou", clock, provider, blocking, time);
    }
}
