package io.ramet.model;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * The price of clones, or the reason why it is not known. The API has no price for clones; the price is that of new
 * instances with the specification of the source. A price that is not certain is not known.
 */
public sealed interface Price {

    /**
     * Handles both cases.
     *
     * @param known applied to a price
     * @param unknown applied to the reason why there is none
     * @param <T> the type of the result
     * @return the result of the function for this price
     */
    default <T> T fold(Function<? super Known, ? extends T> known, Function<? super Unknown, ? extends T> unknown) {
        return this instanceof Known price ? known.apply(price) : unknown.apply((Unknown) this);
    }

    /** {@return the price in one line for people} */
    String summary();

    /**
     * A price.
     *
     * @param each the price of one instance, in whole units of the currency
     * @param instances how many are bought
     * @param currency its code, such as {@code CNY}
     * @param billingMode how the clones are paid for: the price is per hour for pay-as-you-go, else for the whole
     *     period
     * @param period the period that a monthly instance is paid for
     * @param notes reservations about the price, in sentences
     */
    record Known(
            BigDecimal each, int instances, String currency, BillingMode billingMode, Period period, List<String> notes)
            implements Price {

        private static final BigDecimal HOURS_A_DAY = BigDecimal.valueOf(24);

        /** Keeps its own copy. */
        public Known {
            notes = List.copyOf(notes);
        }

        /** {@return the price of all instances: per hour for pay-as-you-go, for the period otherwise} */
        public BigDecimal total() {
            return each.multiply(BigDecimal.valueOf(instances));
        }

        /** {@return an estimate of what all instances cost in their first 24 h; empty unless they are pay-as-you-go} */
        public Optional<BigDecimal> firstDay() {
            return billingMode == BillingMode.PAY_AS_YOU_GO
                    ? Optional.of(total().multiply(HOURS_A_DAY))
                    : Optional.empty();
        }

        @Override
        public String summary() {
            String per = billingMode == BillingMode.PAY_AS_YOU_GO ? "per hour" : "for " + period.months() + " months";
            return instances + " × " + text(each, 8) + " = " + text(total(), 8) + " " + currency + " " + per
                    + firstDay()
                            .map(day -> ", about " + text(day, 2) + " for 24 h")
                            .orElse("");
        }

        private static String text(BigDecimal amount, int digits) {
            return amount.setScale(
                            Math.max(
                                    2,
                                    Math.min(digits, amount.stripTrailingZeros().scale())),
                            RoundingMode.HALF_UP)
                    .toPlainString();
        }
    }

    /**
     * No price.
     *
     * @param reason the reason, in words
     */
    record Unknown(String reason) implements Price {

        @Override
        public String summary() {
            return "price unknown: " + reason;
        }
    }
}
