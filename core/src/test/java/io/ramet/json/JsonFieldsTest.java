package io.ramet.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ramet.error.InvalidValueException;
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
