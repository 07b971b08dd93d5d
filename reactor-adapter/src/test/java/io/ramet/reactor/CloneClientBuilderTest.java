package io.ramet.reactor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ramet.error.InvalidValueException;
import io.ramet.json.ResponseJson;
import io.ramet.reactor.journal.CloneJournal;
import io.ramet.reactor.observe.CloneObserver;
import io.ramet.reactor.transport.Network;
import io.ramet.sign.Credentials;
import io.ramet.sign.CredentialsProvider;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

class CloneClientBuilderTest {

    static Stream<Arguments> wrong() {
        return Stream.of(
                setting("region", "(none)", b -> b.region(" ")),
                setting(
                        "endpoint",
                        "http://redis.tencentcloudapi.com",
                        b -> b.endpoint(URI.create("http://redis.tencentcloudapi.com"))),
                setting("endpoint", "ftp://localhost", b -> b.endpoint(URI.create("ftp://localhost"))),
                setting(
                        "endpoint",
                        "redis.tencentcloudapi.com",
                        b -> b.endpoint(URI.create("redis.tencentcloudapi.com"))),
                setting(
                        "endpoint",
                        "https://redis.tencentcloudapi.com/v3",
                        b -> b.endpoint(URI.create("https://redis.tencentcloudapi.com/v3"))),
                setting(
                        "endpoint",
                        "https://...",
                        b -> b.endpoint(URI.create("https://user:Canary-Passw0rd@localhost"))),
                setting(
                        "endpoint",
                        "https://...",
                        b -> b.endpoint(URI.create("https://user:Canary-Passw0rd@my_host:8443"))),
                setting("endpoint", "https://localhost/?x=1", b -> b.endpoint(URI.create("https://localhost/?x=1"))),
                setting("maxInFlight", "0", b -> b.maxInFlight(0)),
                setting("maxInFlight", "1001", b -> b.maxInFlight(1001)),
                setting("maxInDoubt", "0", b -> b.maxInDoubt(0)),
                setting("maxInstances", "0", b -> b.maxInstances(0)),
                setting("callTimeout", "PT0S", b -> b.callTimeout(Duration.ZERO)),
                setting("reconcileFor", "PT-1S", b -> b.reconcileFor(Duration.ofSeconds(-1))));
    }

    private static Arguments setting(String field, String value, UnaryOperator<CloneClientBuilder> wrong) {
        return Arguments.of(field, value, wrong);
    }

    @ParameterizedTest
    @MethodSource("wrong")
    void aSettingOutOfItsRangeIsRefusedByName(String field, String value, UnaryOperator<CloneClientBuilder> wrong) {
        CloneClientBuilder builder = CloneClient.builder().region("ap-guangzhou");
        assertThatThrownBy(() -> wrong.apply(builder).build())
                .isInstanceOfSatisfying(InvalidValueException.class, refused -> {
                    assertThat(refused.field()).isEqualTo(field);
                    assertThat(refused.value()).isEqualTo(value);
                });
    }

    @Test
    void aCopyHasEverySetting() throws IllegalAccessException {
        CloneClientBuilder builder = CloneClient.builder()
                .region("ap-beijing")
                .endpoint(URI.create("https://localhost"))
                .credentials(CredentialsProvider.fixed(Credentials.of("id", "key")))
                .network(Network.direct().withoutProxy())
                .transport(Ledger.healthy())
                .shaper(new UnlimitedShaper())
                .journal(CloneJournal.inMemory())
                .observer(CloneObserver.NOOP)
                .maxInFlight(1)
                .maxInDoubt(1)
                .maxInstances(1)
                .stopOnRefusal(false)
                .callTimeout(Duration.ofSeconds(1))
                .reconcileFor(Duration.ofSeconds(1))
                .auditFor(Duration.ofSeconds(1))
                .unverifiedPlans(UnverifiedPlans.SEND)
                .preflight(PreflightPolicy.REQUIRE_NO_BLOCKER)
                .onDoubt(DoubtPolicy.RESEND_WHEN_PROVEN)
                .visibilityLag(Duration.ofSeconds(1))
                .recoverEvery(Duration.ofSeconds(1))
                .passwords(plan -> Mono.empty())
                .clock(Clock.fixed(Instant.EPOCH, ZoneOffset.UTC))
                .time(Schedulers.immediate(), () -> 0)
                .random(new Random(0))
                .json(ResponseJson.strict());
        CloneClientBuilder copy = new CloneClientBuilder(builder);
        for (Field setting : CloneClientBuilder.class.getDeclaredFields()) {
            if (!Modifier.isStatic(setting.getModifiers())) {
                assertThat(setting.get(copy))
                        .as(setting.getName())
                        .isSameAs(setting.get(builder))
                        .isNotEqualTo(setting.get(CloneClient.builder()));
            }
        }
    }

    @Test
    void onlyTheRegionIsRequired() {
        CloneClient client = CloneClient.builder().region("ap-guangzhou").build();
        client.close();
        client.close();
    }
}
