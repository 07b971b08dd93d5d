package io.ramet.reactor.credentials;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.ramet.error.ApiRefusal;
import io.ramet.error.InvalidValueException;
import io.ramet.reactor.transport.ApiResponse;
import io.ramet.sign.Credentials;
import io.ramet.sign.CredentialsProvider;
import io.ramet.sign.CredentialsUnavailableException;
import io.ramet.simulator.CredentialsSimulator;
import io.ramet.simulator.CredentialsSimulator.Response;
import io.ramet.simulator.TemporaryKeys;
import java.io.IOException;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;
import reactor.test.scheduler.VirtualTimeScheduler;

class CredentialsSourcesTest {

    private static final Duration PATIENCE = Duration.ofSeconds(15);
    private static final AssumedRole ROLE = AssumedRole.of("qcs::cam::uin/100000000001:roleName/cloner", "ramet");

    @AutoClose
    private final CredentialsSimulator services = CredentialsSimulator.start();

    private final Map<String, String> variables = new HashMap<>();

    @TempDir
    private Path home;

    @BeforeEach
    void acceptAKey() {
        services.accept("AKIDuser", "canary-permanent-key");
    }

    private CredentialsSourcesBuilder builder() {
        return CredentialsSources.builder()
                .environment(variables)
                .home(home)
                .systemFile(home.resolve("no-system-file"))
                .metadata(services.uri())
                .sts(services.uri());
    }

    private CredentialsSources sources() {
        return builder().build();
    }

    private static SourcedCredentials fetch(CredentialsSource source) {
        return source.fetch().subscribeOn(Schedulers.boundedElastic()).block(PATIENCE);
    }

    private static AbstractThrowableAssert<?, ? extends Throwable> assertThatFetching(CredentialsSource source) {
        return assertThatThrownBy(() -> fetch(source)).isInstanceOf(CredentialsUnavailableException.class);
    }

    private static CredentialsUnavailableException failure(CredentialsSource source) {
        try {
            fetch(source);
            throw new AssertionError("no failure");
        } catch (CredentialsUnavailableException e) {
            return e;
        }
    }

    private TemporaryKeys.Key newest() {
        return services.keys().issued().get(services.keys().issued().size() - 1);
    }

    private void assertIsNewest(SourcedCredentials fetched) {
        assertThat(fetched.credentials().secretId()).isEqualTo(newest().id());
        assertThat(fetched.credentials().secretKey().reveal()).isEqualTo(newest().secret());
        assertThat(fetched.credentials().token()).isNotNull();
        assertThat(fetched.credentials().token().reveal()).isEqualTo(newest().token());
        assertThat(fetched.kept()).isTrue();
        assertThat(fetched.validFor()).isBetween(Duration.ofMinutes(118), Duration.ofHours(2));
    }

    private Path file(String name, String content) throws IOException {
        Path file = home.resolve(name);
        Files.createDirectories(file.getParent());
        Files.deleteIfExists(file);
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        return Files.writeString(file, content);
    }

    // ---- CVM role

    @Test
    void theRoleOfTheInstanceHandsOutItsKeys() {
        services.bindRole("cloner");

        assertIsNewest(fetch(sources().cvmRole()));
        assertThat(services.requests()).containsExactly("role", "keys of cloner");
    }

    @Test
    void aRoleThatIsNamedIsNotLookedUp() {
        services.bindRole("cloner");

        assertIsNewest(fetch(sources().cvmRole("cloner")));
        assertThat(services.requests()).containsExactly("keys of cloner");
    }

    @Test
    void anInstanceWithoutARoleHasNone() {
        CredentialsUnavailableException failure = failure(sources().cvmRole());

        assertThat(failure).hasMessage("no credentials: CVM role: no role is bound to this instance");
        assertThat(failure.isAbsent()).isTrue();
        assertThat(failure(sources().cvmRole("other"))).hasMessageContaining("CVM role other: no role other");
    }

    @Test
    void aMachineWithoutAMetadataServiceHasNone() {
        CredentialsSources elsewhere = builder()
                .metadata(CredentialsSources.METADATA)
                .transport(request -> Mono.error(new UnknownHostException("metadata.tencentyun.com")))
                .build();

        CredentialsUnavailableException failure = failure(elsewhere.cvmRole());
        assertThat(failure).hasMessage("no credentials: CVM role: no host metadata.tencentyun.com");
        assertThat(failure.isAbsent()).isTrue();
    }

