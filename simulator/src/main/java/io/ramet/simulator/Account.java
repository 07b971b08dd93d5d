package io.ramet.simulator;

import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The account and its money: DescribeAccountBalance of the billing API, GetCallerIdentity of the token service. */
final class Account {

    private static final JsonSchema BALANCE = JsonSchema.object().optional(JsonSchema.BOOLEAN, "TempCredit");

    private final String uin;
    private final TemporaryKeys temporaryKeys;
    private double cash;
    private double frozen;

    Account(SimulatorBuilder options) {
        this.uin = options.account;
        this.temporaryKeys = options.temporaryKeys;
        this.cash = options.balance;
    }

    synchronized void check(double price) {
        if (price > cash - frozen) {
            throw new ApiError("FailedOperation.PayFailed", "The balance is not enough.");
        }
    }

    /** Pay-as-you-go instances have their first hour frozen; prepaid ones are paid for. */
    synchronized void pay(double price, int billingMode) {
        if (billingMode == CloneOrder.PREPAID) {
            cash -= price;
        } else {
            frozen += price;
        }
    }

    /** All amounts are in fen. */
    synchronized ObjectNode balance(Exchange exchange) {
        BALANCE.check("", exchange.parameters());
        double left = cash - frozen;
        return JsonNodeFactory.instance
                .objectNode()
                .put("Uin", Long.parseLong(uin))
                .put("Balance", Math.round(left))
                .put("RealBalance", left)
                .put("CashAccountBalance", cash)
                .put("IncomeIntoAccountBalance", 0.0)
                .put("PresentAccountBalance", 0.0)
                .put("FreezeAmount", frozen)
                .put("OweAmount", 0.0)
                .put("IsAllowArrears", false)
                .put("IsCreditLimited", false)
                .put("CreditAmount", 0.0)
                .put("CreditBalance", 0.0)
                .put("RealCreditBalance", left);
    }

    ObjectNode identity(Exchange exchange) {
        JsonSchema.object().check("", exchange.parameters());
        boolean role = temporaryKeys.find(exchange.request().secretId()).isPresent();
        return identity(uin, role);
    }

    static ObjectNode identity(String uin, boolean role) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("AccountId", uin)
                .put(
                        "Arn",
                        role ? "qcs::sts:" + uin + ":assumed-role/46" : "qcs::cam::uin/" + uin + ":uin/100000000002")
                .put("UserId", role ? "46:ramet" : "100000000002")
                .put("PrincipalId", "100000000002")
                .put("Type", role ? "CAMRole" : "CAMUser");
    }
}
