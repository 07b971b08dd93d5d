package io.ramet.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.ramet.error.ApiRefusal;
import io.ramet.error.CallFailure;
import io.ramet.error.Effect;
import io.ramet.error.LostResponse;
import io.ramet.error.LostResponse.Phase;
import io.ramet.model.Deal;
import io.ramet.model.Fixtures;
import io.ramet.plan.ClonePlan;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReadDealTest {

    private static final String REQUEST_ID = "2a836c00-175f-11eb-aeb3-db134c8d8fec";
    private static final String REAL = """
            {
              "Response": {
                "RequestId": "2a836c00-175f-11eb-aeb3-db134c8d8fec",
                "InstanceIds": ["crs-kic3aaaa", "crs-kic3bbbb"],
                "DealId": "22716",
                "DealName": "20251029222716"
              }
            }""";

    @Test
    void aWholeResponseIsADeal() {
        assertThat(deal(REAL))
                .isEqualTo(new Deal("22716", "20251029222716", List.of("crs-kic3aaaa", "crs-kic3bbbb"), REQUEST_ID));
        assertThat(deal(REAL).name()).contains("20251029222716");
    }

    @Test
    void anyOneOfTheThreeMakesADeal() {
        assertThat(deal("{'Response':{'DealName':'n','RequestId':'r'}}"))
                .isEqualTo(new Deal(null, "n", List.of(), "r"));
        assertThat(deal("{'Response':{'DealId':'d','RequestId':'r'}}").name()).contains("d");
        assertThat(deal("{'Response':{'InstanceIds':['crs-1'],'RequestId':'r'}}"))
                .isEqualTo(new Deal(null, null, List.of("crs-1"), "r"));
        assertThat(deal("{'Response':{'InstanceIds':['crs-1'],'RequestId':'r'}}")
                        .name())
                .isEmpty();
    }

    @Test
    void aNumericDealIdIsOne() {
        assertThat(deal("{'Response':{'DealId':22716}}").dealId()).isEqualTo("22716");
        assertThat(deal("{'Response':{'DealId':20251029222716123456789}}").dealId())
                .isEqualTo("20251029222716123456789");
    }

    @Test
    void idsThatAreNullBlankOrRepeatedCountForNothing() {
        assertThat(deal("{'Response':{'InstanceIds':[null,'crs-1',' ','crs-2','crs-1'],'DealId':'d'}}")
                        .instanceIds())
                .containsExactly("crs-1", "crs-2");
        assertThat(deal("{'Response':{'InstanceIds':null,'DealId':'d','Error':null}}")
                        .instanceIds())
                .isEmpty();
    }

    @Test
    void anErrorIsARefusalThatKeepsCodeTextAndRequestId() {
        ApiRefusal refusal =
                refusal("{'Response':{'Error':{'Code':'ResourceUnavailable.SaleOut','Message':'none left'},"
                        + "'RequestId':'r'}}");

        assertThat(refusal.code().name()).isEqualTo("ResourceUnavailable.SaleOut");
        assertThat(refusal.text()).isEqualTo("none left");
        assertThat(refusal.requestId()).contains("r");
        assertThat(refusal.effect()).isEqualTo(Effect.NONE);
        assertThat(refusal).hasMessage("ResourceUnavailable.SaleOut: none left (RequestId r)");
    }

    @Test
    void anErrorWithoutTextOrRequestIdIsStillARefusal() {
        ApiRefusal refusal = refusal("{'Response':{'Error':{'Code':'LimitExceeded'}}}");

        assertThat(refusal).hasMessage("LimitExceeded: ");
        assertThat(refusal.requestId()).isEmpty();
    }

    @Test
    void anUnknownFieldOfAnErrorIsIgnored() {
        assertThat(refusal("{'Response':{'Error':{'New':{'Code':'Brand.New'},'Code':'LimitExceeded'}}}")
                        .code()
                        .name())
                .isEqualTo("LimitExceeded");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Brand.New", "limitexceeded", "LimitExceeded ", "RequestLimitExceeded.Foo", "5"})
    void anUnknownCodeMayHaveHadAnEffect(String code) {
        assertThat(refusal("{'Response':{'Error':{'Code':'" + code + "','Message':'?'},'RequestId':'r'}}")
                        .effect())
                .isEqualTo(Effect.POSSIBLE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'Response':{'RequestId':'r'}}",
                "{'Response':{'DealId':'','DealName':' ','InstanceIds':[''],'RequestId':'r'}}",
                "{'Response':{'DealId':null,'InstanceIds':[],'RequestId':'r'}}",
                "{'Response':{'Error':{},'RequestId':'r'}}",
                "{'Response':{'Error':{'Code':' ','Message':'m'},'RequestId':'r'}}",
                "{'Response':{'Error':{'Code':'LimitExceeded','Message':'m'},'DealId':'d','RequestId':'r'}}",
                "{'Response':{'Error':{'Code':'LimitExceeded'},'InstanceIds':['crs-1'],'RequestId':'r'}}",
                "{'Response':{'Error':'','DealId':'d','RequestId':'r'}}",
                "{'Response':{'Error':[],'DealId':'d','RequestId':'r'}}",
                "{'Response':{'Error':'LimitExceeded','RequestId':'r'}}",
                "{'Response':{'DealId':{},'RequestId':'r'}}",
                "{'Response':{'DealId':true,'RequestId':'r'}}",
                "{'Response':{'DealId':1e999999999,'RequestId':'r'}}",
                "{'Response':{'InstanceIds':'crs-1','RequestId':'r'}}",
                "{'Response':{'InstanceIds':{'0':'crs-1'},'RequestId':'r'}}",
                "{'Response':[{'DealId':'d','RequestId':'r'}]}",
                "{'Response':7,'DealId':'d','RequestId':'r'}",
                "[{'Response':{'DealId':'d','RequestId':'r'}}]",
                "{'Response':{'DealId':'d','RequestId':'r'}}{}",
                "{'Response':{'DealId':'d','RequestId':'r'}}<html>",
                "{'Response':{'DealId':'d','RequestId':'r'},'Response':{'DealId':'e'}}",
                "{'Response':{'Error':{'Code':'LimitExceeded'},'Error':null,'DealId':'d','RequestId':'r'}}",
                "{'Response':{'DealId':'d','DealId':'d','RequestId':'r'}}",
                "{'Response':{'InstanceIds':['crs-1'],'InstanceIds':[],'RequestId':'r'}}",
                "{'Response':{'Error':{'Code':'LimitExceeded','Code':'Other'},'RequestId':'r'}}",
                "{'Response':{'InstanceIds':['crs-1',['crs-2']],'RequestId':'r'}}",
                "{'Response':{'InstanceIds':['crs-1',{}],'RequestId':'r'}}",
                "{'Response':{'InstanceIds':['crs-1',true],'RequestId':'r'}}",
                "{'code':0,'message':'','DealId':'d','RequestId':'r'}",
                "{'response':{'DealId':'d','RequestId':'r'}}"
            })
    void aHalfResponseIsLostButItsRequestIdIsKept(String body) {
        LostResponse lost = lost(200, bytes(body));

        assertThat(lost.requestId()).contains("r");
        assertThat(lost.phase()).isEqualTo(Phase.ANSWERED);
        assertThat(lost).hasMessageStartingWith("no trustworthy response: ").hasMessageEndingWith(" (RequestId r)");
    }

    @Test
    void theDealBesideAnErrorIsKept() {
        LostResponse lost = lost(
                200,
                bytes("{'Response':{'Error':{'Code':'InternalError.InternalError','Message':'late'},'DealId':'22716',"
                        + "'DealName':'2025','InstanceIds':['crs-1','crs-2','crs-1'],'RequestId':'r'}}"));

        assertThat(lost.dealId()).contains("22716");
        assertThat(lost.dealName()).contains("2025");
        assertThat(lost.instanceIds()).containsExactly("crs-1", "crs-2");
        assertThat(lost.requestId()).contains("r");
        assertThat(lost).hasMessageContaining("InternalError.InternalError").hasMessageContaining("2025");
        assertThat(lost(200, bytes("{'Response':{'RequestId':'r'}}")).dealId()).isEmpty();
    }

    @Test
    void controlCharactersOfTheServerAreReplaced() {
        String evil =
                "a\\u001b[2A\\u001b]52;c;cm0gLXJm\\u0007\\ncloned\\r\\t\\u0085\\u009b1m\\u2028\\u202e\\u2066\\ud800\\u0000z";
        Deal deal = deal(
                ("{'Response':{'DealId':'@','DealName':'@','InstanceIds':['@'],'RequestId':'@'}}").replace("@", evil));
        for (String text :
                List.of(deal.dealId(), deal.dealName(), deal.instanceIds().get(0), deal.requestId())) {
            assertHarmless(text);
        }
        assertHarmless(refusal("{'Response':{'Error':{'Code':'@','Message':'@'},'RequestId':'@'}}".replace("@", evil))
                .getMessage());
        assertHarmless(
                lost(200, bytes("{'Response':{'Error':{'Code':'@'},'DealId':'@','RequestId':'@'}}".replace("@", evil)))
                        .getMessage());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "{}",
                "[]",
                "null",
                "true",
                "7",
                "''",
                "'text'",
                "{'Response':null}",
                "{'Response':''}",
                "{'Response':{}}",
                "{'Response':7}",
                "<html><body>502 Bad Gateway</body></html>",
                "\u0000",
                "\uFEFF",
                "{'Response':{'DealId':'d','RequestId':{}}}"
            })
    void anythingButAResponseIsLost(String body) {
        assertThat(lost(200, bytes(body)).requestId()).isEmpty();
    }

    @Test
    void aResponseCutAtAnyByteIsLostAndKeepsTheRequestIdOnceItIsWhole() {
        byte[] whole = REAL.getBytes(StandardCharsets.UTF_8);
        int known = REAL.indexOf(REQUEST_ID) + REQUEST_ID.length() + 1;
        for (int length = 0; length < whole.length; length++) {
            LostResponse lost = lost(200, Arrays.copyOf(whole, length));
            assertThat(lost.requestId().isPresent()).as("cut at %d", length).isEqualTo(length >= known);
        }
    }

    @Test
    void damageIsNeverAnotherExceptionThanACallFailure() {
        byte[] whole = REAL.getBytes(StandardCharsets.UTF_8);
        for (long seed = 0; seed < 1_000; seed++) {
            Random random = new Random(seed);
            byte[] damaged = whole.clone();
            for (int n = random.nextInt(4); n >= 0; n--) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
            }
            try {
                ResponseJson.lenient().readDeal(200, damaged);
            } catch (CallFailure failure) {
                assertThat(failure.effect()).as("seed %d", seed).isEqualTo(Effect.POSSIBLE);
            } catch (RuntimeException e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
    }

    @Test
    void garbageIsLost() {
        for (long seed = 0; seed < 200; seed++) {
            byte[] garbage = new byte[(int) seed];
            new Random(seed).nextBytes(garbage);
            assertThat(lost(200, garbage).effect()).as("seed %d", seed).isEqualTo(Effect.POSSIBLE);
        }
    }

    @Test
    void nestingAndNumbersWithoutEndAreLost() {
        lost(200, bytes("[".repeat(100_000)));
        lost(200, bytes("{'Response':{'DealId':'d','x':" + "[".repeat(10_000) + "]".repeat(10_000) + "}}"));
        lost(200, bytes("{'Response':{'DealId':" + "9".repeat(100_000) + "}}"));
        lost(200, bytes("{'Response':".repeat(100_000)));
    }

    @ParameterizedTest
    @ValueSource(ints = {100, 201, 204, 301, 400, 401, 408, 429, 500, 502, 503, 504})
    void anyStatusBut200IsLostEvenWithAPerfectResponse(int status) {
        LostResponse lost = lost(status, bytes(REAL));

        assertThat(lost.requestId()).contains(REQUEST_ID);
        assertThat(lost).hasMessageContaining("HTTP status " + status);
        lost(status, bytes("{'Response':{'Error':{'Code':'LimitExceeded','Message':'m'},'RequestId':'r'}}"));
        assertThat(lost(status, bytes("<html><body>Gateway Time-out</body></html>"))
                        .requestId())
                .isEmpty();
    }

    @Test
    void anUnknownFieldIsIgnoredInProductionAndNoticedInTests() {
        for (String body : List.of(
                "{'Response':{'DealId':'d','RequestId':'r','New':1}}",
                "{'Response':{'DealId':'d','RequestId':'r'},'New':{'a':[{'b':null}]}}")) {
            assertThat(ResponseJson.lenient().readDeal(200, bytes(body)).dealId())
                    .isEqualTo("d");
            assertThat(catchThrowableOfType(
                                    LostResponse.class,
                                    () -> ResponseJson.strict().readDeal(200, bytes(body)))
                            .requestId())
                    .contains("r");
        }
        assertThatCode(() -> ResponseJson.strict().readDeal(200, bytes(REAL))).doesNotThrowAnyException();
    }

    @Test
    void aResponseThatEchoesTheRequestLeaksNoPassword() {
        ClonePlan plan = ClonePlan.of(Fixtures.full().build());
        byte[] echo = RequestJson.shared().bodies(plan).of(plan.chunk(0));
        for (int status : new int[] {200, 502}) {
            for (int length : new int[] {echo.length, echo.length / 2, echo.length / 3}) {
                StringWriter trace = new StringWriter();
                lost(status, Arrays.copyOf(echo, length)).printStackTrace(new PrintWriter(trace));
                assertThat(trace.toString()).doesNotContain(Fixtures.PASSWORD);
            }
        }
    }

    private static void assertHarmless(String text) {
        assertThat(text)
                .contains("a\uFFFD[2A\uFFFD]52;c;cm0gLXJm\uFFFD\uFFFDcloned")
                .contains("\uFFFDz");
        assertThat(text.codePoints()).allMatch(c -> c == 0xFFFD || c >= ' ' && c <= '~');
    }

    private static Deal deal(String body) {
        return ResponseJson.lenient().readDeal(200, bytes(body));
    }

    private static ApiRefusal refusal(String body) {
        ApiRefusal refusal = catchThrowableOfType(ApiRefusal.class, () -> deal(body));
        assertThat(refusal).as(body).isNotNull();
        return refusal;
    }

    private static LostResponse lost(int status, byte[] body) {
        LostResponse lost = catchThrowableOfType(
                LostResponse.class, () -> ResponseJson.lenient().readDeal(status, body));
        assertThat(lost).isNotNull();
        assertThat(lost.effect()).isEqualTo(Effect.POSSIBLE);
        return lost;
    }

    private static byte[] bytes(String body) {
        return body.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    }
}
