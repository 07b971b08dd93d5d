package io.ramet.benchmarks.compare;

import io.ramet.reactor.CloneClient;
import io.ramet.sign.CredentialsProvider;
import java.net.URI;

/** The smallest program that buys once, so that little but the start of the client is measured. */
final class FirstDeal {

    /** The client to start. */
    enum Starter {
        RAMET,
        VENDOR
    }

    private FirstDeal() {}

    /**
     * Buys one instance, prints the deal, and ends.
     *
     * @param args a {@link Starter}, and the server
     * @throws Exception if the SDK fails
     */
    public static void main(String... args) throws Exception {
        URI endpoint = URI.create(args[1]);
        if (Starter.valueOf(args[0]) == Starter.RAMET) {
            ramet(endpoint);
        } else {
            System.out.println(vendor(endpoint));
        }
        System.exit(0);
    }

    /** Prints the deal when it is reported, because the audit and the closing that follow are no part of the start. */
    private static void ramet(URI endpoint) {
        try (CloneClient client = CloneClient.builder()
                .region(Fixtures.REGION)
                .endpoint(endpoint)
                .credentials(CredentialsProvider.fixed(Fixtures.credentials()))
                .build()) {
            client.cloneDeals(Fixtures.plan(1, false))
                    .doOnNext(deal -> System.out.println(deal.dealName()))
                    .blockLast();
        }
    }

    private static String vendor(URI endpoint) throws Exception {
        return VendorSdk.client(endpoint, 60_000, null)
                .CloneInstances(VendorSdk.request(1, false, "first"))
                .getDealName();
    }
}
