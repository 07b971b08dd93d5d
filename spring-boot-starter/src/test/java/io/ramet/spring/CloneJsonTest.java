package io.ramet.spring;

import static io.ramet.spring.Fixtures.plan;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.ramet.error.ApiRefusal;
import io.ramet.error.ErrorCodes;
import io.ramet.error.LostResponse;
import io.ramet.error.NotSent;
import io.ramet.error.NotSent.Reason;
import io.ramet.json.ReportJson;
import io.ramet.model.Backup;
import io.ramet.model.CloneRequest;
import io.ramet.model.Deal;
import io.ramet.model.InstanceState;
import io.ramet.model.PreflightReport;
import io.ramet.model.PreflightReport.Check;
import io.ramet.model.PreflightReport.Finding;
import io.ramet.model.PreflightReport.Level;
import io.ramet.model.Price;
import io.ramet.model.Secret;
import io.ramet.model.UndoOutcome;
import io.ramet.outcome.ChunkOutcome;
import io.ramet.outcome.ChunkOutcome.Cloned;
import io.ramet.outcome.ChunkOutcome.InDoubt;
import io.ramet.outcome.ChunkOutcome.NotCloned;
import io.ramet.outcome.CloneReport;
import io.ramet.outcome.PlanAudit;
import io.ramet.plan.ClonePlan;
import io.ramet.plan.PlanId;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The JSON that an application's own mapper writes, with either generation of Jackson. */
class CloneJsonTest {

    private static final String PASSWORD = "Canary+Password7";
    private static final ClonePlan PLAN = plan("order-1", 90);
    private static final Deal DEAL = new Deal("9", "name-9", List.of("crs-1"), "request-1");
    private static final InstanceState INSTANCE = new InstanceState(
            "crs-1",
            "web-1",
            InstanceState.Status.RUNNING,
            "10.0.0.5",
            6379,
            100003,
            "name-9",
            0,
            Duration.ofSeconds(41),
            "");
    private static final InDoubt DOUBT = new InDoubt(PLAN.chunk(2), LostResponse.brokenOff());
    private static final NotCloned REFUSED = new NotCloned(
            PLAN.chunk(1), new ApiRefusal(ErrorCodes.of("ResourceUnavailable.SaleOut"), "sold out", "request-2"));
    private static final NotSent UNSIGNED = new NotSent(
            Reason.NO_CREDENTIALS, "/home/canary/.tencentcloud/credentials: no such file", new IOException("canary"));
    private static final NotCloned STOPPED = new NotCloned(
            PLAN.chunk(1), new NotSent(Reason.RUN_STOPPED, "sending had stopped: " + UNSIGNED.getMessage(), UNSIGNED));

    static Stream<Arguments> values() {
        List<ChunkOutcome> outcomes = List.of(new Cloned(PLAN.chunk(0), DEAL), REFUSED, DOUBT);
        CloneReport report = outcomes.stream().reduce(CloneReport.of(PLAN), CloneReport::plus, (a, b) -> b);
        return Stream.of(
                Arguments.of(
                        outcomes,
                        outcomes.stream().map(ReportJson::outcome).toList().toString()),
                Arguments.of(report, ReportJson.report(report).toString()),
                Arguments.of(DEAL, ReportJson.deal(DEAL).toString()),
                Arguments.of(Map.of("nested", DEAL), "{\"nested\":" + ReportJson.deal(DEAL) + "}"),
                Arguments.of(PLAN, ReportJson.plan(PLAN).toString()),
                Arguments.of(PLAN.id(), "\"order-1\""),
                Arguments.of(
                        INSTANCE,
                        "{\"type\":\"instance\",\"instanceId\":\"crs-1\",\"name\":\"web-1\",\"state\":\"running\","
                                + "\"address\":\"10.0.0.5:6379\",\"zoneId\":100003,\"deal\":\"name-9\",\"chunk\":0,"
                                + "\"seconds\":41}"),
                Arguments.of(
                        new UndoOutcome("crs-1", "web-1", 0, UndoOutcome.Result.ALREADY_ISOLATED, ""),
                        "{\"type\":\"undo\",\"instanceId\":\"crs-1\",\"name\":\"web-1\",\"chunk\":0,"
                                + "\"result\":\"already-isolated\"}"),
                Arguments.of(
                        new Price.Unknown("no longer sold"), "{\"type\":\"price\",\"unknown\":\"no longer sold\"}"),
                Arguments.of(
                        new PreflightReport(List.of(
                                new Finding(Check.SECURITY_GROUPS, Level.UNKNOWN, "refused", "redis:Describe"))),
                        "{\"type\":\"preflight\",\"blocked\":false,\"findings\":[{\"type\":\"finding\","
                                + "\"check\":\"security-groups\",\"level\":\"unknown\",\"text\":\"refused\","
                                + "\"permission\":\"redis:Describe\"}]}"),
                Arguments.of(
                        new Backup("1-1-1", "crs-1", null, null, 7L, Backup.Kind.MANUAL, 2, true, null),
                        "{\"type\":\"backup\",\"backupId\":\"1-1-1\",\"instanceId\":\"crs-1\",\"bytes\":7,"
                                + "\"kind\":\"manual\",\"status\":2,\"locked\":true,\"clonable\":\"no\","
                                + "\"reason\":\"another task holds it\"}"),
                Arguments.of(Secret.of(PASSWORD), "\"***\""),
                Arguments.of(
                        REFUSED.failure(),
                        "{\"type\":\"failure\",\"requestId\":\"request-2\",\"code\":\"ResourceUnavailable.SaleOut\","
                                + "\"message\":\"sold out\"}"));
    }

