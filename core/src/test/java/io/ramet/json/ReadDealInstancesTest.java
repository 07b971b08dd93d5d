package io.ramet.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.ramet.error.ApiRefusal;
import io.ramet.error.LostResponse;
import io.ramet.model.Deal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReadDealInstancesTest {

    private static final Deal DEAL = new Deal("22716", "2025", List.of(), "r");

    @Test
    void theInstancesOfTheDealAreReadEachOnce() {
        assertThat(read("{'DealId':'22716','DealName':'2025','InstanceIds':['crs-1','crs-2','crs-1'],'Status':4}"))
                .containsExactly("crs-1", "crs-2");
    }

    @Test
    void eitherNameOfTheDealWillDo() {
        assertThat(read("{'DealName':'2025','InstanceIds':['crs-1']},{'DealId':'22716','InstanceIds':['crs-2']},"
                        + "{'DealId':null,'DealName':'22716','InstanceIds':['crs-3']}"))
                .containsExactly("crs-1", "crs-2", "crs-3");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'DealId':'someone-elses','DealName':'someone-elses','InstanceIds':['crs-9']}",
                "{'DealName':'20251','InstanceIds':['crs-9']}",
                "{'DealName':'202','InstanceIds':['crs-9']}",
                "{'DealId':'','DealName':'','InstanceIds':['crs-9']}",
                "{'DealId':null,'InstanceIds':['crs-9']}",
                "{'InstanceIds':['crs-9']}"
            })
    void anotherDealIsIgnored(String foreign) {
        assertThat(read(foreign)).isEmpty();
        assertThat(read(foreign + ",{'DealName':'2025','InstanceIds':['crs-1']}"))
                .containsExactly("crs-1");
    }

    @Test
    void anErrorIsARefusalAndRubbishIsLost() {
        assertThatExceptionOfType(ApiRefusal.class)
                .isThrownBy(() -> response("{'Response':{'Error':{'Code':'UnauthorizedOperation'}}}"));
        assertThatExceptionOfType(LostResponse.class).isThrownBy(() -> response("<html>"));
    }

    @Test
    void anUnknownFieldOfTheResponseIsNoticedInTests() {
        byte[] body =
                "{\"Response\":{\"DealDetails\":[],\"New\":1,\"RequestId\":\"r\"}}".getBytes(StandardCharsets.UTF_8);

        assertThat(ResponseJson.lenient().readDealInstances(DEAL, 200, body)).isEmpty();
        assertThatExceptionOfType(LostResponse.class)
                .isThrownBy(() -> ResponseJson.strict().readDealInstances(DEAL, 200, body));
    }

    @Test
    void aRefusalKeepsItsRequestId() {
        assertThatExceptionOfType(ApiRefusal.class)
                .isThrownBy(() -> response("{'Response':{'Error':{'Code':'UnauthorizedOperation'},'RequestId':'r-7'}}"))
                .satisfies(refusal -> assertThat(refusal.requestId()).contains("r-7"));
    }

    private static List<String> read(String details) {
        return response("{'Response':{'DealDetails':[" + details + "],'RequestId':'r'}}");
    }

    private static List<String> response(String body) {
        return ResponseJson.lenient()
                .readDealInstances(DEAL, 200, body.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
    }
}
