package shop;

import static org.assertj.core.api.Assertions.assertThat;

import io.ramet.simulator.Simulator;
import io.ramet.spring.simulator.EnableCloneSimulator;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.ApplicationContext;
import org.springframework.http.MediaType;
import org.springframework.test.web.reactive.server.WebTestClient;

/** The controller of the page "In a Spring service": {@code PagesTest} compares it. */
@SpringBootTest(
        classes = OrdersTest.Shop.class,
        // The name keeps the context apart from that of OrdersTest, whose plans have the same ids.
        properties = {"ramet.region=ap-guangzhou", "ramet.journal.kind=memory", "spring.application.name=clones"})
@EnableCloneSimulator
class ClonesControllerTest {

    private static final String REQUEST = """
            {"InstanceId": "crs-xjhsdj12", "BackupId": "154572601-1165734322-153705740", "GoodsNum": 60,
             "ZoneId": 100003, "BillingMode": 0, "SecurityGroupIdList": ["sg-bmadczm1"], "NoAuth": true}
            """;

    @Autowired
    private ApplicationContext application;

    @Autowired
    private Simulator simulator;

    private WebTestClient web;

    @BeforeEach
    void connect() {
        web = WebTestClient.bindToApplicationContext(application)
                .configureClient()
                .responseTimeout(Duration.ofSeconds(30))
                .build();
    }

    @Test
    void aRepeatedPostBuysNothingMoreAndAGetFollows() {
        for (int i = 0; i < 2; i++) {
            post(REQUEST).expectStatus().isAccepted().expectHeader().location("/clones/order-1/outcomes");
        }

        assertThat(web.get()
                        .uri("/clones/order-1/outcomes")
                        .exchange()
                        .expectStatus()
                        .isOk()
                        .expectBody(String.class)
                        .returnResult()
                        .getResponseBody())
                .containsPattern("(?s)\"cloned\".*\"cloned\"");
        assertThat(simulator.books().bought()).isEqualTo(60);
        post(REQUEST.replace("60", "61")).expectStatus().isEqualTo(422);
    }

    private WebTestClient.ResponseSpec post(String request) {
        return web.post()
                .uri("/clones")
                .header("Idempotency-Key", "order-1")
                .contentType(MediaType.APPLICATION_JSON)
                .bodyValue(request)
                .exchange();
    }
}
