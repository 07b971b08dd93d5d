package io.ramet.model;

/** How instances are paid for. Source of the limits: the CloneInstances page, GoodsNum. */
public enum BillingMode {
    /** Billed for the time in use, at a price per hour; at most 30 instances per request. */
    PAY_AS_YOU_GO(0, 30, "pay-as-you-go"),
    /** Prepaid by the month; at most 100 instances per request. */
    MONTHLY(1, 100, "monthly");

    private final int wireValue;
    private final int maxGoodsNum;
    private final String label;

    BillingMode(int wireValue, int maxGoodsNum, String label) {
        this.wireValue = wireValue;
        this.maxGoodsNum = maxGoodsNum;
        this.label = label;
    }

    /** {@return the value of {@code BillingMode} on the wire} */
    public int wireValue() {
        return wireValue;
    }

    /** {@return the greatest GoodsNum of one request} */
    public int maxGoodsNum() {
        return maxGoodsNum;
    }

    /** {@return the name in text for people, such as {@code pay-as-you-go}} */
    public String label() {
        return label;
    }

    /**
     * The least number of requests that buy this many instances.
     *
     * @param goodsNum instances, 1 or more
     * @return requests, 1 or more
     */
    public int callsFor(int goodsNum) {
        return (goodsNum - 1) / maxGoodsNum + 1;
    }
}
