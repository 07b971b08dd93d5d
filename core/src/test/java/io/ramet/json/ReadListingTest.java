package io.ramet.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.ramet.error.ApiRefusal;
import io.ramet.error.Effect;
import io.ramet.error.LostResponse;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReadListingTest {

    private static final String REAL = """
            {"Response": {"TotalCount": 41, "InstanceSet": [
              {"InstanceId": "crs-1", "InstanceName": "shop-1", "Status": 2, "Size": 1024.0, "InstanceTags": [],
               "NodeSet": null, "Createtime": "2026-03-04 05:06:07"},
              {"InstanceId": "crs-2", "InstanceName": "", "Status": 0}],
             "RequestId": "r"}}""";

    @Test
    void anInstanceIsReadAsFarAsFindingItNeeds() {
        Listing expected =
                new Listing(41, List.of(new Listing.Instance("crs-1", "shop-1"), new Listing.Instance("crs-2", "")));

        assertThat(ResponseJson.lenient().readListing(200, bytes(REAL))).isEqualTo(expected);
        assertThat(ResponseJson.strict().readListing(200, bytes(REAL)))
                .as("an instance has some sixty fields that are no news")
                .isEqualTo(expected);
    }

    @Test
    void aListingMayBeEmpty() {
        assertThat(listing("{'Response':{'TotalCount':0,'InstanceSet':[],'RequestId':'r'}}"))
                .isEqualTo(new Listing(0, List.of()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'Response':{'TotalCount':0,'RequestId':'r'}}",
                "{'Response':{'TotalCount':0,'InstanceSet':null,'RequestId':'r'}}",
                "{'Response':{'TotalCount':30,'RequestId':'r'}}"
            })
    void aListingWithoutInstanceSetIsNotAnEmptyOne(String body) {
        assertThat(lost(200, bytes(body)).what()).isEqualTo("a listing without InstanceSet");
    }

    @Test
    void anErrorIsARefusal() {
        ApiRefusal refusal = catchThrowableOfType(
                ApiRefusal.class,
                () -> listing("{'Response':{'Error':{'Code':'RequestLimitExceeded','Message':'m'},'RequestId':'r'}}"));

        assertThat(refusal.code().name()).isEqualTo("RequestLimitExceeded");
        assertThat(refusal.requestId()).contains("r");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'Response':{'RequestId':'r'}}",
                "{'Response':{'InstanceSet':[],'RequestId':'r'}}",
                "{'Response':{'TotalCount':null,'RequestId':'r'}}",
                "{'Response':{'TotalCount':-1,'RequestId':'r'}}",
                "{'Response':{'TotalCount':1.5,'RequestId':'r'}}",
                "{'Response':{'TotalCount':1.0,'InstanceSet':[],'RequestId':'r'}}",
                "{'Response':{'TotalCount':'1','RequestId':'r'}}",
                "{'Response':{'TotalCount':99999999999,'RequestId':'r'}}",
                "{'Response':{'TotalCount':1e999999999,'RequestId':'r'}}",
                "{'Response':{'TotalCount':1,'InstanceSet':[{'InstanceId':'crs-1'}],'RequestId':'r'}}",
                "{'Response':{'TotalCount':1,'InstanceSet':[{'InstanceName':'n'}],'RequestId':'r'}}",
                "{'Response':{'TotalCount':1,'InstanceSet':[{'InstanceId':null,'InstanceName':'n'}],'RequestId':'r'}}",
                "{'Response':{'TotalCount':1,'InstanceSet':[{'InstanceId':'i','InstanceName':null}],'RequestId':'r'}}",
                "{'Response':{'TotalCount':1,'InstanceSet':[null],'RequestId':'r'}}",
                "{'Response':{'TotalCount':1,'InstanceSet':{},'RequestId':'r'}}"
            })
    void aListingThatCannotBeCountedOnIsLost(String body) {
        assertThat(lost(200, bytes(body)).requestId()).contains("r");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{}", "[]", "null", "{'Response':null}", "<html>"})
    void anythingButAResponseIsLost(String body) {
        assertThat(lost(200, bytes(body)).requestId()).isEmpty();
    }

    @Test
    void aListingCutAtAnyByteIsLost() {
        byte[] whole = bytes(REAL);
        for (int length = 0; length < whole.length; length++) {
            assertThat(lost(200, Arrays.copyOf(whole, length)).effect()).isEqualTo(Effect.POSSIBLE);
        }
    }

    @Test
    void anyStatusBut200IsLost() {
        assertThat(lost(502, bytes(REAL)).requestId()).contains("r");
    }

    @Test
    void anUnknownFieldOfTheResponseIsNoticedInTests() {
        byte[] body = bytes("{'Response':{'TotalCount':0,'InstanceSet':[],'New':1,'RequestId':'r'}}");

        assertThat(ResponseJson.lenient().readListing(200, body).total()).isZero();
        assertThat(catchThrowableOfType(
                        LostResponse.class, () -> ResponseJson.strict().readListing(200, body)))
                .isNotNull();
    }

    @Test
    void aRequestForANameHasSearchKeyOffsetAndLimit() {
        assertThat(new String(RequestJson.shared().describeByName("shop-\"1\"", 100, 50), StandardCharsets.UTF_8))
                .isEqualTo("{\"SearchKey\":\"shop-\\\"1\\\"\",\"Offset\":100,\"Limit\":50}");
    }

    private static Listing listing(String body) {
        return ResponseJson.lenient().readListing(200, bytes(body));
    }

    private static LostResponse lost(int status, byte[] body) {
        LostResponse lost = catchThrowableOfType(
                LostResponse.class, () -> ResponseJson.lenient().readListing(status, body));
        assertThat(lost).isNotNull();
        return lost;
    }

    private static byte[] bytes(String body) {
        return body.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    }
}
