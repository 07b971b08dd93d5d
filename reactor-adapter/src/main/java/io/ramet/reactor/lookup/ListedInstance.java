package io.ramet.reactor.lookup;

import io.ramet.json.JsonFields;
import io.ramet.model.BillingMode;
import io.ramet.model.InstanceState;
import io.ramet.model.InstanceState.Status;
import io.ramet.model.Placement;
import java.time.Duration;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** An instance as DescribeInstances lists it. */
record ListedInstance(JsonFields fields) {

    private static final int CHANGING = 1;
    private static final int RUNNING = 2;
    /** The highest of the states isolated, to be deleted and deleted. */
    private static final int ISOLATED = -2;

    String id() {
        return fields.text("InstanceId").orElse("");
    }

    String name() {
        return fields.text("InstanceName").orElse("");
    }

    /** {@return the API's number, or 0 (being created) if there is none, so that an unknown state is waited for} */
    int status() {
        return (int) fields.number("Status").orElse(0);
    }

    boolean isRunning() {
        return status() == RUNNING;
    }

    boolean isIsolated() {
        return status() <= ISOLATED;
    }

    /** {@return whether a workflow is changing it, such as that of its isolation} */
    boolean isChanging() {
        return status() == CHANGING;
    }

    /**
     * {@return whether it is not certainly pay-as-you-go, so that an unknown billing mode needs the stronger consent}
     */
    boolean isPrepaid() {
        return fields.number("BillingMode").orElse(-1) != BillingMode.PAY_AS_YOU_GO.wireValue();
    }

    boolean isProtected() {
        return fields.number("DeleteProtectionSwitch").orElse(0) == 1;
    }

    InstanceState state(PurchasedInstance bought, @Nullable Duration age) {
        return new InstanceState(
                bought.id(),
                name(),
                isRunning() ? Status.RUNNING : isIsolated() ? Status.ISOLATED : Status.STARTING,
                fields.text("WanIp").orElse(null),
                number("Port"),
                number("ZoneId"),
                bought.deal().name().orElse(null),
                bought.chunk().index(),
                age,
                isRunning() ? "" : "status " + status());
    }

    Placement placement() {
        return new Placement(
                number("ZoneId"),
                fields.text("UniqVpcId").orElse(null),
                fields.text("UniqSubnetId").orElse(null),
                number("ProjectId"));
    }

    @Nullable
    Integer number(String field) {
        OptionalLong number = fields.number(field);
        return number.isPresent() ? Integer.valueOf((int) number.getAsLong()) : null;
    }
}
