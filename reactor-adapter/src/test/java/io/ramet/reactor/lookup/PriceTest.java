package io.ramet.reactor.lookup;

import static io.ramet.reactor.Fixtures.PATIENCE;
import static io.ramet.reactor.Fixtures.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ramet.error.ApiRefusal;
import io.ramet.model.CloneRequest;
import io.ramet.model.Price;
import io.ramet.model.Price.Known;
import io.ramet.model.Price.Unknown;
import io.ramet.plan.ClonePlan;
import io.ramet.reactor.CloneClient;
import io.ramet.reactor.Fixtures;
import io.ramet.simulator.Fault;
import io.ramet.simulator.Misbehaviour;
import io.ramet.simulator.RateLimit;
import io.ramet.simulator.Simulator;
import io.ramet.simulator.Source;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PriceTest {

    private static final String SOURCE = "crs-xjhsdj12";
    private static final String INQUIRY = "InquiryPriceCreateInstance";

    private Simulator simulator;
    private CloneClient client;

    @AfterEach
    void close() {
        client.close();
        simulator.close();
    }

    @Test
    void payAsYouGoIsPricedByTheHourWithTheSpecificationOfTheSource() {
        // The official example: three clusters with a shard of 4 GB and a replica cost 280.0224 fen an hour.
        start(Source.of(SOURCE).specification(9, 4096, 1, 1));
        Known price = known(request(3).build());
        assertThat(price.total()).isEqualByComparingTo("2.800224");
        assertThat(price.each()).isEqualByComparingTo("0.933408");
        assertThat(price.firstDay().orElseThrow()).isEqualByComparingTo("67.205376");
        assertThat(price.currency()).isEqualTo("CNY");
        assertThat(price.summary()).isEqualTo("3 × 0.933408 = 2.800224 CNY per hour, about 67.21 for 24 h");
        assertThat(price.notes()).anyMatch(note -> note.contains("first four days"));
    }

    @Test
    void monthlyIsPricedForThePeriod() {
        start(Source.of(SOURCE).specification(9, 4096, 3, 1));
        Known price = known(request(150).monthly(3).build());
        // 42 CNY for a GB, a node and a month.
        assertThat(price.each()).isEqualByComparingTo(String.valueOf(42 * 4 * 3 * 2 * 3));
        assertThat(price.total()).isEqualByComparingTo(String.valueOf(42 * 4 * 3 * 2 * 3 * 150));
        assertThat(price.firstDay()).isEmpty();
        assertThat(price.summary()).isEqualTo("150 × 3024.00 = 453600.00 CNY for 3 months");
        assertThat(simulator.books().arrivals(INQUIRY)).hasSize(1);
        assertThat(client.lookups()
                        .price(ClonePlan.of(request(150).monthly(3).build()))
                        .block(PATIENCE))
                .isEqualTo(price);
    }

    @Test
    void aSpecificationThatIsNotSoldOrNotListedHasNoPrice() {
        start(Source.of(SOURCE).specification(21, 4096, 1, 1));
        assertThat(price(request(3).build()))
                .isInstanceOfSatisfying(
                        Unknown.class,
                        unknown -> assertThat(unknown.reason()).startsWith("InvalidParameterValue.SpecNotExist"));
        assertThat(price(request(3).instanceId("not-an-instance").build())).isInstanceOf(Unknown.class);
        assertThat(price(request(3).productVersion("localv2").build())).isInstanceOf(Unknown.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"Price\":null}",
                "{\"Price\":\"280\"}",
                "{\"Price\":-1}",
                "{\"Price\":280,\"AmountUnit\":\"yuan\"}"
            })
    void anAmountThatIsNotCertainIsNoPrice(String response) {
        start(Source.of(SOURCE).specification(9, 4096, 1, 1));
        respond(response);
        assertThat(price(request(3).build())).isInstanceOf(Unknown.class);
    }

    @Test
    void anOlderResponseIsCountedInFenAndAMicroUnitIsUnderstood() {
        start(Source.of(SOURCE).specification(9, 4096, 1, 1));
        respond("{\"Price\":93.5}");
        Known old = known(request(2).build());
        assertThat(old.each()).isEqualByComparingTo("0.935");
        assertThat(old.notes()).anyMatch(note -> note.contains("no currency"));
        respond("{\"Price\":93,\"HighPrecisionPrice\":93340800,\"AmountUnit\":\"microPent\",\"Currency\":\"USD\"}");
        assertThat(known(request(2).build()).summary()).startsWith("2 × 0.933408 = 1.866816 USD per hour");
    }

    @Test
    void aMissingPermissionIsAnErrorAndNoPrice() {
        start(Source.of(SOURCE).specification(9, 4096, 1, 1));
        simulator.deny(INQUIRY, "UnauthorizedOperation.NoCAMAuthed");
        assertThatThrownBy(() -> price(request(3).build())).isInstanceOf(ApiRefusal.class);
    }

    private void respond(String response) {
        simulator.misbehave(Misbehaviour.scripted(
                INQUIRY,
                Fault.response(
                        200, Map.of("Content-Type", "application/json"), "{\"Response\":" + response + "}", false)));
    }

    private Known known(CloneRequest request) {
        return (Known) price(request);
    }

    private Price price(CloneRequest request) {
        return client.lookups().price(request).block(PATIENCE);
    }

    private void start(Source source) {
        simulator = Simulator.builder()
                .source(source)
                .limit(INQUIRY, RateLimit.none())
                .start();
        client = Fixtures.client(simulator).build();
    }
}
