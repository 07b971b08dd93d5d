package shop;

import io.ramet.model.CloneRequest;
import io.ramet.model.Deal;
import io.ramet.model.Secret;
import io.ramet.plan.ClonePlan;
import io.ramet.reactor.CloneClient;
import io.ramet.sign.CredentialsProvider;
import java.net.URI;
import reactor.core.publisher.Flux;

/** What the README shows, word for word: the imports from the library, and what is between the two marks. */
final class Clones {

    private Clones() {}

    static void buy(URI endpoint, String password) {
        // README: begin
        try (CloneClient client = CloneClient.builder()
                .region("ap-guangzhou").endpoint(endpoint)
                .credentials(CredentialsProvider.defaultChain()).build()) {
            ClonePlan plan = ClonePlan.of(CloneRequest.builder()
                    .instanceId("crs-xjhsdj12").backupId("154572601-1165734322-153705740")
                    .goodsNum(250).payAsYouGo().zoneId(100003).securityGroups("sg-bmadczm1")
                    .vpc("vpc-pxyzim13", "subnet-7jbabche").password(Secret.of(password)).build());
            System.out.println(plan.summary());         // 9 calls: 8 × 30 + 1 × 10, all at once
            Flux<Deal> deals = client.cloneDeals(plan); // nothing is bought before the subscription
            deals.doOnNext(System.out::println).blockLast();
        }
        // README: end
    }
}
