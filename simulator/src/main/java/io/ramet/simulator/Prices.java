package io.ramet.simulator;

/** The list prices of the first tier, in fen, which are hundredths of CNY. */
final class Prices {

    private static final double STANDARD_HOUR = 10.56;
    private static final double CLUSTER_HOUR = 11.6676;
    private static final double STANDARD_MONTH = 3800;
    private static final double CLUSTER_MONTH = 4200;

    private Prices() {}

    /** The price of these instances: for one hour if they are pay-as-you-go, for the whole period if prepaid. */
    static double of(Source specification, int billingMode, long months, long goodsNum) {
        boolean cluster = ProductType.of(specification.type()).cluster();
        double gigabytes = specification.shardSize()
                / 1024.0
                * (cluster ? specification.shards() : 1)
                * (1 + specification.replicas());
        double each = billingMode == CloneOrder.PREPAID
                ? (cluster ? CLUSTER_MONTH : STANDARD_MONTH) * months
                : cluster ? CLUSTER_HOUR : STANDARD_HOUR;
        return gigabytes * each * goodsNum;
    }
}