    @Test
    void aMetadataServiceThatIsSilentIsGivenUpAfterTwoSeconds() {
        VirtualTimeScheduler time = VirtualTimeScheduler.create();
        CredentialsSource source = builder()
                .transport(request -> Mono.never())
                .scheduler(time)
                .build()
                .cvmRole();

        StepVerifier verifier = StepVerifier.create(source.fetch())
                .expectErrorSatisfies(failure ->
                        assertThat(failure).hasMessage("no credentials: CVM role: no response within 2000 ms"))
                .verifyLater();
        time.advanceTimeBy(Duration.ofSeconds(2));
        verifier.verify(PATIENCE);
    }

    @Test
    void aMetadataServiceThatRefusesConnectionsIsBroken() {
        URI uri = services.uri();
        services.close();

        CredentialsUnavailableException failure =
                failure(builder().metadata(uri).build().cvmRole());
        assertThat(failure.isAbsent()).isFalse();
        assertThat(failure).hasMessageContaining("CVM role: ").hasMessageContaining("refused");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            role            | 500 | down                                 | HTTP status 500
            role            | 302 | elsewhere                            | HTTP status 302
            role            | 200 | <html>canary</html>                  | named no role
            role            | 200 | two words                            | named no role
            role            | 200 | ../../user-data                      | named no role
            keys of cloner  | 500 | down                                 | HTTP status 500
            keys of cloner  | 200 | canary                               | no JSON object
            keys of cloner  | 200 | []                                   | no JSON object
            keys of cloner  | 200 | {"Code":"Failed"}                    | Code Failed
            keys of cloner  | 200 | {"TmpSecretId":"canary"}             | Code missing
            keys of cloner  | 200 | {"Code":"Success","TmpSecretId":"i"} | without TmpSecretId, TmpSecretKey, Token or ExpiredTime
            """)
    void aMetadataServiceThatSaysNonsenseIsBroken(String request, int status, String body, String what) {
        services.bindRole("cloner");
        services.misbehave(name -> name.equals(request) ? Optional.of(Response.of(status, body)) : Optional.empty());

        CredentialsUnavailableException failure = failure(sources().cvmRole());
        assertThat(failure.isAbsent()).isFalse();
        assertThat(failure).hasMessageContaining(what).hasMessageNotContaining("canary");
    }

    @Test
    void keysThatHaveExpiredAreBroken() {
        services.bindRole("cloner");
        services.lifetime(Duration.ofSeconds(-1));

        assertThatFetching(sources().cvmRole()).hasMessageContaining("credentials that expired at");
    }

    @ParameterizedTest
    @ValueSource(longs = {-86_400, 86_400})
    void lifetimesAreMeasuredByTheServersClock(long seconds) {
        services.bindRole("cloner");
        Clock wrong = Clock.offset(Clock.systemUTC(), Duration.ofSeconds(seconds));

        assertIsNewest(fetch(builder().clock(wrong).build().cvmRole()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "a/b", "../x", "a\nb"})
    void aNameThatNoRoleCanHaveIsRefused(String name) {
        assertThatThrownBy(() -> sources().cvmRole(name))
                .isInstanceOf(InvalidValueException.class)
                .hasMessageContaining("roleName");
    }

    // ---- TKE pod identity

    private void pod() throws IOException {
        variables.put("TKE_REGION", "ap-shanghai");
        variables.put("TKE_PROVIDER_ID", "cls-abcdefgh");
        variables.put("TKE_ROLE_ARN", ROLE.roleArn());
        variables.put(
                "TKE_WEB_IDENTITY_TOKEN_FILE",
                file("oidc-token", "canary-web-token-1\n").toString());
        services.acceptWebIdentity("canary-web-token-1");
    }

    @Test
    void aPodAssumesItsRoleWithoutASignature() throws IOException {
        pod();

        SourcedCredentials fetched = fetch(sources().podIdentity());

        assertIsNewest(fetched);
        assertThat(fetched.source()).isEqualTo("TKE pod identity");
        assertThat(services.requests()).containsExactly("AssumeRoleWithWebIdentity");
    }

    @Test
    void thePodsTokenIsReadForEachRequest() throws IOException {
        pod();
        CredentialsSource source = sources().podIdentity();
        fetch(source);
        file("oidc-token", "canary-web-token-2");
        services.acceptWebIdentity("canary-web-token-2");

        assertIsNewest(fetch(source));
    }

    @Test
    void someOfThePodsVariablesAreBrokenAndNoneAreAbsent() {
        CredentialsUnavailableException none = failure(sources().podIdentity());
        variables.put("TKE_REGION", "ap-shanghai");
        variables.put("TKE_ROLE_ARN", ROLE.roleArn());
        CredentialsUnavailableException some = failure(sources().podIdentity());

        assertThat(none.isAbsent()).isTrue();
        assertThat(some.isAbsent()).isFalse();
        assertThat(some)
                .hasMessage("no credentials: TKE pod identity: without TKE_PROVIDER_ID, TKE_WEB_IDENTITY_TOKEN_FILE");
    }

    @Test
    void aTokenThatIsRefusedIsNotQuoted() throws IOException {
        pod();
        file("oidc-token", "canary-web-token-3");

        assertThatFetching(sources().podIdentity())
                .hasMessageContaining("InvalidParameter.WebIdentityTokenError: The token *** is not valid.")
                .hasStackTraceContaining("InvalidParameter")
                .extracting(Throwable::toString)
                .asString()
                .doesNotContain("canary");
    }

    @Test
    void aPodsTokenFileThatIsMissingOrEmptyIsBroken() throws IOException {
        pod();
        file("oidc-token", " \n");
        assertThatFetching(sources().podIdentity()).hasMessageContaining("holds no token");

        Files.delete(home.resolve("oidc-token"));
        CredentialsUnavailableException failure = failure(sources().podIdentity());
        assertThat(failure).hasMessageContaining("not found");
        assertThat(failure.isAbsent()).isFalse();
    }

    // ---- AssumeRole

    private static CredentialsProvider user() {
        return CredentialsProvider.fixed(Credentials.of("AKIDuser", "canary-permanent-key"));
    }

    @Test
    void aRoleIsAssumedWithAPermanentKeyAndFromThereAnother() {
        SourcedCredentials first = fetch(sources().assumeRole(ROLE, user()));
        assertIsNewest(first);

        SourcedCredentials second = fetch(sources().assumeRole(ROLE, CredentialsProvider.fixed(first.credentials())));
        assertIsNewest(second);
        assertThat(second.credentials()).isNotEqualTo(first.credentials());
    }

    @Test
    void aRoleIsAssumedForTheRequestedDuration() {
        SourcedCredentials fetched = fetch(sources()
                .assumeRole(
                        ROLE.duration(Duration.ofMinutes(15))
                                .externalId("partner:1")
                                .policy("{\"version\":\"2.0\"}"),
                        user()));

        assertThat(fetched.validFor()).isBetween(Duration.ofMinutes(14), Duration.ofMinutes(15));
    }

    @Test
    void aWrongKeyIsRefusedAndNotSentAgain() {
        CredentialsProvider wrong = CredentialsProvider.fixed(Credentials.of("AKIDuser", "canary-wrong-key"));

        assertThatFetching(sources().assumeRole(ROLE, wrong))
                .hasMessageContaining("AssumeRole: AuthFailure.SignatureFailure")
                .hasCauseInstanceOf(ApiRefusal.class);
        assertThat(services.requests()).hasSize(1);
    }

    @Test
    void keysOfTheSourceThatHaveExpiredAreReplacedOnce() {
        TemporaryKeys.Key old = services.keys().issue(Instant.now(), Duration.ofHours(1));
        services.keys().revoke(old.id());
        Credentials expired = Credentials.of(old.id(), old.secret());
        CredentialsProvider renewing = new CredentialsProvider() {
            @Override
            public CompletionStage<Credentials> credentials() {
                return CompletableFuture.completedFuture(expired);
            }

            @Override
            public CompletionStage<Credentials> renewed(Credentials refused) {
                assertThat(refused).isEqualTo(expired);
                return user().credentials();
            }
        };

        assertIsNewest(fetch(sources().assumeRole(ROLE, renewing)));
        assertThat(services.requests()).hasSize(2);
    }

    @Test
    void aRequestThatMayPassIsSentAgain() {
        AtomicInteger left = new AtomicInteger(2);
        services.misbehave(action -> left.getAndDecrement() > 0
                ? Optional.of(
                        left.get() == 1
                                ? Response.error("InternalError.SystemError")
                                : Response.of(502, "<html>canary"))
                : Optional.empty());

        assertIsNewest(fetch(sources().assumeRole(ROLE, user())));
        assertThat(services.requests()).hasSize(3);
    }

    @Test
    void aServiceThatStaysDownIsGivenUp() {
        services.misbehave(action -> Optional.of(Response.of(200, "{\"canary\":1}")));

        assertThatFetching(sources().assumeRole(ROLE, user()))
                .hasMessage("no credentials: assumed role " + ROLE.roleArn()
                        + ": AssumeRole: a response that is not the API's");
        assertThat(services.requests()).hasSize(3);
    }

    @ParameterizedTest
    @ValueSource(longs = {-3600, 3600})
    void aWrongClockIsCorrectedByTheServers(long seconds) {
        Clock wrong = Clock.offset(Clock.systemUTC(), Duration.ofSeconds(seconds));
        CredentialsSources sources = builder().clock(wrong).build();

        assertIsNewest(fetch(sources.assumeRole(ROLE, user())));
        assertThat(services.requests()).hasSize(2);
        assertIsNewest(fetch(sources.assumeRole(ROLE, user())));
        assertThat(services.requests()).as("corrected from then on").hasSize(3);
    }

    @Test
    void aRoleThatTheServiceWouldRefuseIsRefusedAtOnce() {
        assertThatThrownBy(() -> AssumedRole.of("cloner", "ramet")).hasMessageContaining("roleArn");
        assertThatThrownBy(() -> AssumedRole.of(ROLE.roleArn(), "x")).hasMessageContaining("sessionName");
        assertThatThrownBy(() -> ROLE.externalId("a b")).hasMessageContaining("externalId");
        assertThatThrownBy(() -> ROLE.duration(Duration.ofHours(13))).hasMessageContaining("duration");
        assertThatThrownBy(() -> ROLE.duration(Duration.ofMillis(1500))).hasMessageContaining("duration");
    }

    @Test
    void theTokenServiceIsNeverSpokenToInClear() {
        assertThatThrownBy(() -> builder()
                        .sts(URI.create("http://sts.tencentcloudapi.com"))
                        .build())
                .isInstanceOf(InvalidValueException.class)
                .hasMessageContaining("must be https");
    }

    @Test
    void aPasswordInAnEndpointIsRefusedAndNotQuoted() {
        assertThatThrownBy(() -> builder()
                        .sts(URI.create("http://user:Canary@sts.tencentcloudapi.com"))
                        .build())
                .isInstanceOf(InvalidValueException.class)
                .hasMessageContaining("sts")
                .hasMessageContaining("no password")
                .hasMessageNotContaining("Canary");
        assertThatThrownBy(() -> builder()
                        .metadata(URI.create("http://user:Canary@metadata.tencentyun.com"))
                        .build())
                .isInstanceOf(InvalidValueException.class)
                .hasMessageNotContaining("Canary");
    }

    @Test
    void theIdentityOfCredentialsIsLookedUp() {
        CallerIdentity identity = sources().callerIdentity(user()).block(PATIENCE);

        assertThat(identity.accountId()).isEqualTo("100000000001");
        assertThat(identity.arn()).isEqualTo("qcs::cam::uin/100000000001:uin/100000000002");
        assertThat(identity.type()).isEqualTo("CAMUser");
    }

    // ---- tccli profiles

    private static String keys(String more) {
        return "{\"secretId\":\"AKIDuser\",\"secretKey\":\"canary-permanent-key\"" + more + "}";
    }

    @Test
    void aProfileHandsOutItsKeys() throws IOException {
        file(".tccli/default.credential", keys(",\"token\":\"canary-session\""));

        SourcedCredentials fetched = fetch(sources().tccliProfile("default"));

        assertThat(fetched.credentials().secretId()).isEqualTo("AKIDuser");
        assertThat(fetched.credentials().token().reveal()).isEqualTo("canary-session");
        assertThat(fetched.kept()).isFalse();
        assertThat(fetched.validFor()).isNull();
    }

    @ParameterizedTest
    @CsvSource({"sso, tccli sso login", "oauth, tccli auth login"})
    void aLoginIsUsedUntilItExpires(String type, String command) throws IOException {
        long now = Instant.now().getEpochSecond();
        file(".tccli/work.credential", keys(",\"type\":\"" + type + "\",\"expiresAt\":" + (now + 60)));
        assertThat(fetch(sources().tccliProfile("work")).validFor())
                .isBetween(Duration.ofSeconds(50), Duration.ofSeconds(60));

        file(".tccli/work.credential", keys(",\"type\":\"" + type + "\",\"expiresAt\":" + (now - 1)));
        assertThatFetching(sources().tccliProfile("work"))
                .hasMessageContaining("tccli profile work: expired at")
                .hasMessageContaining("run `" + command + "`");
    }

    @Test
    void aProfileOfARoleAssumesIt() throws IOException {
        file(
                ".tccli/default.credential",
                keys(",\"role-arn\":\"" + ROLE.roleArn() + "\",\"role-session-name\":\"ramet\""));

        SourcedCredentials fetched = fetch(sources().tccliProfile("default"));

        assertIsNewest(fetched);
        assertThat(fetched.source()).isEqualTo("tccli profile default");
    }

    @Test
    void aProfileOfACvmRoleUsesTheMetadataService() throws IOException {
        file(".tccli/default.credential", "{\"type\":\"cvm-role\"}");
        services.bindRole("cloner");

        assertIsNewest(fetch(sources().tccliProfile("default")));
    }

    @Test
    void aFileThatIsHalfWrittenIsReadAgain() throws IOException {
        VirtualTimeScheduler time = VirtualTimeScheduler.create();
        file(".tccli/default.credential", "{\"secretId\":\"AKIDuser\",\"secretK");
        CredentialsSource source = builder().scheduler(time).build().tccliProfile("default");

        CompletableFuture<SourcedCredentials> reading = source.fetch().toFuture();
        assertThat(reading).isNotDone();
        file(".tccli/default.credential", keys(""));
        time.advanceTimeBy(Duration.ofMillis(200));
        assertThat(reading).isCompleted();

        file(".tccli/default.credential", "{\"secretId\":\"canary");
        CompletableFuture<SourcedCredentials> broken = source.fetch().toFuture();
        time.advanceTimeBy(Duration.ofMillis(200));
        assertThat(broken)
                .failsWithin(PATIENCE)
                .withThrowableThat()
                .withMessageContaining("is not a JSON object")
                .withMessageNotContaining("canary");
    }

    @Test
    void aProfileThatDoesNotExistIsAbsentAndOneWithoutKeysIsBroken() throws IOException {
        assertThat(failure(sources().tccliProfile("default")).isAbsent()).isTrue();

        file(".tccli/default.credential", "{\"secretId\":\"AKIDuser\"}");
        CredentialsUnavailableException failure = failure(sources().tccliProfile("default"));
        assertThat(failure.isAbsent()).isFalse();
        assertThat(failure).hasMessageContaining("without secretKey: run `tccli configure`");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "../other", "a/b"})
    void aNameThatNoProfileCanHaveIsRefused(String name) {
        assertThatThrownBy(() -> sources().tccliProfile(name)).isInstanceOf(InvalidValueException.class);
    }

    // ---- the default chain

    @Test
    void theFirstLinkThatHasCredentialsIsUsed() throws IOException {
        services.bindRole("cloner");
        assertThat(fetch(sources().defaultChain()).source()).isEqualTo("CVM role");

        file(".tencentcloud/credentials", "[default]\nsecret_id=AKIDini\nsecret_key=canary-ini-key\n");
        assertThat(fetch(sources().defaultChain()).credentials().secretId()).isEqualTo("AKIDini");

        file(".tccli/default.credential", keys(""));
        assertThat(fetch(sources().defaultChain()).source()).isEqualTo("tccli profile default");

        pod();
        assertThat(fetch(sources().defaultChain()).source()).isEqualTo("TKE pod identity");

        variables.put("TENCENTCLOUD_SECRET_ID", "AKIDenv");
        variables.put("TENCENTCLOUD_SECRET_KEY", "canary-env-key");
        assertThat(fetch(sources().defaultChain()).source()).isEqualTo("environment");
    }

    @Test
    void aBrokenLinkIsNotPassedOver() throws IOException {
        services.bindRole("cloner");
        file(".tccli/default.credential", "{}");

        CredentialsUnavailableException failure = failure(sources().defaultChain());

        assertThat(failure.provider()).isEqualTo("tccli profile default");
        assertThat(failure).hasMessageStartingWith("no credentials: tccli profile default: without secretId: run");
        assertThat(failure).hasMessageContaining("(before it: environment without TENCENTCLOUD_SECRET_ID; TKE pod");
        assertThat(services.requests()).isEmpty();
    }

    @Test
    void aChainWithoutCredentialsSaysWhatItTried() {
        CredentialsUnavailableException failure = failure(sources().defaultChain());

        assertThat(failure.isAbsent()).isTrue();
        assertThat(failure)
                .hasMessageContaining("environment without TENCENTCLOUD_SECRET_ID; ")
                .hasMessageContaining("TKE pod identity without TKE_REGION, TKE_PROVIDER_ID")
                .hasMessageContaining(
                        "tccli profile default " + home.resolve(".tccli/default.credential") + " not found")
                .hasMessageContaining("file " + home.resolve(".tencentcloud/credentials") + " not found")
                .hasMessageContaining("file " + home.resolve("no-system-file") + " not found")
                .hasMessageEndingWith("CVM role no role is bound to this instance");
    }

    @Test
    void variablesChooseProfileFileAndRole() throws IOException {
        services.bindRole("cloner");
        variables.put("TENCENTCLOUD_CAM_ROLE_NAME", "cloner");
        fetch(sources().defaultChain());
        assertThat(services.requests()).containsExactly("keys of cloner");

        variables.put(
                "TENCENTCLOUD_CREDENTIALS_FILE",
                file("elsewhere/keys", "[default]\nsecret_id=AKIDelse\nsecret_key=canary-else-key\n")
                        .toString());
        assertThat(fetch(sources().defaultChain()).credentials().secretId()).isEqualTo("AKIDelse");

        variables.put("TCCLI_PROFILE", "work");
        file(".tccli/work.credential", keys(""));
        assertThat(fetch(sources().defaultChain()).source()).isEqualTo("tccli profile work");
        assertThat(fetch(builder().profile("default").build().defaultChain()).source())
                .isNotEqualTo("tccli profile work");
    }

    @Test
    void theRegionIsThatOfTheVariableOrOfTheProfile() throws IOException {
        assertThat(sources().region()).isEmpty();

        file(".tccli/default.configure", "{\"_sys_param\":{\"region\":\"ap-beijing\",\"output\":\"json\"}}");
        assertThat(sources().region()).contains("ap-beijing");

        variables.put("TENCENTCLOUD_REGION", "ap-shanghai");
        assertThat(sources().region()).contains("ap-shanghai");
    }

    // ---- files that others may read

    @Test
    void aFileThatOthersMayReadIsWarnedAboutOnce() throws IOException {
        Path tccli = file(".tccli/default.credential", keys(""));
        Path ini = file("ini", "[default]\nsecret_id=AKIDini\nsecret_key=canary-ini-key\n");
        ListAppender<ILoggingEvent> logged = new ListAppender<>();
        logged.start();
        Logger logger = (Logger) LoggerFactory.getLogger(LocalFiles.class);
        Level before = logger.getLevel();
        logger.setLevel(Level.WARN);
        logger.addAppender(logged);
        try {
            CredentialsSources sources = sources();
            fetch(sources.tccliProfile("default"));
            fetch(sources.file(ini));
            assertThat(logged.list).isEmpty();

            Files.setPosixFilePermissions(tccli, PosixFilePermissions.fromString("rw-r--r--"));
            Files.setPosixFilePermissions(ini, PosixFilePermissions.fromString("rw--w----"));
            for (int i = 0; i < 3; i++) {
                fetch(sources.tccliProfile("default"));
                fetch(sources.file(ini));
            }
        } finally {
            logger.detachAppender(logged);
            logger.setLevel(before);
        }
        assertThat(logged.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .containsExactly(
                        tccli + " holds keys, and users other than its owner may read or write it: chmod 600",
                        ini + " holds keys, and users other than its owner may read or write it: chmod 600");
    }

    @Test
    void aResponseThatIsTooLongIsBroken() {
        services.bindRole("cloner");
        services.misbehave(request -> Optional.of(Response.of(200, "x".repeat(100_000))));

        assertThatFetching(sources().cvmRole()).hasMessageContaining("a response longer than 65536 bytes");
    }

    @Test
    void aRequestPrintsNeitherHeadersNorBody() {
        sources();
        assertThat(new ApiResponse(200, null, "canary".getBytes(StandardCharsets.UTF_8)).toString())
                .doesNotContain("canary");
        assertThat(new io.ramet.reactor.transport.CredentialsTransport.Request(
                                services.uri(),
                                Map.of("Authorization", "canary"),
                                "canary".getBytes(StandardCharsets.UTF_8))
                        .toString())
                .doesNotContain("canary");
    }
}
