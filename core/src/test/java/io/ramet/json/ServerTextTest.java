package io.ramet.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.ramet.model.Deal;
import java.nio.charset.Charset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServerTextTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "crs-1",
                "The balance is insufficient.",
                "\u4f59\u989d\u4e0d\u8db3\u3002",
                "caf\u00e9",
                "\ud83d\ude00"
            })
    void plainTextStaysAsItIs(String text) {
        assertThat(ServerText.clean(text)).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(
            ints = {
                0, 7, 8, 9, 10, 13, 0x1b, 0x7f, 0x80, 0x85, 0x9b, 0x9f, 0xad, 0x61c, 0x200b, 0x200e, 0x200f, 0x2028,
                0x2029, 0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2060, 0x2066, 0x2067, 0x2068, 0x2069, 0xd800, 0xdfff,
                0xfeff, 0xe0001, 0xe0041
            })
    void charactersThatATerminalWouldObeyAreReplaced(int codePoint) {
        String evil = Character.toString(codePoint);
        assertThat(ServerText.clean(evil)).isEqualTo("\uFFFD");
        assertThat(ServerText.clean("a" + evil + "\u4f59" + evil + "b")).isEqualTo("a\uFFFD\u4f59\uFFFDb");
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF-8", "UTF-16BE", "UTF-16LE", "UTF-32BE", "UTF-32LE"})
    void aDealIsCleanedInEveryEncodingThatIsRead(String encoding) {
        byte[] response = "{\"Response\":{\"DealId\":\"\u202e1\",\"InstanceIds\":[\"crs\u2028\"]}}"
                .getBytes(Charset.forName(encoding));
        Deal deal = ResponseJson.lenient().readDeal(200, response);
        assertThat(deal.dealId()).isEqualTo("\uFFFD1");
        assertThat(deal.instanceIds()).containsExactly("crs\uFFFD");
    }

    @Test
    void listingsAndDealDetailsAreCleanedToo() {
        byte[] listing = ("{\"Response\":{\"TotalCount\":1,\"InstanceSet\":[{\"InstanceId\":\"crs\\u001b\","
                        + "\"InstanceName\":\"\\u202eshop\"}]}}")
                .getBytes(UTF_8);
        assertThat(ResponseJson.lenient().readListing(200, listing).instances())
                .containsExactly(new Listing.Instance("crs\uFFFD", "\uFFFDshop"));
    }
}