    @ParameterizedTest
    @MethodSource("values")
    void valuesAreWrittenAsTheCommandLineDoes(Object value, String json) throws IOException {
        assertThat(JsonMapper.shared().readTree(withJackson3(value)))
                .isEqualTo(JsonMapper.shared().readTree(json));
        assertThat(withJackson2(value)).isEqualTo(withJackson3(value));
    }

    static Stream<Object> secrets() {
        CloneRequest request = CloneRequest.builder()
                .instanceId("crs-1")
                .backupId("1")
                .goodsNum(1)
                .payAsYouGo()
                .zoneId(1)
                .securityGroups("sg-1")
                .password(Secret.of(PASSWORD))
                .build();
        return Stream.of(
                request,
                ClonePlan.of(PlanId.of("order-2"), request),
                new NotCloned(PLAN.chunk(0), UNSIGNED),
                STOPPED,
                CloneReport.of(PLAN).plus(STOPPED),
                CloneReport.of(PLAN).audited(PlanAudit.none("the listing failed: " + UNSIGNED.getMessage())),
                UNSIGNED);
    }

    @ParameterizedTest
    @MethodSource("secrets")
    void neitherPasswordsNorTheServicesFilesNorExceptionsAreWritten(Object value) throws IOException {
        assertThat(List.of(withJackson3(value), withJackson2(value)))
                .allSatisfy(json -> assertThat(json)
                        .isNotEqualTo("{}")
                        .doesNotContainIgnoringCase("canary", "stackTrace", "cause", ".java"));
    }

    @Test
    void aBackupIsJudgedForAPurchaseAtTheTimeOfTheClock() {
        LocalDateTime expiry = LocalDateTime.of(2026, 12, 6, 0, 0);
        Backup backup = new Backup("1-1-1", "crs-1", null, expiry, 7L, Backup.Kind.MANUAL, 2, false, null);
        Map<Integer, String> verdicts = new TreeMap<>();
        for (int days : List.of(-2, 2)) {
            Clock clock = Clock.fixed(expiry.plusDays(days).toInstant(ZoneOffset.UTC), ZoneOffset.UTC);
            CloneJson.addTo(
                    new CloneJson.Forms() {
                        @Override
                        public <T> void add(Class<T> type, Function<T, JsonNode> form) {
                            if (type == Backup.class) {
                                verdicts.put(
                                        days,
                                        form.apply(type.cast(backup))
                                                .get("clonable")
                                                .asString());
                            }
                        }
                    },
                    clock);
        }
        assertThat(verdicts).containsExactly(Map.entry(-2, "yes"), Map.entry(2, "no"));
    }

    private static String withJackson3(Object value) {
        String[] json = new String[1];
        new ApplicationContextRunner()
                .withConfiguration(
                        AutoConfigurations.of(JacksonAutoConfiguration.class, RametJacksonAutoConfiguration.class))
                .run(context -> json[0] = context.getBean(JsonMapper.class).writeValueAsString(value));
        return json[0];
    }

    private static String withJackson2(Object value) throws IOException {
        return new ObjectMapper()
                .registerModule(new RametJacksonAutoConfiguration.Jackson2().cloneJackson2Module())
                .writeValueAsString(value);
    }
}
