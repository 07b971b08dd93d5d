package io.ramet.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ramet.error.ApiRefusal;
import io.ramet.error.InvalidValueException;
import io.ramet.error.LostResponse;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonFieldsTest {

    @Test
    void fieldsAreReadByTheirPath() {
        JsonFields fields =
                read("{\"a\":{\"b\":\" text \\u001b\",\"n\":9000000000},\"f\":1.5,\"t\":\"5\",\"e\":\" \"}");

        assertThat(fields.text("a", "b")).contains("text \uFFFD");
        assertThat(fields.number("a", "n")).hasValue(9_000_000_000L);
        assertThat(fields.text("a", "n")).isEmpty();
        assertThat(fields.text("nowhere", "b")).isEmpty();
        assertThat(fields.text("e")).isEmpty();
        assertThat(fields.number("f")).isEmpty();
        assertThat(fields.number("t")).isEmpty();
    }

    @Test
    void anIdMayBeANumberOrText() {
        JsonFields fields = read("{\"n\":70341,\"t\":\"70341\",\"b\":true}");

        assertThat(fields.id("n")).contains("70341");
        assertThat(fields.id("t")).contains("70341");
        assertThat(fields.id("b")).isEmpty();
        assertThat(fields.id("x")).isEmpty();
    }

    @Test
    void objectsInAnArrayAreReadOneByOne() {
        JsonFields fields = read("{\"a\":[{\"n\":1},2,null,{\"n\":3}],\"o\":{\"n\":4},\"e\":[],\"z\":null}");

        assertThat(fields.objects("a"))
                .extracting(object -> object.number("n").orElse(0))
                .containsExactly(1L, 3L);
        assertThat(fields.objects("o")).isEmpty();
        assertThat(fields.objects("e")).isEmpty();
        assertThat(fields.object("o").orElseThrow().number("n")).hasValue(4);
        assertThat(fields.object("a")).isEmpty();
        assertThat(fields.has("e")).isTrue();
        assertThat(fields.has("z")).isFalse();
        assertThat(fields.has("x")).isFalse();
    }

    @Test
    void amountsKeepTheirDigits() {
        JsonFields fields = read("{\"p\":280.0224,\"w\":280,\"t\":\"280\"}");

        assertThat(fields.decimal("p")).contains(new BigDecimal("280.0224"));
        assertThat(fields.decimal("w")).contains(new BigDecimal("280"));
        assertThat(fields.decimal("t")).isEmpty();
    }

    @Test
    void anAmountBeyondAllNumbersIsNone() {
        assertThat(read("{\"p\":1E999999999}").decimal("p")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "x",
                "[]",
                "{}",
                "{\"Response\":[]}",
                "{\"Response\":{\"Error\":{}}}",
                "{\"Response\":{},\"Response\":{}}"
            })
    void aResponseThatIsNotTheApisIsLost(String json) {
        assertThatThrownBy(() -> ResponseJson.readFields(200, json.getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(LostResponse.class);
    }

    @Test
    void theFieldsOfAResponseAreReadUnlessItIsAnError() {
        byte[] healthy = "{\"Response\":{\"TaskId\":\"7\",\"RequestId\":\"r-1\"}}".getBytes(StandardCharsets.UTF_8);
        byte[] refused =
                "{\"Response\":{\"Error\":{\"Code\":\"InvalidParameter\",\"Message\":\"no\"},\"RequestId\":\"r-1\"}}"
                        .getBytes(StandardCharsets.UTF_8);

        assertThat(ResponseJson.readFields(200, healthy).id("TaskId")).contains("7");
        assertThatThrownBy(() -> ResponseJson.readFields(200, refused))
                .isInstanceOf(ApiRefusal.class)
                .hasMessage("InvalidParameter: no (RequestId r-1)");
        assertThatThrownBy(() -> ResponseJson.readFields(502, healthy)).isInstanceOf(LostResponse.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "\"canary\"", "{\"canary\":", "{\"canary\":1,\"canary\":2}", "canary"})
    void aDocumentThatIsNoObjectIsRefusedAndNotQuoted(String json) {
        assertThatThrownBy(() -> read(json))
                .isInstanceOf(InvalidValueException.class)
                .hasMessage("document (text): must be one JSON object")
                .hasNoCause();
    }

    @Test
    void anObjectDoesNotPrintItself() {
        assertThat(read("{\"key\":\"canary\"}")).hasToString("JsonFields[...]");
    }

    @Test
    void writtenFieldsCanBeRead() {
        byte[] json = JsonFields.write(Map.of("RoleArn", "a \"quoted\" name"));

        assertThat(JsonFields.read(json).text("RoleArn")).contains("a \"quoted\" name");
    }

    private static JsonFields read(String json) {
        return JsonFields.read(json.getBytes(StandardCharsets.UTF_8));
    }
}
