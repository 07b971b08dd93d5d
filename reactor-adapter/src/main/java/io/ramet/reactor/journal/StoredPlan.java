package io.ramet.reactor.journal;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.ramet.json.JsonFields;
import io.ramet.model.BillingMode;
import io.ramet.plan.PlanId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A plan as the journal stores it, without its password.
 *
 * @param id the plan id
 * @param region the region in which it was begun
 * @param goodsNum the requested number of instances
 * @param request the request as JSON with the API's names, without its password
 * @param held whether a run of it is in progress, in this process or another one
 * @param underway whether a run of it has begun and not ended; if no process holds it, it is abandoned, and {@code
 *     recover} resumes it
 * @param firstSent the earliest signature time of a request that the journal knows; null if there is none
 */
public record StoredPlan(
        PlanId id,
        String region,
        int goodsNum,
        String request,
        boolean held,
        boolean underway,
        @Nullable Instant firstSent) {

    /** {@return the instance that it clones; empty if the request names none} */
    public String source() {
        return fields().text("InstanceId").orElse("");
    }

    /**
     * {@return whether its instances are not certainly pay-as-you-go, so that an unknown billing mode needs the
     * stronger consent}
     */
    public boolean isPrepaid() {
        return fields().number("BillingMode").orElse(-1) != BillingMode.PAY_AS_YOU_GO.wireValue();
    }

    /** {@return the fields of the request} */
    public JsonFields fields() {
        return JsonFields.read(request.getBytes(UTF_8));
    }
}
