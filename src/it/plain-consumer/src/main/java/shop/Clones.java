package shop;

import io.ramet.model.CloneRequest;
import io.ramet.model.Secret;
import io.ramet.plan.ClonePlan;
import io.ramet.reactor.CloneClient;
import java.net.URI;

/** The code of the README, word for word: the imports from the library, and the lines between the two marks. */
final class Clones {

    private Clones() {}

    static void buy(URI endpoint, String password) {
        // README: begin
        try (CloneClient client = CloneClient.builder().region("ap-guangzhou").endpoint(endpoint).build()) {
            ClonePlan plan = ClonePlan.of(CloneRequest.builder()
                    .instanceId("crs-xjhsdj12").backupId("154572601-1165734322-153705740")
                    .goodsNum(250).payAsYouGo().zoneId(100003).securityGroups("sg-bmadczm1")
                    .vpc("vpc-pxyzim13", "subnet-7jbabche").password(Secret.of(password)).build());
            System.out.println(plan.summary());                                // 9 calls: 8 × 30 + 1 × 10, all at once
            client.cloneDeals(plan).doOnNext(System.out::println).blockLast(); // nothing is bought before the subscription
        }
        // README: end
    }
}
